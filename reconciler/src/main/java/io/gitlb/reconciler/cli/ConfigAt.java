// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.git.LocalRepository;
import io.gitlb.reconciler.git.LocalRepository.ConfigFiles;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.model.Severity;
import io.gitlb.schema.yaml.DefinitionReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a cluster's part of the configuration is at one commit.
///
/// @param definitions empty when the reconciler would refuse it
/// @param problems why it would; sorted, empty when it would not
/// @param warnings sorted
record ConfigAt(Optional<Definitions> definitions, List<Problem> problems, List<Problem> warnings) {

  /// The folders that a reconciler of that cluster reads.
  static List<String> paths(String cluster) {
    return List.of("clusters/" + cluster, "shared");
  }

  static ConfigAt read(LocalRepository repository, String commit, List<String> paths)
      throws IOException {
    return of(repository.files(commit, paths));
  }

  static ConfigAt of(ConfigFiles files) {
    List<Problem> found = new ArrayList<>(files.problems());
    ReadResult result = DefinitionReader.read(files.files());
    Optional<Definitions> read =
        switch (result) {
          case ReadResult.Accepted accepted -> {
            found.addAll(accepted.warnings());
            yield Optional.of(accepted.definitions());
          }
          case ReadResult.Refused refused -> {
            found.addAll(refused.problems());
            yield Optional.empty();
          }
        };
    List<Problem> errors = of(found, Severity.ERROR);
    return new ConfigAt(
        errors.isEmpty() ? read : Optional.empty(), errors, of(found, Severity.WARNING));
  }

  private static List<Problem> of(List<Problem> problems, Severity severity) {
    return problems.stream().filter(one -> one.severity() == severity).distinct().sorted().toList();
  }

  /// Whether there simply is nothing of that cluster.
  boolean isAbsent() {
    return !problems.isEmpty()
        && problems.stream().allMatch(problem -> problem.code() == ProblemCode.NO_DOCUMENTS);
  }
}
