// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.model.Severity;
import java.util.List;
import java.util.stream.Collectors;

/// Reads documents that a test writes down, and holds the published schemas to what the reader says
/// of each.
final class Reads {

  private Reads() {}

  /// Reads one file, `a.yaml`, that must be right.
  static Definitions accepted(String text) {
    List<ConfigFile> files = List.of(new ConfigFile("a.yaml", text));
    SchemaAgreement.check(files);
    ReadResult result = DefinitionReader.read(files);
    return assertInstanceOf(
            ReadResult.Accepted.class, result, () -> String.join("\n", problems(text)))
        .definitions();
  }

  /// The errors of one file, `a.yaml`, as people see them.
  static List<String> problems(String text) {
    return problems(List.of(new ConfigFile("a.yaml", text)));
  }

  static List<String> problems(List<ConfigFile> files) {
    SchemaAgreement.check(files);
    return switch (DefinitionReader.read(files)) {
      case ReadResult.Accepted _ -> List.of();
      case ReadResult.Refused(var problems) -> shown(problems, Severity.ERROR);
    };
  }

  /// The warnings of one file, `a.yaml`, whether it has errors or not.
  static List<String> warnings(String text) {
    return shown(
        switch (DefinitionReader.read(List.of(new ConfigFile("a.yaml", text)))) {
          case ReadResult.Accepted accepted -> accepted.warnings();
          case ReadResult.Refused refused -> refused.problems();
        },
        Severity.WARNING);
  }

  private static List<String> shown(List<Problem> problems, Severity severity) {
    return problems.stream()
        .filter(problem -> problem.severity() == severity)
        .map(Object::toString)
        .toList();
  }

  /// A document named `x`; `fields` are the lines of its `spec` and start at line 6.
  static String document(String apiVersion, String kind, String... fields) {
    String spec =
        List.of(fields).stream().map(line -> "  " + line + "\n").collect(Collectors.joining());
    return """
    apiVersion: %s
    kind: %s
    metadata:
      name: x
    spec:
    %s"""
        .formatted(apiVersion, kind, spec);
  }
}
