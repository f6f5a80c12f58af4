// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.MissingFile;
import io.gitlb.reconciler.ledger.SpentApproval;
import io.gitlb.reconciler.ledger.SuspensionFile;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/// What the committed ledger says to the guards; looks only at what has changed.
final class GuardMemory {

  private Ledger seen = Ledger.EMPTY;
  private boolean empty = true;
  private final LedgerCounts counts = new LedgerCounts();
  private SnapshotMap<IpAddress, AllocationRecord> held = SnapshotMap.empty();

  /// name → the Approval that took effect
  private final TreeMap<String, SpentApproval> spent = new TreeMap<>();

  void follow(Ledger ledger) {
    counts.follow(ledger.records());
    for (SnapshotMap.Change<IpAddress, AllocationRecord> change :
        ledger.records().changesSince(seen.records())) {
      held =
          change
              .after()
              .filter(record -> record.state() == State.HELD)
              .map(record -> held.with(change.key(), record))
              .orElseGet(() -> held.without(change.key()));
    }
    for (SnapshotMap.Change<String, String> change : ledger.files().changesSince(seen.files())) {
      if (SpentApproval.isPath(change.key())) {
        spent.values().removeIf(one -> SpentApproval.path(one.name()).equals(change.key()));
        change
            .after()
            .flatMap(text -> SpentApproval.read(change.key(), text))
            .ifPresent(one -> spent.put(one.name(), one));
      }
    }
    seen = ledger;
    empty = false;
  }

  /// Whether no ledger was looked at yet.
  boolean isEmpty() {
    return empty;
  }

  /// The records that are held.
  SnapshotMap<IpAddress, AllocationRecord> held() {
    return held;
  }

  /// The commits that they name.
  SortedSet<String> heldUnder() {
    return counts.heldUnder();
  }

  /// name → the Approval that took effect
  Map<String, SpentApproval> spent() {
    return Collections.unmodifiableMap(spent);
  }

  /// The Services that were guarded when the ledger was written.
  SortedSet<ServiceRef> missing() {
    return seen.files()
        .find(MissingFile.PATH)
        .map(MissingFile::read)
        .orElse(Collections.emptySortedSet());
  }

  /// What was suspended when the ledger was written.
  static Optional<SuspensionFile> suspension(Ledger ledger) {
    return ledger.files().find(SuspensionFile.PATH).flatMap(SuspensionFile::read);
  }

  /// What to write to a file; empty when it is right.
  ///
  /// @param text of the file, empty: there is to be none
  /// @return in the same sense
  Optional<Optional<String>> change(String path, Optional<String> text) {
    return seen.files().find(path).equals(text) ? Optional.empty() : Optional.of(text);
  }
}
