// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// All records of one cluster.
///
/// @param clusterUid of the cluster that the ledger belongs to; empty while the branch is new
/// @param records address → its record
/// @param unreadable addresses whose files are no records; nobody knows who has them, so they are
///   not free
/// @param files path → text of the files beside the records, see [LedgerBatch#DIRECTORIES]
public record Ledger(
    Optional<String> clusterUid,
    SnapshotMap<IpAddress, AllocationRecord> records,
    SortedSet<IpAddress> unreadable,
    SnapshotMap<String, String> files) {

  /// A ledger that nobody has written to.
  public static final Ledger EMPTY = new Ledger(Optional.empty(), SnapshotMap.empty());

  public Ledger {
    unreadable = Collections.unmodifiableSortedSet(new TreeSet<>(unreadable));
  }

  /// The ledger after an edit; the address has a readable file then, or none.
  public Ledger with(LedgerEdit edit) {
    SnapshotMap<IpAddress, AllocationRecord> next =
        switch (edit) {
          case LedgerEdit.Put put -> records.with(put.address(), put.record());
          case LedgerEdit.Delete delete -> records.without(delete.address());
        };
    SortedSet<IpAddress> left = unreadable;
    if (unreadable.contains(edit.address())) {
      left = new TreeSet<>(unreadable);
      left.remove(edit.address());
    }
    return new Ledger(clusterUid, next, left, files);
  }

  /// The ledger after a commit.
  public Ledger with(LedgerBatch batch) {
    Ledger next = this;
    for (LedgerEdit edit : batch.edits()) {
      next = next.with(edit);
    }
    SnapshotMap<String, String> left = files;
    for (LedgerBatch.FileEdit file : batch.files()) {
      left =
          file.text().isPresent()
              ? left.with(file.path(), file.text().get())
              : left.without(file.path());
    }
    return new Ledger(clusterUid, next.records, next.unreadable, left);
  }

  /// Without files beside the records.
  public Ledger(
      Optional<String> clusterUid,
      SnapshotMap<IpAddress, AllocationRecord> records,
      SortedSet<IpAddress> unreadable) {
    this(clusterUid, records, unreadable, SnapshotMap.empty());
  }

  /// Every file is a record.
  public Ledger(Optional<String> clusterUid, Map<IpAddress, AllocationRecord> records) {
    this(clusterUid, SnapshotMap.copyOf(records), Collections.emptySortedSet());
  }
}
