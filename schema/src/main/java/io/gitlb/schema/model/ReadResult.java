// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.List;

/// What reading the files of one commit gave: all or nothing.
public sealed interface ReadResult {

  /// Everything was read and checked.
  record Accepted(Definitions definitions) implements ReadResult {}

  /// At least one problem; nothing of the commit is used.
  ///
  /// @param problems sorted by place, at least one
  record Refused(List<Problem> problems) implements ReadResult {

    public Refused {
      problems = problems.stream().distinct().sorted().toList();
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("refused without a problem");
      }
    }
  }
}
