// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.Optional;

/// Whether a Service may have a certain address.
final class Eligibility {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;
  private final ClusterView view;
  private final Guards guards;

  Eligibility(PlanInput input, Inventory inventory, Holdings holdings, Admission admission) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.admission = admission;
    this.view = input.view();
    this.guards = input.guards();
  }

  /// What the Service has, as a choice.
  ///
  /// @param wanted the pool that it names
  Choice.Kept keep(Applicant who, AllocationRecord record, Optional<AddressPool> wanted) {
    Optional<Refusal> definitions = againstDefinitions(who.service(), record.address());
    Optional<Refusal> cut = cut(record.address());
    Optional<Refusal> cause =
        definitions
            .or(() -> leftPool(record, wanted))
            .or(() -> SharingRules.withoutConsent(who, record, inventory.poolOf(record.address())))
            .or(() -> adoptedAgainstRules(who, record))
            .or(() -> cut);
    // Of several holders each has reasons of its own; only what the definitions say is the same
    // whoever asks.
    boolean held =
        record.holders().size() == 1
            ? cause.isPresent()
            : cut.isPresent() || (definitions.isPresent() && !isEntitledBesides(who, record));
    return new Choice.Kept(record, record.reason(), cause, held ? State.HELD : State.ALLOCATED);
  }

  /// Why it is no longer announced as it was; an Approval lets that take effect.
  private Optional<Refusal> cut(IpAddress address) {
    return guards
        .cuts()
        .find(address)
        .filter(cut -> isMissing(cut) || !guards.approved().contains(address));
  }

  /// Who is missing gets nothing else instead.
  private static boolean isMissing(Refusal cut) {
    return cut.reason() == Reason.MASS_GUARD;
  }

  /// Whether an Approval takes the address, which is held, from the Service.
  ///
  /// @param wanted the pool that it names
  boolean isLetGo(Applicant who, AllocationRecord record, Optional<AddressPool> wanted) {
    return guards.approved().contains(record.address())
        && record.state() == State.HELD
        && guards.cuts().find(record.address()).filter(Eligibility::isMissing).isEmpty()
        && keep(who, record, wanted).holdCause().isPresent();
  }

  /// A commit has taken the address out of the pool that the Service names and has it from.
  private Optional<Refusal> leftPool(AllocationRecord record, Optional<AddressPool> wanted) {
    return wanted
        .filter(pool -> !inventory.poolOf(record.address()).equals(wanted))
        .flatMap(
            pool ->
                refusal(
                    Reason.OUTSIDE_REQUESTED_POOL,
                    record.address() + " is no longer in pool " + pool.name()));
  }

  /// What was adopted although the pool's rules forbid it is held as long as they do. Who has an
  /// address by them keeps it, whatever they become.
  private Optional<Refusal> adoptedAgainstRules(Applicant who, AllocationRecord record) {
    return record.reason() == AllocationRecord.Reason.ADOPTED && record.state() == State.HELD
        ? draining(record.address()).or(() -> overQuota(who, record.address()))
        : Optional.empty();
  }

  /// What the rules have against an address that the Service shows and nobody has recorded; what
  /// the definitions have against it is asked when its turn comes.
  Optional<Refusal> againstAdoption(Applicant who, IpAddress address) {
    return draining(address).or(() -> quota(who, address));
  }

  private Optional<Refusal> overQuota(Applicant who, IpAddress address) {
    return inventory
        .poolOf(address)
        .filter(pool -> room(who, pool) < 0)
        .map(
            pool -> {
              who.needs().add(new WakeKey.Quota(pool.name(), who.ref().namespace()));
              return quotaUsed(who, pool);
            });
  }

  private boolean isEntitledBesides(Applicant who, AllocationRecord record) {
    return record.holders().stream()
        .filter(holder -> !holder.service().equals(who.ref()))
        .flatMap(holder -> view.services().find(holder.service()).stream())
        .filter(service -> service.scope() == Scope.OURS)
        .anyMatch(service -> againstDefinitions(service, record.address()).isEmpty());
  }

  /// Why the Service cannot be given the address, which it does not have; empty when it can.
  ///
  /// @param why a PinnedIP comes before what waits for somebody else to come back
  Optional<Refusal> obstacle(Applicant who, IpAddress address, AllocationRecord.Reason why) {
    return againstRules(who.service(), address).or(() -> inUse(who, address, why));
  }

  /// Why the definitions keep the Service from getting the address, whoever has it now.
  Optional<Refusal> againstRules(ServiceView service, IpAddress address) {
    return againstDefinitions(service, address).or(() -> draining(address));
  }

  /// Who keeps the Service from getting the address, which the definitions would give it.
  Optional<Refusal> inUse(Applicant who, IpAddress address, AllocationRecord.Reason why) {
    return usedOutside(who, address)
        .or(() -> recorded(who, address, why))
        .or(() -> quota(who, address));
  }

  /// Why the definitions do not give the Service the address; empty when they do.
  Optional<Refusal> againstDefinitions(ServiceView service, IpAddress address) {
    Optional<AddressPool> found = inventory.poolOf(address);
    if (found.isEmpty()) {
      return refusal(Reason.OUTSIDE_POOLS, "no pool has " + address);
    }
    AddressPool pool = found.get();
    if (!admission.admits(pool, service)) {
      return refusal(
          Reason.POOL_RESTRICTED,
          "the serviceAllocation of pool "
              + pool.name()
              + ", which has "
              + address
              + ", does not admit it");
    }
    for (IpRange excluded : pool.rules().excluded()) {
      if (excluded.contains(address)) {
        return refusal(Reason.EXCLUDED, "pool " + pool.name() + " excludes " + address);
      }
    }
    if (inventory.isAvoided(address)) {
      return refusal(
          Reason.END_OCTET_AVOIDED,
          "pool " + pool.name() + " avoids " + address + " for its last octet");
    }
    return inventory
        .pinnedTo(address)
        .filter(owner -> !owner.equals(service.ref()))
        .flatMap(
            owner ->
                refusal(Reason.PINNED_TO_OTHER, "a PinnedIP gives " + address + " to " + owner));
  }

  private Optional<Refusal> usedOutside(Applicant who, IpAddress address) {
    Optional<Foreign.Use> use = inventory.foreignUse(address);
    if (use.isEmpty()) {
      return Optional.empty();
    }
    if (use.get().reason() == Reason.WAITING_FOR_BLOCK) {
      Block block = new Block(address);
      inventory.poolOf(address).ifPresent(pool -> who.needs().addBlock(block, pool.name()));
      return refusal(
          Reason.WAITING_FOR_BLOCK,
          "its block " + block + " of the shared pool is being leased on the branch leases");
    }
    return refusal(use.get().reason(), address + " is used by " + use.get().words());
  }

  private Optional<Refusal> draining(IpAddress address) {
    return inventory
        .poolOf(address)
        .filter(pool -> pool.rules().intake() == Intake.DRAINING)
        .flatMap(
            pool ->
                refusal(
                    Reason.POOL_DRAINING,
                    "pool " + pool.name() + ", which has " + address + ", is being drained"));
  }

  private Optional<Refusal> recorded(
      Applicant who, IpAddress address, AllocationRecord.Reason why) {
    Optional<AllocationRecord> found = holdings.at(address);
    if (found.isEmpty()) {
      return inventory.isRecorded(address)
          ? refusal(
              Reason.ADDRESS_IN_USE,
              address + " has a file in the ledger that cannot be read; correct or remove it")
          : Optional.empty();
    }
    AllocationRecord record = found.get();
    String holders = SharingRules.holders(record, who.ref());
    boolean alone = record.holders().stream().allMatch(h -> h.service().equals(who.ref()));
    return switch (record.state()) {
      case PROBING, ALLOCATED -> SharingRules.obstacle(who, record, inventory.poolOf(address));
      case HELD ->
          alone
              ? Optional.empty()
              : refusal(Reason.ADDRESS_IN_USE, address + " is in use by " + holders);
      case CONFLICTED ->
          refusal(
              Reason.CONFLICT,
              record
                  .conflict()
                  .map(
                      conflict ->
                          address + " is answered for by " + conflict.mac() + " on the link")
                  .orElse(address + " is answered for by a stranger on the link"));
      case RELEASING ->
          alone
              ? Optional.empty()
              : refusal(Reason.ADDRESS_IN_USE, address + " is being withdrawn from " + holders);
      case RETAINED ->
          alone || who.holds(record) || why == AllocationRecord.Reason.PINNED
              ? Optional.empty()
              : refusal(
                  Reason.RETAINED_FOR_OTHER,
                  address
                      + " is kept for "
                      + holders
                      + " until "
                      + record.since().plus(holdings.retain(record)));
      case RESTING -> Optional.empty();
    };
  }

  private Optional<Refusal> quota(Applicant who, IpAddress address) {
    return inventory
        .poolOf(address)
        .filter(pool -> room(who, pool) <= 0 && !isShareOfNamespace(who, address))
        .map(pool -> quotaUsed(who, pool));
  }

  /// How many more addresses of the pool the Services of the namespace may have.
  int room(Applicant who, AddressPool pool) {
    return pool.rules().quota().isEmpty()
        ? Integer.MAX_VALUE
        : pool.rules().quota().getAsInt() - holdings.share(pool.name(), who.ref().namespace());
  }

  /// Whether a Service of its namespace has the address, so that one more does not count.
  boolean isShareOfNamespace(Applicant who, IpAddress address) {
    return holdings
        .at(address)
        .filter(Holdings::isHad)
        .filter(
            record ->
                record.holders().stream()
                    .anyMatch(holder -> holder.service().namespace().equals(who.ref().namespace())))
        .isPresent();
  }

  /// The Services of the namespace have all that the pool gives them.
  Refusal quotaUsed(Applicant who, AddressPool pool) {
    return Refusal.of(
        Reason.QUOTA_USED,
        "pool "
            + pool.name()
            + " gives the Services of namespace "
            + who.ref().namespace()
            + " at most "
            + pool.rules().quota().orElse(0)
            + " addresses, and they have them");
  }

  private static Optional<Refusal> refusal(Reason reason, String message) {
    return Optional.of(Refusal.of(reason, message));
  }
}
