// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.lease.SharedPools;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What pools have of what a Service asks for, and what it waits for when that is too little.
final class PoolOffers {

  private final Inventory inventory;
  private final Admission admission;
  private final Eligibility eligibility;
  private final Picker picker;

  PoolOffers(Inventory inventory, Admission admission, Eligibility eligibility, Picker picker) {
    this.inventory = inventory;
    this.admission = admission;
    this.eligibility = eligibility;
    this.picker = picker;
  }

  static WakeKey quotaKey(Applicant who, AddressPool pool) {
    return new WakeKey.Quota(pool.name(), who.ref().namespace());
  }

  static boolean isCombined(Optional<AddressPool> pool) {
    return pool.filter(found -> found.rules().pairing() == Pairing.COMBINED).isPresent();
  }

  /// What one pool has of what is missing of a family; notes what would help when that is too
  /// little.
  private List<Choice> from(Demand demand, AddressPool pool, IpFamily family, List<Choice> sofar) {
    Applicant who = demand.who();
    int missing = demand.missing(family, sofar);
    int room = roomBeside(sofar, who, pool);
    Set<IpAddress> chosen = sofar.stream().map(Choice::address).collect(Collectors.toSet());
    List<IpAddress> picked = picker.pick(who, pool, family, missing, room, chosen);
    if (picked.size() < missing) {
      who.needs().add(new WakeKey.Space(pool.name(), family));
      if (picked.size() < Math.min(missing, room) && mayLease(pool, family)) {
        who.needs().addLease(new Space(pool.name(), family), missing);
      }
      who.sharing().ifPresent(key -> who.needs().add(new WakeKey.Sharing(key)));
      if (pool.rules().quota().isPresent()) {
        who.needs().add(quotaKey(who, pool));
      }
    }
    return picked.stream()
        .<Choice>map(address -> new Choice.Given(address, AllocationRecord.Reason.AUTOMATIC))
        .toList();
  }

  /// How many more the quota of the pool leaves when these are given.
  private int roomBeside(List<Choice> choices, Applicant who, AddressPool pool) {
    int room = eligibility.room(who, pool);
    for (Choice choice : choices) {
      boolean counts =
          choice instanceof Choice.Given
              && inventory.poolOf(choice.address()).filter(pool::equals).isPresent();
      room -= counts && room < Integer.MAX_VALUE ? 1 : 0;
    }
    return room;
  }

  private boolean mayLease(AddressPool pool, IpFamily family) {
    return pool.rules().intake() == Intake.OPEN && inventory.canLease(pool.name(), family);
  }

  /// Whether blocks of the pool would give all that is missing: then it is waited for, for the pool
  /// comes before the next one whether or not its blocks are leased yet.
  boolean waitsForBlocks(Demand demand, AddressPool pool, List<Choice> offer) {
    Needs needs = demand.who().needs();
    int missing = demand.families().stream().mapToInt(f -> demand.missing(f, offer)).sum();
    boolean waits =
        missing <= roomBeside(offer, demand.who(), pool)
            && demand.unmet(offer).stream()
                .allMatch(family -> needs.needsLease(new Space(pool.name(), family)));
    if (waits) {
      awaitRest(demand, offer);
    } else if (demand.who().requiresBothFamilies()) {
      // A block of one family alone serves nobody.
      needs.forgetLeases(pool.name());
    }
    return waits;
  }

  /// One is there until there is none; of several, each that goes may be missing.
  private static WakeKey less(Demand demand, AddressPool pool, IpFamily family) {
    return demand.of(family) > 1
        ? new WakeKey.Fewer(pool.name(), family)
        : new WakeKey.Closed(pool.name(), family);
  }

  /// What is there now may be gone before the block comes.
  void awaitRest(Demand demand, List<Choice> offer) {
    for (Choice choice : offer) {
      inventory
          .poolOf(choice.address())
          .map(pool -> less(demand, pool, choice.address().family()))
          .ifPresent(demand.who().needs()::add);
    }
  }

  /// The same for what it did not get because something else was missing, where a block would be
  /// asked for once there is less.
  void awaitRestOfShared(Demand demand, List<Choice> offer) {
    awaitRest(
        demand,
        offer.stream()
            .filter(Choice.Given.class::isInstance)
            .filter(
                choice ->
                    inventory.poolOf(choice.address()).filter(SharedPools::isShared).isPresent())
            .toList());
  }

  /// One of each family first, then the rest.
  void fill(Demand demand, AddressPool pool, List<Choice> choices) {
    for (Demand part : demand.isSimple() ? List.of(demand) : List.of(demand.first(), demand)) {
      for (IpFamily family : part.unmet(choices)) {
        choices.addAll(from(part, pool, family, choices));
      }
    }
  }

  List<Choice> fromAll(Demand demand, AddressPool pool) {
    List<Choice> choices = new ArrayList<>();
    fill(demand, pool, choices);
    return choices;
  }

  /// The first pool that has some of the family, among those that may stand beside each other.
  List<Choice> combined(Demand demand, IpFamily family, List<Choice> sofar) {
    return admission.candidates(demand.who().service()).stream()
        .filter(pool -> isCombined(Optional.of(pool)))
        .map(pool -> from(demand, pool, family, sofar))
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }
}
