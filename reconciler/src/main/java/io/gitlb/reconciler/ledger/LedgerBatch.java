// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import java.util.List;
import java.util.Optional;

/// What one ledger commit changes: records, and files that are not records.
///
/// @param edits at most 100, no two for one address
/// @param files no two of one path
public record LedgerBatch(List<LedgerEdit> edits, List<FileEdit> files) {

  /// Where the files beside the records may lie: what a plan on a pull request needs of the
  /// cluster, and the Approvals that were spent.
  public static final List<String> DIRECTORIES = List.of("facts/", "approvals/");

  public LedgerBatch {
    edits = List.copyOf(edits);
    files = List.copyOf(files);
    if (edits.isEmpty() && files.isEmpty()) {
      throw new IllegalArgumentException("a commit changes something");
    }
  }

  /// Records only.
  ///
  /// @param edits at least one
  public static LedgerBatch of(List<LedgerEdit> edits) {
    return new LedgerBatch(edits, List.of());
  }

  /// A file that is written or removed.
  ///
  /// @param path under one of [#DIRECTORIES]
  /// @param text the whole content, ending in a line feed; empty: the file goes
  /// @param sentence what the commit says of it, such as `note the facts of 12 Services`
  public record FileEdit(String path, Optional<String> text, String sentence) {

    public FileEdit {
      if (DIRECTORIES.stream().noneMatch(path::startsWith)) {
        throw new IllegalArgumentException(path + " lies in none of " + DIRECTORIES);
      }
    }
  }
}
