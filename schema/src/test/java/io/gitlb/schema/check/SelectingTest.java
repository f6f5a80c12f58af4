// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LabelSelector.Expression;
import io.gitlb.schema.value.LabelSelector.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SelectingTest {

  private static final List<Operator> OPERATORS = List.of(Operator.values());

  private static final List<String> KEYS = List.of("k", "l");

  /// Values that selectors name, and one more that none does.
  private static final List<String> VALUES = List.of("a", "b", "c", "other");

  private static LabelSelector draw(Random random) {
    SortedMap<String, String> labels = new TreeMap<>();
    if (random.nextBoolean()) {
      labels.put(KEYS.get(random.nextInt(2)), VALUES.get(random.nextInt(3)));
    }
    List<Expression> expressions = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Operator operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
      List<String> values =
          operator == Operator.IN || operator == Operator.NOT_IN
              ? VALUES.subList(0, 1 + random.nextInt(3))
              : List.of();
      expressions.add(new Expression(KEYS.get(random.nextInt(2)), operator, values));
    }
    return new LabelSelector(labels, expressions);
  }

  /// Every set of labels that can make a difference.
  private static List<Map<String, String>> allLabels() {
    List<Map<String, String>> all = new ArrayList<>(List.of(Map.of()));
    for (String key : KEYS) {
      for (Map<String, String> labels : List.copyOf(all)) {
        for (String value : VALUES) {
          Map<String, String> more = new HashMap<>(labels);
          more.put(key, value);
          all.add(more);
        }
      }
    }
    return all;
  }

  private static boolean selects(List<LabelSelector> selectors, Map<String, String> labels) {
    return selectors.isEmpty() || selectors.stream().anyMatch(one -> one.matches(labels));
  }

  @Test
  void selectorsMeetExactlyWhenThereAreLabelsThatBothSelect() {
    List<Map<String, String>> all = allLabels();
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      List<LabelSelector> a = new ArrayList<>();
      List<LabelSelector> b = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        a.add(draw(random));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        b.add(draw(random));
      }
      assertEquals(
          all.stream().anyMatch(labels -> selects(a, labels) && selects(b, labels)),
          Selecting.canMeet(a, b),
          "seed " + seed + ": " + a + " and " + b);
      assertEquals(
          all.stream().anyMatch(labels -> selects(a, labels)),
          Selecting.canSelect(a),
          "seed " + seed + ": " + a);
    }
  }
}
