// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// All records of one cluster.
///
/// @param clusterUid of the cluster that the ledger belongs to; empty while the branch is new
/// @param records address → its record
/// @param unreadable addresses whose files are no records; nobody knows who has them, so they are
///   not free
public record Ledger(
    Optional<String> clusterUid,
    SortedMap<IpAddress, AllocationRecord> records,
    SortedSet<IpAddress> unreadable) {

  /// A ledger that nobody has written to.
  public static final Ledger EMPTY = new Ledger(Optional.empty(), Collections.emptySortedMap());

  public Ledger {
    records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
    unreadable = Collections.unmodifiableSortedSet(new TreeSet<>(unreadable));
  }

  /// Every file is a record.
  public Ledger(Optional<String> clusterUid, SortedMap<IpAddress, AllocationRecord> records) {
    this(clusterUid, records, Collections.emptySortedSet());
  }
}
