// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A name stands for one definition of its kind, whatever the API group.
final class NameChecks {

  private NameChecks() {}

  static List<Problem> check(Definitions definitions) {
    return definitions.all().stream()
        .collect(Collectors.groupingBy(Definition::kind, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .flatMap(kind -> duplicates(kind.getKey(), kind.getValue()).stream())
        .toList();
  }

  private static List<Problem> duplicates(String kind, List<? extends Definition> definitions) {
    List<Problem> problems = new ArrayList<>();
    // name → the first definition in the order of files and lines (1:1)
    Map<String, Definition> firsts = new HashMap<>();
    for (Definition definition : inOrderOfText(definitions)) {
      Definition first = firsts.putIfAbsent(definition.documentName(), definition);
      if (first != null) {
        problems.add(
            new Problem(
                definition.place(),
                ProblemCode.DUPLICATE_NAME,
                "there are two %ss named %s, the other one at %s; rename or remove one"
                    .formatted(kind, definition.documentName(), first.place())));
      }
    }
    return problems;
  }

  /// First come, first served: the later one is the duplicate.
  static <D extends Definition> List<D> inOrderOfText(List<D> definitions) {
    return definitions.stream()
        .sorted(Comparator.comparing((D definition) -> definition.place()))
        .toList();
  }
}
