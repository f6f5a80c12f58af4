// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.schema.value.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which live addresses a commit would move, release or hold: those that its plan takes from
/// somebody or marks as held and the plan without it does not.
public final class Disturbance {

  private Disturbance() {}

  /// @param ledger that both plans are made on
  /// @param before the plan of the definitions in force
  /// @param after the plan of those of the commit
  public static SortedSet<IpAddress> of(Ledger ledger, Plan before, Plan after) {
    Map<IpAddress, LedgerEdit> without = new HashMap<>();
    before.edits().forEach(edit -> without.put(edit.address(), edit));
    SortedSet<IpAddress> disturbed = new TreeSet<>();
    for (LedgerEdit edit : after.edits()) {
      Optional<AllocationRecord> now = ledger.records().find(edit.address());
      boolean isNews =
          !state(Optional.ofNullable(without.get(edit.address())), now)
              .equals(state(Optional.of(edit), now));
      if (isNews && now.isPresent() && takes(now.get(), edit)) {
        disturbed.add(edit.address());
      }
    }
    return Collections.unmodifiableSortedSet(disturbed);
  }

  private static Optional<State> state(Optional<LedgerEdit> edit, Optional<AllocationRecord> now) {
    return edit.isEmpty()
        ? now.map(AllocationRecord::state)
        : edit.get() instanceof LedgerEdit.Put put
            ? Optional.of(put.record().state())
            : Optional.empty();
  }

  private static boolean takes(AllocationRecord now, LedgerEdit edit) {
    boolean isHad = now.state() == State.ALLOCATED || now.state() == State.HELD;
    Optional<State> next = state(Optional.of(edit), Optional.of(now));
    boolean isKept =
        next.equals(Optional.of(State.ALLOCATED)) || next.equals(Optional.of(now.state()));
    return isHad && !isKept;
  }
}
