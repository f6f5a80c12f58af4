// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.List;

/// What reading the files of one commit gave: all or nothing.
public sealed interface ReadResult {

  /// Everything was read and checked.
  ///
  /// @param warnings sorted by place
  record Accepted(Definitions definitions, List<Problem> warnings) implements ReadResult {

    public Accepted {
      warnings = warnings.stream().distinct().sorted().toList();
    }
  }

  /// At least one error; nothing of the commit is used.
  ///
  /// @param problems sorted by place, warnings among them
  record Refused(List<Problem> problems) implements ReadResult {

    public Refused {
      problems = problems.stream().distinct().sorted().toList();
      if (problems.stream().noneMatch(problem -> problem.severity() == Severity.ERROR)) {
        throw new IllegalArgumentException("refused without an error");
      }
    }
  }
}
