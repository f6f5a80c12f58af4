// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds out what a change does. Both futures grow from the same ledger by the same planner that
/// the running reconciler has, so what is said here is what will happen.
public final class Impacts {

  private Impacts() {}

  /// What becomes of everybody.
  public static Impact of(ImpactInput input) {
    Placeholders known =
        switch (input.sight()) {
          case WHOLE -> new Placeholders(input.view(), Collections.emptySortedSet());
          case REMEMBERED -> Placeholders.add(input.view(), input.ledger());
        };
    SortedSet<IpAddress> nothing = Collections.emptySortedSet();
    Future before =
        Future.of(
            input,
            known.view(),
            input.before(),
            Optional.empty(),
            input.ledger(),
            nothing,
            SnapshotMap.empty());
    Future proposed = after(input, known, before, before.ledger(), nothing);
    SortedSet<IpAddress> released = input.approvals().released(held(proposed));
    Future after =
        released.isEmpty() ? proposed : after(input, known, before, proposed.ledger(), released);
    List<AllocationRecord> held = held(after);
    SortedSet<IpAddress> all = new TreeSet<>(released);
    held.forEach(record -> all.add(record.address()));
    Future approved = held.isEmpty() ? after : after(input, known, before, after.ledger(), all);
    List<AllocationRecord> fresh =
        held.stream().filter(record -> !before.holds(record.address())).toList();
    return new Impact(
        new ServiceImpacts(input, known, before, after, approved).all(),
        PoolChanges.between(before, after),
        WireChanges.owners(before, after),
        WireChanges.routes(before, after),
        WireChanges.sessions(before, after),
        DocumentChanges.between(input.before().definitions(), input.after().definitions()),
        fresh.isEmpty() ? held : fresh);
  }

  private static Future after(
      ImpactInput input,
      Placeholders known,
      Future before,
      Ledger from,
      SortedSet<IpAddress> approved) {
    return Future.of(
        input,
        known.view(),
        input.after(),
        Optional.of(input.before()),
        from,
        approved,
        before.content().candidates());
  }

  private static List<AllocationRecord> held(Future future) {
    return future.ledger().records().values().stream()
        .filter(record -> record.state() == State.HELD)
        .sorted()
        .toList();
  }
}
