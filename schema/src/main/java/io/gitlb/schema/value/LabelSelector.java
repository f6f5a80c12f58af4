// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A Kubernetes label selector: every label and every expression must hold. An empty one matches
/// everything.
///
/// @param matchLabels label key → the value it must have
/// @param matchExpressions further conditions
public record LabelSelector(
    SortedMap<String, String> matchLabels, List<Expression> matchExpressions) {

  public LabelSelector {
    matchLabels = Collections.unmodifiableSortedMap(new TreeMap<>(matchLabels));
    matchExpressions = List.copyOf(matchExpressions);
  }

  /// What an expression asks of a key.
  public enum Operator {
    IN("In"),
    NOT_IN("NotIn"),
    EXISTS("Exists"),
    DOES_NOT_EXIST("DoesNotExist");

    private final String label;

    Operator(String label) {
      this.label = label;
    }

    /// As Kubernetes spells it.
    @Override
    public String toString() {
      return label;
    }
  }

  /// One condition on one label.
  ///
  /// @param values empty for `Exists` and `DoesNotExist`
  public record Expression(String key, Operator operator, List<String> values) {

    public Expression {
      values = List.copyOf(values);
    }

    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
      };
    }
  }

  /// Whether an object with these labels is selected.
  public boolean matches(Map<String, String> labels) {
    boolean labelsHold =
        matchLabels.entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
    return labelsHold
        && matchExpressions.stream().allMatch(expression -> expression.matches(labels));
  }
}
