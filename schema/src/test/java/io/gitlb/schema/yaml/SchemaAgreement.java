// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.fail;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.Severity;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Holds the published schemas to the reader on given documents: what the reader takes, they take;
/// what has a wrong shape, they refuse too. A wrong shape is an unknown, missing or repeated field,
/// a wrong type, a number out of its range, a word that is none of the few allowed.
final class SchemaAgreement {

  private static final Pattern SHAPE =
      Pattern.compile(
          ".*(must be from -?\\d+ to -?\\d+|it needs at least one item|is not an operator; allowed|must be internal or external|is none of these; allowed|must be Never or Gradual).*");

  private SchemaAgreement() {}

  /// Fails when the schemas see a file otherwise than the reader. Files that are no YAML, or have
  /// documents that say neither kind nor apiVersion of ours, are nobody's.
  static void check(List<ConfigFile> files) {
    for (ConfigFile file : files) {
      if (YamlDocuments.read(file).problems().isEmpty()) {
        SchemaVerdict.documents(file).forEach(SchemaAgreement::check);
      }
    }
  }

  /// Fails when the schemas see the document otherwise than the reader.
  static void check(JsonNode document) {
    if (!document.isObject()) {
      return;
    }
    List<Problem> problems = problems(document);
    List<String> refusals = SchemaVerdict.of(document);
    if (problems.isEmpty() && !refusals.isEmpty()) {
      fail("the reader takes what the schema refuses: " + document + "\n" + refusals);
    }
    if (problems.stream().anyMatch(SchemaAgreement::isOfShape) && refusals.isEmpty()) {
      fail("the schema takes what the reader refuses: " + document + "\n" + problems);
    }
  }

  /// The errors of this document alone, without those with others.
  static List<Problem> problems(JsonNode document) {
    return new Reading()
        .read(new ConfigFile("a.json", document.toString())).stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .toList();
  }

  private static boolean isOfShape(Problem problem) {
    return switch (problem.code()) {
      case UNKNOWN_FIELD, MISSING_FIELD, WRONG_TYPE, UNKNOWN_KIND, UNKNOWN_API_VERSION -> true;
      case WRONG_VALUE -> SHAPE.matcher(problem.message()).matches();
      default -> problem.code() == ProblemCode.SECRET_IN_GIT;
    };
  }
}
