// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.DefinitionChecks;
import io.gitlb.schema.check.KnownNodes;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.model.Severity;
import io.gitlb.schema.model.SourcePlace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// From the files of one commit to its definitions, or to all problems in all of them.
///
/// The one entry for the reconciler, `validate` and `plan`. Same files, same result; it never
/// throws, and takes bounded time whatever the files are.
public final class DefinitionReader {

  /// Most UTF-16 units of all files together, 16 Mi: 64 of the largest files. Bounds the time that
  /// a hostile commit takes.
  public static final long TOTAL_LENGTH_LIMIT = 64L * YamlDocuments.LENGTH_LIMIT;

  private DefinitionReader() {}

  /// Reads and checks the files together.
  public static ReadResult read(List<ConfigFile> files) {
    return read(files, new KnownNodes.Unknown());
  }

  /// Reads and checks the files together.
  ///
  /// @param nodes what is known of the cluster's nodes, for warnings
  public static ReadResult read(List<ConfigFile> files, KnownNodes nodes) {
    List<ConfigFile> sorted =
        files.stream().sorted(Comparator.comparing(ConfigFile::path)).toList();
    long length =
        sorted.stream()
            .mapToLong(file -> file.text().length())
            .filter(each -> each <= YamlDocuments.LENGTH_LIMIT)
            .sum();
    if (length > TOTAL_LENGTH_LIMIT) {
      return refused(
          sorted.getFirst().path(),
          ProblemCode.FILE_TOO_LARGE,
          "all files together have %,d characters, at most %,d are read"
              .formatted(length, TOTAL_LENGTH_LIMIT));
    }
    return readAll(sorted, nodes);
  }

  private static ReadResult readAll(List<ConfigFile> files, KnownNodes nodes) {
    Reading reading = new Reading();
    List<Problem> problems = new ArrayList<>();
    for (ConfigFile file : files) {
      problems.addAll(reading.read(file));
    }
    problems.addAll(
        DefinitionChecks.check(reading.definitions(), reading.places(), reading.gaps(), nodes));
    if (problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR)) {
      return new ReadResult.Refused(problems);
    }
    return reading.definitions().equals(Definitions.NONE)
        ? refused(
            files.isEmpty() ? "." : files.getFirst().path(),
            ProblemCode.NO_DOCUMENTS,
            "there is no document in the configuration; add at least one pool")
        : new ReadResult.Accepted(reading.definitions(), problems);
  }

  private static ReadResult refused(String file, ProblemCode code, String message) {
    return new ReadResult.Refused(List.of(new Problem(SourcePlace.of(file), code, message)));
  }
}
