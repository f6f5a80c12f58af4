// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LabelSelector.Expression;
import io.gitlb.schema.value.LabelSelector.Operator;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// Kubernetes label selectors.
final class Selectors {

  private Selectors() {}

  static Optional<LabelSelector> read(Value value) {
    return value.fields().map(Selectors::selector);
  }

  private static LabelSelector selector(Fields fields) {
    SortedMap<String, String> labels =
        fields.optional("matchLabels", Names::labels).orElse(Collections.emptySortedMap());
    List<Expression> expressions = fields.list("matchExpressions", Selectors::expression);
    fields.refuseOthers();
    return new LabelSelector(labels, expressions);
  }

  private static Optional<Expression> expression(Value value) {
    return value.fields().flatMap(fields -> expression(value, fields));
  }

  private static Optional<Expression> expression(Value value, Fields fields) {
    Optional<String> key = fields.required("key", Names::labelKey);
    Optional<Operator> operator = fields.required("operator", Selectors::operator);
    // Sorted, so that selectors that say the same are the same.
    List<String> values = fields.list("values", Names::labelValue).stream().sorted().toList();
    fields.refuseOthers();
    if (key.isEmpty() || operator.isEmpty()) {
      return Optional.empty();
    }
    boolean wantsValues =
        switch (operator.get()) {
          case IN, NOT_IN -> true;
          case EXISTS, DOES_NOT_EXIST -> false;
        };
    if (wantsValues == values.isEmpty()) {
      return value.wrong(
          "operator %s needs %s"
              .formatted(operator.get(), wantsValues ? "at least one value" : "no values"));
    }
    return Optional.of(new Expression(key.get(), operator.get(), values));
  }

  private static Optional<Operator> operator(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                Arrays.stream(Operator.values())
                    .filter(operator -> operator.toString().equals(text))
                    .findFirst()
                    .or(() -> value.wrong("is not an operator; allowed: " + operators())));
  }

  private static String operators() {
    return Arrays.stream(Operator.values())
        .map(Operator::toString)
        .collect(Collectors.joining(", "));
  }
}
