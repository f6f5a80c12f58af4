// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.loop.LoopFigures.AddressUse;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// How many records there are of each kind; looks only at what has changed.
final class LedgerCounts {

  private final Tally<AddressUse> uses = new Tally<>();
  private final Tally<String> heldUnder = new Tally<>();
  private SnapshotMap<IpAddress, AllocationRecord> seen = SnapshotMap.empty();

  void follow(SnapshotMap<IpAddress, AllocationRecord> records) {
    for (SnapshotMap.Change<IpAddress, AllocationRecord> change : records.changesSince(seen)) {
      change.after().ifPresent(this::add);
      change.before().ifPresent(this::remove);
    }
    seen = records;
  }

  private void add(AllocationRecord record) {
    uses.add(use(record));
    if (record.state() == State.HELD) {
      heldUnder.add(record.configCommit());
    }
  }

  private void remove(AllocationRecord record) {
    uses.remove(use(record));
    if (record.state() == State.HELD) {
      heldUnder.remove(record.configCommit());
    }
  }

  private static AddressUse use(AllocationRecord record) {
    return new AddressUse(record.pool(), record.address().family(), record.state());
  }

  /// pool, family and state → how many records
  SnapshotMap<AddressUse, Integer> uses() {
    return uses.counts();
  }

  /// The commits that held records name.
  SortedSet<String> heldUnder() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(heldUnder.counts().keySet()));
  }
}
