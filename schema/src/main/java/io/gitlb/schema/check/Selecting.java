// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LabelSelector.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What label selectors can select, whatever labels there are. Exact: conditions on different keys
/// do not depend on each other.
final class Selecting {

  private Selecting() {}

  /// Whether something can be selected.
  ///
  /// @param selectors one must match; empty means everything
  static boolean canSelect(List<LabelSelector> selectors) {
    return selectors.isEmpty() || selectors.stream().anyMatch(one -> canMatch(List.of(one)));
  }

  /// Whether something can be selected by both.
  ///
  /// @param a one must match; empty means everything
  /// @param b as `a`
  static boolean canMeet(List<LabelSelector> a, List<LabelSelector> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return canSelect(a) && canSelect(b);
    }
    return a.stream().anyMatch(one -> b.stream().anyMatch(other -> canMatch(List.of(one, other))));
  }

  /// Whether something can be matched by all of them.
  private static boolean canMatch(List<LabelSelector> all) {
    Map<String, Demand> demands = new TreeMap<>();
    for (LabelSelector selector : all) {
      selector.matchLabels().forEach((key, value) -> demand(demands, key).oneOf(List.of(value)));
      for (Expression expression : selector.matchExpressions()) {
        Demand demand = demand(demands, expression.key());
        switch (expression.operator()) {
          case IN -> demand.oneOf(expression.values());
          case NOT_IN -> demand.forbidden.addAll(expression.values());
          case EXISTS -> demand.present = true;
          case DOES_NOT_EXIST -> demand.absent = true;
        }
      }
    }
    return demands.values().stream().allMatch(Demand::canBeMet);
  }

  private static Demand demand(Map<String, Demand> demands, String key) {
    return demands.computeIfAbsent(key, _ -> new Demand());
  }

  /// What is asked of one label.
  private static final class Demand {
    private boolean present;
    private boolean absent;
    private Optional<Set<String>> allowed = Optional.empty();
    private final Set<String> forbidden = new HashSet<>();

    void oneOf(List<String> values) {
      present = true;
      Set<String> both = new HashSet<>(values);
      allowed.ifPresent(both::retainAll);
      allowed = Optional.of(both);
    }

    boolean canBeMet() {
      // Without a list of allowed values there is always one more that nobody forbade.
      boolean hasValue =
          allowed.stream().flatMap(Set::stream).anyMatch(value -> !forbidden.contains(value));
      return !(present && absent) && (allowed.isEmpty() || hasValue);
    }
  }
}
