// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides what one Service gets, on top of what was decided before it.
final class ServicePlanner {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;
  private final Eligibility eligibility;
  private final PoolOffers offers;
  private final WishReader wishes;
  private final WhyNot whyNot;
  private final Settlement settlement;

  ServicePlanner(PlanInput input, Inventory inventory, Holdings holdings, Admission admission) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.admission = admission;
    this.eligibility = new Eligibility(input, inventory, holdings, admission);
    this.offers =
        new PoolOffers(
            inventory, admission, eligibility, new Picker(inventory, holdings, eligibility));
    this.wishes = new WishReader(inventory, admission);
    this.whyNot = new WhyNot(inventory, admission, eligibility);
    this.settlement = new Settlement(input, inventory, holdings, eligibility);
  }

  /// Takes over what its status shows and no record knows, as far as it lies in a pool and belongs
  /// to nobody else. A file of the ledger that nobody can read does not stand in the way.
  void adopt(Applicant who) {
    for (IpAddress address : who.service().statusAddresses()) {
      boolean ours =
          who.families().contains(address.family()) && inventory.poolOf(address).isPresent();
      Optional<AllocationRecord> record = holdings.at(address);
      boolean mayJoin =
          record.isPresent()
              && record.get().state() == State.ALLOCATED
              && SharingRules.obstacle(who, record.get(), inventory.poolOf(address)).isEmpty();
      // It is live already: that its block is still to be leased changes nothing.
      boolean usedOutside =
          inventory
              .foreignUse(address)
              .filter(use -> use.reason() != Reason.WAITING_FOR_BLOCK)
              .isPresent();
      if (ours && (record.isEmpty() || mayJoin) && !usedOutside) {
        settlement.adopt(who, address, eligibility.againstAdoption(who, address));
      }
    }
  }

  Decision decide(Applicant who) {
    if (who.families().isEmpty()) {
      return refuse(who, Refusal.of(Reason.NO_CLUSTER_IP, "it has no cluster IP yet"));
    }
    if (who.requiresBothFamilies() && who.families().size() < IpFamily.values().length) {
      return refuse(
          who,
          Refusal.of(
              Reason.DUAL_STACK_UNAVAILABLE,
              "its ipFamilyPolicy is RequireDualStack, but its cluster IPs are "
                  + who.families()
                  + " only"));
    }
    return switch (wishes.read(who)) {
      case Wish.Wrong(Refusal cause) -> refuse(who, cause);
      case Wish.These these -> these(who, these);
      case Wish.Within(AddressPool pool, int count) ->
          any(Demand.of(who, count), Optional.of(pool));
      case Wish.Anything(int count) -> any(Demand.of(who, count), Optional.empty());
    };
  }

  private Decision these(Applicant who, Wish.These wish) {
    List<Choice> choices = new ArrayList<>();
    for (IpAddress address : wish.addresses()) {
      choices.add(choice(who, address, wish.why()));
    }
    Demand demand = Demand.of(who, wish.count());
    // A PinnedIP may name more than the Service asks for.
    demand.count().replaceAll((family, count) -> Math.max(count, Demand.number(family, choices)));
    awaitAll(who, wish);
    Optional<Refusal> obstacle = obstacle(who, wish);
    if (obstacle.isPresent()) {
      return refuse(demand, wish.addresses(), obstacle.get());
    }
    for (IpFamily family : demand.families()) {
      kept(who, family, Optional.empty())
          .filter(kept -> choices.stream().noneMatch(c -> c.address().equals(kept.address())))
          .limit(demand.missing(family, choices))
          .forEach(choices::add);
    }
    return complete(demand, choices, wish.pool(), inventory.poolOf(wish.addresses().getFirst()));
  }

  /// Unless it gets all, whatever becomes of one of the addresses may concern it.
  private void awaitAll(Applicant who, Wish.These wish) {
    for (IpAddress asked : wish.addresses()) {
      who.needs().add(new WakeKey.Address(asked));
      inventory
          .poolOf(asked)
          .filter(pool -> pool.rules().quota().isPresent())
          .ifPresent(pool -> who.needs().add(PoolOffers.quotaKey(who, pool)));
    }
  }

  /// What the definitions say comes first, then who has the addresses: so the reason is the same
  /// whatever becomes of those.
  private Optional<Refusal> obstacle(Applicant who, Wish.These wish) {
    for (IpAddress address : wish.addresses()) {
      Optional<Refusal> obstacle =
          held(who, address).isPresent()
              ? eligibility.againstDefinitions(who.service(), address)
              : eligibility.againstRules(who.service(), address);
      if (obstacle.isPresent()) {
        return Optional.of(ofRequest(wish, address, obstacle.get()));
      }
    }
    return togetherness(wish).or(() -> inUse(who, wish));
  }

  private Optional<Refusal> togetherness(Wish.These wish) {
    List<AddressPool> pools =
        wish.addresses().stream().flatMap(a -> inventory.poolOf(a).stream()).distinct().toList();
    boolean pinned = wish.why() == AllocationRecord.Reason.PINNED;
    boolean combined = pools.stream().allMatch(pool -> PoolOffers.isCombined(Optional.of(pool)));
    if (!pinned && !combined && pools.size() > 1) {
      return Optional.of(
          Refusal.of(
              Reason.DIFFERENT_POOLS,
              wish.addresses()
                  + " lie in different pools; allowed are addresses of one pool, or of pools that"
                  + " all say combineFamilies"));
    }
    return wish.pool()
        .filter(pool -> pools.stream().anyMatch(found -> !found.equals(pool)))
        .map(
            pool ->
                Refusal.of(
                    Reason.OUTSIDE_REQUESTED_POOL,
                    "asks for "
                        + wish.addresses()
                        + " and for pool "
                        + pool.name()
                        + ", which does not have it"));
  }

  private Optional<Refusal> inUse(Applicant who, Wish.These wish) {
    // pool → how many more of its quota are asked for
    Map<PoolName, Integer> more = new HashMap<>();
    for (IpAddress address : wish.addresses()) {
      Optional<AllocationRecord> held = held(who, address);
      Optional<Refusal> obstacle =
          held.isPresent()
              ? SharingRules.broken(who, held.get())
              : eligibility.inUse(who, address, wish.why()).or(() -> quota(who, address, more));
      if (obstacle.isPresent()) {
        return Optional.of(ofRequest(wish, address, obstacle.get()));
      }
    }
    return Optional.empty();
  }

  /// Each address alone may be within the quota and all of them not.
  private Optional<Refusal> quota(Applicant who, IpAddress address, Map<PoolName, Integer> more) {
    if (held(who, address).isPresent() || eligibility.isShareOfNamespace(who, address)) {
      return Optional.empty();
    }
    return inventory
        .poolOf(address)
        .filter(pool -> more.merge(pool.name(), 1, Integer::sum) > eligibility.room(who, pool))
        .map(pool -> eligibility.quotaUsed(who, pool));
  }

  private static Refusal ofRequest(Wish.These wish, IpAddress address, Refusal obstacle) {
    return new Refusal(
        obstacle.reason(),
        wish.why().text() + " " + address + ": " + obstacle.message(),
        obstacle.pools());
  }

  private Optional<AllocationRecord> held(Applicant who, IpAddress address) {
    return holdings.at(address).filter(Holdings::isHad).filter(who::holds);
  }

  /// The record that the Service has of the address, or a new one.
  private Choice choice(Applicant who, IpAddress address, AllocationRecord.Reason why) {
    return held(who, address)
        .<Choice>map(
            record -> {
              Choice.Kept kept = eligibility.keep(who, record, Optional.empty());
              return kept.holdCause().isPresent()
                  ? kept
                  : new Choice.Kept(record, why, Optional.empty(), kept.state());
            })
        .orElseGet(() -> new Choice.Given(address, why));
  }

  private Decision any(Demand asking, Optional<AddressPool> wanted) {
    Demand demand = asking.within(wanted);
    Applicant who = demand.who();
    List<Choice> choices = new ArrayList<>();
    // pool → how many more of its quota come back
    Map<PoolName, Integer> more = new HashMap<>();
    for (IpFamily family : demand.families()) {
      kept(who, family, wanted).limit(demand.of(family)).forEach(choices::add);
      comeback(who, family, wanted)
          .filter(given -> quota(who, given.address(), more).isEmpty())
          .limit(demand.missing(family, choices))
          .forEach(choices::add);
    }
    return choices.stream().anyMatch(Choice.Kept.class::isInstance)
        ? complete(demand, choices, wanted, wanted)
        : fresh(demand, choices, wanted);
  }

  /// What the Service has of a family and may go on having; where it has more than it wants,
  /// because it is moving, what the definitions give comes first, then the newer one.
  ///
  /// @param wanted the pool that it names: what it has from others is left out, but for what a
  ///   commit took out of that very pool
  private Stream<Choice.Kept> kept(Applicant who, IpFamily family, Optional<AddressPool> wanted) {
    List<AllocationRecord> had = holdings.heldBy(who.ref());
    return had.isEmpty()
        ? Stream.empty()
        : had.stream()
            .filter(record -> record.address().family() == family)
            .filter(record -> !eligibility.isLetGo(who, record, wanted))
            .filter(record -> isIn(wanted, record.address()) || isFrom(wanted, record))
            .filter(record -> SharingRules.broken(who, record).isEmpty())
            .map(record -> eligibility.keep(who, record, wanted))
            .sorted(BEST_FIRST);
  }

  private static final Comparator<Choice.Kept> BEST_FIRST =
      Comparator.comparing((Choice.Kept kept) -> kept.holdCause().isPresent())
          .thenComparing(kept -> kept.record().since(), Comparator.reverseOrder())
          .thenComparing(Choice.Kept::address);

  private boolean isIn(Optional<AddressPool> wanted, IpAddress address) {
    return wanted.isEmpty() || inventory.poolOf(address).equals(wanted);
  }

  private static boolean isFrom(Optional<AddressPool> wanted, AllocationRecord record) {
    return wanted.filter(pool -> pool.name().equals(record.pool())).isPresent();
  }

  /// What waits for the Service to come back, or is still being withdrawn from its former self.
  private Stream<Choice.Given> comeback(
      Applicant who, IpFamily family, Optional<AddressPool> wanted) {
    List<AllocationRecord> last = holdings.lastOf(who.ref());
    return last.isEmpty()
        ? Stream.empty()
        : last.stream()
            .filter(record -> record.address().family() == family)
            .filter(record -> isIn(wanted, record.address()))
            .filter(
                record -> eligibility.obstacle(who, record.address(), record.reason()).isEmpty())
            .map(record -> new Choice.Given(record.address(), record.reason()));
  }

  /// Adds what is missing from the pool of what there is.
  ///
  /// @param bound the pool that nothing may lie outside of
  /// @param asked the pool that it asks for, by name or address
  private Decision complete(
      Demand demand,
      List<Choice> choices,
      Optional<AddressPool> bound,
      Optional<AddressPool> asked) {
    Applicant who = demand.who();
    Optional<AddressPool> pool =
        bound.or(
            () ->
                choices.stream()
                    .flatMap(choice -> inventory.poolOf(choice.address()).stream())
                    .findFirst());
    List<IpFamily> lacking = demand.unmet(choices);
    Optional<AddressPool> giving = pool.filter(found -> mayGive(found, who, asked));
    giving.ifPresent(found -> offers.fill(demand, found, choices));
    for (IpFamily family : lacking) {
      if (Demand.number(family, choices) == 0 && bound.isEmpty() && PoolOffers.isCombined(pool)) {
        choices.addAll(offers.combined(demand, family, choices));
      }
    }
    List<IpFamily> unmet = demand.unmet(choices);
    if (unmet.isEmpty()) {
      return settlement.settle(who, choices, Optional.empty());
    }
    offers.awaitRestOfShared(demand, choices);
    boolean refused =
        hasElsewhere(who, unmet, choices)
            || (who.requiresBothFamilies() && !demand.hasEach(choices));
    // What is refused altogether takes nothing, so its words must not say what it might have taken.
    List<IpFamily> families = refused ? lacking : unmet;
    Refusal cause =
        pool.map(found -> whyNot.ofOne(found, who, families, asked))
            .orElseGet(
                () ->
                    Refusal.of(
                        Reason.OUTSIDE_POOLS,
                        "no pool has what it holds, so " + families + " cannot be added"));
    return refused
        ? refuse(demand, choices.stream().map(Choice::address).toList(), cause)
        : partly(demand, choices, cause);
  }

  /// What has waited for the Service, with what is missing from the pool of it.
  private List<Choice> filled(Demand demand, List<Choice> back, Optional<AddressPool> wanted) {
    List<Choice> offer = new ArrayList<>(back);
    Optional<AddressPool> pool =
        inventory
            .poolOf(back.getFirst().address())
            .filter(found -> mayGive(found, demand.who(), wanted));
    pool.ifPresent(found -> offers.fill(demand, found, offer));
    return offer;
  }

  private boolean mayGive(AddressPool pool, Applicant who, Optional<AddressPool> asked) {
    return admission.admits(pool, who.service())
        && (pool.assignment() == Assignment.AUTOMATIC || asked.filter(pool::equals).isPresent());
  }

  /// Whether it has something of a family that nothing was chosen of.
  private boolean hasElsewhere(Applicant who, List<IpFamily> unmet, List<Choice> choices) {
    return holdings.heldBy(who.ref()).stream()
        .filter(record -> !eligibility.isLetGo(who, record, Optional.empty()))
        .map(record -> record.address().family())
        .anyMatch(family -> unmet.contains(family) && Demand.number(family, choices) == 0);
  }

  /// Some of what it wants, with a note, unless it requires what is missing.
  private Decision partly(Demand demand, List<Choice> choices, Refusal cause) {
    boolean whole = demand.hasEach(choices);
    boolean loses = hasElsewhere(demand.who(), demand.unmet(choices), choices);
    if (loses || (!whole && demand.who().requiresBothFamilies())) {
      return refuse(demand, List.of(), cause);
    }
    Reason reason = whole ? Reason.FEWER_ADDRESSES : Reason.ONE_FAMILY_ONLY;
    return settlement.settle(
        demand.who(), choices, Optional.of(new Refusal(reason, cause.message(), cause.pools())));
  }

  /// For a Service that has nothing where it wants something: the first pool that has all; or else
  /// pools that may be combined; or else, unless it requires both families, the first pool that has
  /// some of the family that matters most.
  ///
  /// @param back what has waited for it, which is as good as any
  private Decision fresh(Demand demand, List<Choice> back, Optional<AddressPool> wanted) {
    Applicant who = demand.who();
    List<AddressPool> pools =
        wanted.map(List::of).orElseGet(() -> admission.candidates(who.service()));
    List<List<Choice>> found = new ArrayList<>();
    if (!back.isEmpty()) {
      List<Choice> offer = filled(demand, back, wanted);
      if (demand.unmet(offer).isEmpty()) {
        return settlement.settle(who, offer, Optional.empty());
      }
      found.add(offer);
    }
    for (AddressPool pool : pools) {
      List<Choice> offer = offers.fromAll(demand, pool);
      if (demand.unmet(offer).isEmpty()) {
        return settlement.settle(who, offer, Optional.empty());
      }
      boolean mayWait = back.isEmpty() || who.requiresBothFamilies();
      if (!mayWait) {
        who.needs().forgetLeases(pool.name());
      } else if (offers.waitsForBlocks(demand, pool, offer)) {
        return refuse(
            demand, List.of(), whyNot.ofOne(pool, who, demand.families(), Optional.of(pool)));
      }
      found.add(offer);
    }
    if (wanted.isEmpty() && demand.families().size() > 1) {
      List<Choice> offer = new ArrayList<>();
      demand.families().forEach(family -> offer.addAll(offers.combined(demand, family, offer)));
      if (demand.unmet(offer).isEmpty()) {
        return settlement.settle(who, offer, Optional.empty());
      }
      if (back.isEmpty() && demand.unmet(offer).stream().allMatch(who.needs()::needsLease)) {
        offers.awaitRest(demand, offer);
        return refuse(demand, List.of(), whyNot.ofAll(who));
      }
      if (who.requiresBothFamilies() || !back.isEmpty()) {
        pools.forEach(pool -> who.needs().forgetLeases(pool.name()));
      }
      found.add(offer);
    }
    found.forEach(offer -> offers.awaitRestOfShared(demand, offer));
    Refusal cause =
        wanted
            .map(pool -> whyNot.ofOne(pool, who, demand.families(), wanted))
            .orElseGet(() -> whyNot.ofAll(who));
    // What has waited for it comes before what a pool has.
    Optional<List<Choice>> best =
        back.isEmpty() || demand.who().requiresBothFamilies()
            ? best(demand, found)
            : found.stream().findFirst();
    return best.map(offer -> partly(demand, offer, cause))
        .orElseGet(() -> refuse(demand, List.of(), cause));
  }

  private static Optional<List<Choice>> best(Demand demand, List<List<Choice>> offers) {
    Optional<List<Choice>> whole =
        offers.stream().filter(offer -> demand.hasEach(offer)).findFirst();
    if (whole.isPresent() || demand.who().requiresBothFamilies()) {
      return whole;
    }
    return demand.families().stream()
        .flatMap(
            family -> offers.stream().filter(offer -> Demand.number(family, offer) > 0).limit(1))
        .findFirst();
  }

  /// Nothing new; the Service keeps all that it has, for nobody knows what it wants.
  private Decision refuse(Applicant who, Refusal cause) {
    return refuse(Demand.of(who, Integer.MAX_VALUE), List.of(), cause);
  }

  private static Optional<AddressPool> fromPool(Demand demand, AllocationRecord record) {
    return demand.wanted().filter(pool -> isFrom(Optional.of(pool), record));
  }

  /// Nothing new; the Service keeps what it has.
  ///
  /// @param asked what it keeps first
  private Decision refuse(Demand demand, List<IpAddress> asked, Refusal cause) {
    Applicant who = demand.who();
    List<Choice> choices = new ArrayList<>();
    Optional<Refusal> misfit =
        holdings.heldBy(who.ref()).stream()
            .flatMap(record -> SharingRules.broken(who, record).stream())
            .findFirst();
    List<IpFamily> families =
        who.families().isEmpty() ? List.of(IpFamily.values()) : who.families();
    for (IpFamily family : families) {
      holdings.heldBy(who.ref()).stream()
          .filter(record -> record.address().family() == family)
          .filter(record -> !eligibility.isLetGo(who, record, fromPool(demand, record)))
          .map(record -> eligibility.keep(who, record, fromPool(demand, record)))
          .sorted(
              Comparator.comparing((Choice.Kept kept) -> !asked.contains(kept.address()))
                  .thenComparing(BEST_FIRST))
          .limit(who.families().isEmpty() ? Integer.MAX_VALUE : demand.of(family))
          .forEach(choices::add);
    }
    return settlement.settleFor(who, choices, misfit.map(found -> found.and(cause)).orElse(cause));
  }
}
