// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import java.util.List;
import java.util.Optional;

/// What one ledger commit changes: records, and files that are not records.
///
/// @param edits at most 100, no two for one address
/// @param files no two of one path
/// @param remark what happened, when that is more than the changes tell
public record LedgerBatch(List<LedgerEdit> edits, List<FileEdit> files, Optional<Remark> remark) {

  /// Where the files beside the records may lie: what a plan on a pull request needs of the
  /// cluster, the Approvals that were spent, and what guards remember.
  public static final List<String> DIRECTORIES = List.of("facts/", "approvals/", "guards/");

  public LedgerBatch {
    edits = List.copyOf(edits);
    files = List.copyOf(files);
    if (edits.isEmpty() && files.isEmpty() && remark.isEmpty()) {
      throw new IllegalArgumentException("a commit changes something");
    }
  }

  /// No remark.
  public LedgerBatch(List<LedgerEdit> edits, List<FileEdit> files) {
    this(edits, files, Optional.empty());
  }

  /// Nothing but a remark; the tree stays as it is, unless the event is about the tree.
  public static LedgerBatch of(Remark remark) {
    return new LedgerBatch(List.of(), List.of(), Optional.of(remark));
  }

  /// Records only.
  ///
  /// @param edits at least one
  public static LedgerBatch of(List<LedgerEdit> edits) {
    return new LedgerBatch(edits, List.of());
  }

  /// The same with a remark.
  public LedgerBatch with(Remark next) {
    return new LedgerBatch(edits, files, Optional.of(next));
  }

  /// What a commit says beside its changes.
  ///
  /// @param subject for people, one line, short
  /// @param detail likewise, of any length
  public record Remark(Event event, String subject, String detail) {}

  /// The trailer `Event`.
  public enum Event {
    /// The remote's branch had been set back, replaced or deleted; this commit follows what was
    /// there before, or puts back what got lost.
    BRANCH_RESTORED("branch-restored"),
    /// The ledger belongs to another cluster from here on; `cluster.yaml` says which.
    TAKEN_OVER("taken-over");

    private final String text;

    Event(String text) {
      this.text = text;
    }

    /// As the trailer writes it.
    public String text() {
      return text;
    }
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
