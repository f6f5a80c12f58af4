// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Addresses that are being probed for Services, kept in memory only: nobody has been told of them,
/// so that a crash loses nothing but the probe, and a commit that says so would double the commits
/// of the ledger. The one writer of the ledger plans with them in sight, which keeps an address
/// from being meant for two.
final class ProbingRecords {

  /// address → its record, in state probing
  private final SortedMap<IpAddress, AllocationRecord> records = new TreeMap<>();

  /// The ledger as a plan must see it.
  Ledger over(Ledger ledger) {
    if (records.isEmpty()) {
      return ledger;
    }
    SnapshotMap<IpAddress, AllocationRecord> all = ledger.records();
    for (AllocationRecord record : records.values()) {
      all = all.with(record.address(), record);
    }
    return new Ledger(ledger.clusterUid(), all, ledger.unreadable(), ledger.files());
  }

  /// Takes in what of a plan is about probing.
  ///
  /// @param ledger as committed
  /// @return what of the plan is to be committed
  List<LedgerEdit> take(List<LedgerEdit> edits, Ledger ledger) {
    List<LedgerEdit> rest = new ArrayList<>();
    for (LedgerEdit edit : edits) {
      switch (edit) {
        case LedgerEdit.Put put when put.record().state() == State.PROBING ->
            records.put(put.address(), put.record());
        case LedgerEdit.Put put -> rest.add(put);
        case LedgerEdit.Delete delete -> {
          boolean isOnlyHere =
              records.remove(delete.address()) != null && !isProbing(ledger, delete.address());
          if (!isOnlyHere) {
            rest.add(delete);
          }
        }
      }
    }
    return rest;
  }

  /// A ledger of before may have such a record of its own.
  private static boolean isProbing(Ledger ledger, IpAddress address) {
    return ledger
        .records()
        .find(address)
        .filter(record -> record.state() == State.PROBING)
        .isPresent();
  }

  /// What these edits say is in the ledger now.
  void committed(List<LedgerEdit> edits) {
    edits.forEach(edit -> records.remove(edit.address()));
  }
}
