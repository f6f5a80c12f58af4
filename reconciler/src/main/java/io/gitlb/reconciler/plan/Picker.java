// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Picks addresses of a pool for a Service: the lowest that is free or that it may share; when
/// there is none, the one that has rested longest.
final class Picker {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Eligibility eligibility;

  Picker(Inventory inventory, Holdings holdings, Eligibility eligibility) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.eligibility = eligibility;
  }

  /// Picks without recording anything.
  ///
  /// @param count how many addresses, at least 1
  /// @param room how many that the namespace does not have yet may be among them
  /// @param without what is chosen already
  /// @return as many as there are, at most `count`
  List<IpAddress> pick(
      Applicant who,
      AddressPool pool,
      IpFamily family,
      int count,
      int room,
      Set<IpAddress> without) {
    if (pool.rules().intake() == Intake.DRAINING) {
      return List.of();
    }
    if (count == 1 && without.isEmpty()) {
      return next(who, pool, family, room, without).map(List::of).orElse(List.of());
    }
    without.forEach(inventory::setAside);
    List<IpAddress> picked = new ArrayList<>();
    Set<IpAddress> seen = new HashSet<>(without);
    int left = room;
    while (picked.size() < count) {
      Optional<IpAddress> next = next(who, pool, family, left, seen);
      if (next.isEmpty()) {
        break;
      }
      picked.add(next.get());
      seen.add(next.get());
      inventory.setAside(next.get());
      if (!eligibility.isShareOfNamespace(who, next.get())) {
        left--;
      }
    }
    seen.forEach(inventory::putBack);
    return picked;
  }

  private Optional<IpAddress> next(
      Applicant who, AddressPool pool, IpFamily family, int room, Set<IpAddress> without) {
    Optional<IpAddress> free =
        room > 0 ? inventory.lowestFree(pool.name(), family) : Optional.empty();
    Optional<IpAddress> shared =
        who.sharing().flatMap(key -> lowestShared(who, key, pool, family, room, without));
    if (free.isPresent() && shared.isPresent()) {
      return free.get().compareTo(shared.get()) < 0 ? free : shared;
    }
    return free.or(() -> shared)
        .or(
            () ->
                room > 0
                    ? inventory.longestRested(pool.name(), family, without)
                    : Optional.empty());
  }

  private Optional<IpAddress> lowestShared(
      Applicant who,
      SharingKey key,
      AddressPool pool,
      IpFamily family,
      int room,
      Set<IpAddress> without) {
    return holdings.sharedUnder(key).stream()
        .filter(address -> address.family() == family && !without.contains(address))
        .filter(address -> inventory.poolOf(address).filter(pool::equals).isPresent())
        .filter(address -> room > 0 || eligibility.isShareOfNamespace(who, address))
        .filter(address -> !inventory.isSpokenFor(address))
        .filter(address -> mayJoin(who, address))
        .findFirst();
  }

  private boolean mayJoin(Applicant who, IpAddress address) {
    Optional<AllocationRecord> record = holdings.at(address);
    return record.isPresent()
        && !who.holds(record.get())
        && SharingRules.obstacle(who, record.get(), inventory.poolOf(address)).isEmpty();
  }
}
