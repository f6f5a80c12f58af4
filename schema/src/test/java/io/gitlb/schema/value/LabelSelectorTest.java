// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.LabelSelector.Expression;
import io.gitlb.schema.value.LabelSelector.Operator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabelSelectorTest {

  private static final Map<String, String> LABELS = Map.of("zone", "a", "rack", "r1");

  @Test
  void emptySelectorMatchesEverything() {
    assertEquals(true, new LabelSelector(new TreeMap<>(), List.of()).matches(Map.of()));
  }

  @Test
  void everyLabelMustHold() {
    assertMatches(true, Map.of("zone", "a"), List.of());
    assertMatches(false, Map.of("zone", "a", "rack", "r2"), List.of());
  }

  @Test
  void expressionsReadAsInKubernetes() {
    assertMatches(true, Map.of(), List.of(new Expression("zone", Operator.IN, List.of("a", "b"))));
    assertMatches(false, Map.of(), List.of(new Expression("gone", Operator.IN, List.of("a"))));
    assertMatches(true, Map.of(), List.of(new Expression("gone", Operator.NOT_IN, List.of("a"))));
    assertMatches(false, Map.of(), List.of(new Expression("zone", Operator.NOT_IN, List.of("a"))));
    assertMatches(true, Map.of(), List.of(new Expression("rack", Operator.EXISTS, List.of())));
    assertMatches(
        false, Map.of(), List.of(new Expression("rack", Operator.DOES_NOT_EXIST, List.of())));
  }

  private static void assertMatches(
      boolean expected, Map<String, String> labels, List<Expression> expressions) {
    assertEquals(expected, new LabelSelector(new TreeMap<>(labels), expressions).matches(LABELS));
  }
}
