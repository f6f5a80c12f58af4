// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Has a plan probe the addresses that it gives anew on a link, before anybody is told of them.
///
/// @param ledger without the plan
/// @param isToBeProbed what else decides whether there is a use in probing an address
record FreshAddresses(
    Definitions definitions, Ledger ledger, ClusterView view, Predicate<IpAddress> isToBeProbed) {

  Plan probed(Plan plan) {
    List<LedgerEdit> edits = plan.edits().stream().map(this::probed).toList();
    return edits.equals(plan.edits())
        ? plan
        : new Plan(plan.decisions(), edits, plan.nextChange(), plan.skipped(), plan.wants());
  }

  private LedgerEdit probed(LedgerEdit edit) {
    Optional<AllocationRecord> before = ledger.records().find(edit.address());
    return switch (edit) {
      case LedgerEdit.Put put when isFresh(put, before) ->
          new LedgerEdit.Put(probing(put.record()), Action.PROBE);
      case LedgerEdit.Put put when isNeverSeen(before) && !isGiven(put.record()) ->
          // Nobody has ever seen it: there is nothing to hold, withdraw or keep.
          new LedgerEdit.Delete(before.orElseThrow(), Action.FREE);
      case LedgerEdit.Put put -> put;
      case LedgerEdit.Delete delete -> delete;
    };
  }

  private static boolean isNeverSeen(Optional<AllocationRecord> before) {
    return before.filter(record -> record.state() == State.PROBING).isPresent();
  }

  private static boolean isGiven(AllocationRecord record) {
    return record.state() == State.PROBING || record.state() == State.ALLOCATED;
  }

  private static AllocationRecord probing(AllocationRecord record) {
    return new AllocationRecord(
        record.address(),
        record.pool(),
        record.holders(),
        State.PROBING,
        record.reason(),
        record.since(),
        record.configCommit());
  }

  private boolean isFresh(LedgerEdit.Put put, Optional<AllocationRecord> before) {
    AllocationRecord record = put.record();
    return record.state() == State.ALLOCATED
        && record.reason() != Reason.ADOPTED
        && before.map(FreshAddresses::isOffTheLink).orElse(true)
        && !isShown(record)
        && isOnLink(record.address())
        && isToBeProbed.test(record.address());
  }

  /// Whether nobody announces it while its record is so.
  private static boolean isOffTheLink(AllocationRecord record) {
    return switch (record.state()) {
      case PROBING, CONFLICTED, RETAINED, RESTING -> true;
      case ALLOCATED, HELD, RELEASING -> false;
    };
  }

  /// A client may know it already.
  private boolean isShown(AllocationRecord record) {
    return record.holders().stream()
        .flatMap(holder -> view.services().find(holder.service()).stream())
        .anyMatch(service -> service.statusAddresses().contains(record.address()));
  }

  private boolean isOnLink(IpAddress address) {
    return definitions.pools().stream()
        .filter(pool -> pool.contains(address))
        .anyMatch(pool -> isAnnouncedOnLink(pool, definitions));
  }

  /// Whether addresses of the pool are announced by ARP or NDP.
  static boolean isAnnouncedOnLink(AddressPool pool, Definitions definitions) {
    return pool.rules().presence() != Presence.SILENT
        && definitions.l2Advertisements().stream().anyMatch(ad -> ad.pools().selects(pool));
  }
}
