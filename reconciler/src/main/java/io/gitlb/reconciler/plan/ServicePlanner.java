// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Decides what one Service gets, on top of what was decided before it.
final class ServicePlanner {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;
  private final Eligibility eligibility;
  private final Picker picker;
  private final WishReader wishes;
  private final WhyNot whyNot;
  private final Settlement settlement;

  ServicePlanner(PlanInput input, Inventory inventory, Holdings holdings, Admission admission) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.admission = admission;
    this.eligibility = new Eligibility(inventory, holdings, admission);
    this.picker = new Picker(inventory, holdings, eligibility);
    this.wishes = new WishReader(inventory, admission);
    this.whyNot = new WhyNot(inventory, admission, eligibility);
    this.settlement = new Settlement(input, inventory, holdings);
  }

  /// How many addresses of each family a Service wants.
  private record Demand(Applicant who, Map<IpFamily, Integer> count) {

    static Demand of(Applicant who, int each) {
      Map<IpFamily, Integer> count = new EnumMap<>(IpFamily.class);
      who.families().forEach(family -> count.put(family, each));
      return new Demand(who, count);
    }

    List<IpFamily> families() {
      return who.families();
    }

    int of(IpFamily family) {
      return count.getOrDefault(family, 0);
    }

    /// How many of the family are missing still.
    int missing(IpFamily family, List<Choice> choices) {
      return Math.max(0, of(family) - number(family, choices));
    }

    /// The families of which some are missing still.
    List<IpFamily> unmet(List<Choice> choices) {
      List<IpFamily> unmet = new ArrayList<>();
      for (IpFamily family : families()) {
        if (missing(family, choices) > 0) {
          unmet.add(family);
        }
      }
      return unmet;
    }
  }

  private static int number(IpFamily family, List<Choice> choices) {
    int number = 0;
    for (Choice choice : choices) {
      number += choice.address().family() == family ? 1 : 0;
    }
    return number;
  }

  private static boolean hasEach(Demand demand, List<Choice> choices) {
    return demand.families().stream().allMatch(family -> number(family, choices) > 0);
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
              && record.get().state() == AllocationRecord.State.ALLOCATED
              && SharingRules.obstacle(who, record.get(), inventory.poolOf(address)).isEmpty();
      if (ours && (record.isEmpty() || mayJoin) && inventory.foreignUse(address).isEmpty()) {
        settlement.adopt(who, address);
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
    Optional<Refusal> obstacle = obstacle(who, wish);
    if (obstacle.isPresent()) {
      return refuse(who, obstacle.get());
    }
    List<Choice> choices = new ArrayList<>();
    for (IpAddress address : wish.addresses()) {
      choices.add(choice(who, address, wish.why()));
    }
    Demand demand = Demand.of(who, wish.count());
    // A PinnedIP may name more than the Service asks for.
    demand.count().replaceAll((family, count) -> Math.max(count, number(family, choices)));
    AddressPool pool = inventory.poolOf(wish.addresses().getFirst()).orElseThrow();
    for (IpFamily family : demand.families()) {
      kept(who, family, address -> isIn(Optional.of(pool), address))
          .filter(kept -> choices.stream().noneMatch(c -> c.address().equals(kept.address())))
          .limit(demand.missing(family, choices))
          .forEach(choices::add);
    }
    return complete(demand, choices, Optional.of(pool));
  }

  private Optional<Refusal> obstacle(Applicant who, Wish.These wish) {
    List<AddressPool> pools = new ArrayList<>();
    // pool → how many more of its quota are asked for
    Map<PoolName, Integer> more = new HashMap<>();
    for (IpAddress address : wish.addresses()) {
      Optional<Refusal> obstacle =
          obstacle(who, address, wish.why()).or(() -> quota(who, address, more));
      if (obstacle.isPresent()) {
        who.needs().add(new WakeKey.Address(address));
        inventory
            .poolOf(address)
            .filter(pool -> pool.rules().quota().isPresent())
            .ifPresent(pool -> who.needs().add(quotaKey(who, pool)));
        return Optional.of(ofRequest(wish, address, obstacle.get()));
      }
      inventory.poolOf(address).ifPresent(pools::add);
    }
    boolean pinned = wish.why() == AllocationRecord.Reason.PINNED;
    boolean combined = pools.stream().allMatch(pool -> pool.rules().pairing() == Pairing.COMBINED);
    if (!pinned && !combined && pools.stream().distinct().count() > 1) {
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

  private Optional<Refusal> obstacle(
      Applicant who, IpAddress address, AllocationRecord.Reason why) {
    Optional<AllocationRecord> held = held(who, address);
    return held.isPresent()
        ? eligibility
            .againstDefinitions(who.service(), address)
            .or(() -> SharingRules.obstacle(who, held.get(), inventory.poolOf(address)))
        : eligibility.obstacle(who, address, why);
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

  private static WakeKey quotaKey(Applicant who, AddressPool pool) {
    return new WakeKey.Quota(pool.name(), who.ref().namespace());
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
        .<Choice>map(record -> new Choice.Kept(record, why, Optional.empty()))
        .orElseGet(() -> new Choice.Given(address, why));
  }

  private Decision any(Demand demand, Optional<AddressPool> wanted) {
    Applicant who = demand.who();
    List<Choice> choices = new ArrayList<>();
    for (IpFamily family : demand.families()) {
      kept(who, family, address -> isIn(wanted, address))
          .limit(demand.of(family))
          .forEach(choices::add);
      comeback(who, family, wanted).limit(demand.missing(family, choices)).forEach(choices::add);
    }
    return choices.isEmpty() ? fresh(demand, wanted) : complete(demand, choices, wanted);
  }

  /// What the Service has of a family and may go on having; where it has more than it wants,
  /// because it is moving, what the definitions give comes first, then the newer one.
  private Stream<Choice.Kept> kept(Applicant who, IpFamily family, Predicate<IpAddress> where) {
    List<AllocationRecord> had = holdings.heldBy(who.ref());
    return had.isEmpty()
        ? Stream.empty()
        : had.stream()
            .filter(record -> record.address().family() == family && where.test(record.address()))
            .filter(
                record ->
                    SharingRules.obstacle(who, record, inventory.poolOf(record.address()))
                        .isEmpty())
            .map(record -> kept(who, record))
            .sorted(
                Comparator.comparing((Choice.Kept kept) -> kept.holdCause().isPresent())
                    .thenComparing(kept -> kept.record().since(), Comparator.reverseOrder())
                    .thenComparing(Choice.Kept::address));
  }

  private Choice.Kept kept(Applicant who, AllocationRecord record) {
    return new Choice.Kept(
        record,
        record.reason(),
        eligibility
            .againstDefinitions(who.service(), record.address())
            .or(() -> overQuota(who, record)));
  }

  /// What was adopted into a pool of which the namespace has more than its quota is held.
  private Optional<Refusal> overQuota(Applicant who, AllocationRecord record) {
    if (record.reason() != AllocationRecord.Reason.ADOPTED) {
      return Optional.empty();
    }
    return inventory
        .poolOf(record.address())
        .filter(pool -> eligibility.room(who, pool) < 0)
        .map(
            pool -> {
              who.needs().add(quotaKey(who, pool));
              return eligibility.quotaUsed(who, pool);
            });
  }

  private boolean isIn(Optional<AddressPool> wanted, IpAddress address) {
    return wanted.isEmpty() || inventory.poolOf(address).equals(wanted);
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
  private Decision complete(Demand demand, List<Choice> choices, Optional<AddressPool> wanted) {
    Applicant who = demand.who();
    Optional<AddressPool> pool =
        choices.stream().flatMap(choice -> inventory.poolOf(choice.address()).stream()).findFirst();
    for (IpFamily family : demand.unmet(choices)) {
      pool.ifPresent(found -> choices.addAll(from(demand, found, family, choices)));
      if (number(family, choices) == 0 && wanted.isEmpty() && isCombined(pool)) {
        choices.addAll(combined(demand, family, choices));
      }
    }
    List<IpFamily> unmet = demand.unmet(choices);
    if (unmet.isEmpty()) {
      return settlement.settle(who, choices, Optional.empty());
    }
    Refusal cause =
        pool.map(found -> whyNot.ofOne(found, who, unmet))
            .orElseGet(
                () ->
                    Refusal.of(
                        Reason.OUTSIDE_POOLS,
                        "no pool has what it holds, so " + unmet + " cannot be added"));
    return partly(demand, choices, cause);
  }

  /// Some of what it wants, with a note, unless it requires what is missing.
  private Decision partly(Demand demand, List<Choice> choices, Refusal cause) {
    boolean whole = hasEach(demand, choices);
    Reason reason = whole ? Reason.FEWER_ADDRESSES : Reason.ONE_FAMILY_ONLY;
    return !whole && demand.who().requiresBothFamilies()
        ? settlement.settleFor(demand.who(), choices, cause)
        : settlement.settle(
            demand.who(),
            choices,
            Optional.of(new Refusal(reason, cause.message(), cause.pools())));
  }

  private static boolean isCombined(Optional<AddressPool> pool) {
    return pool.filter(found -> found.rules().pairing() == Pairing.COMBINED).isPresent();
  }

  /// What one pool has of what is missing of a family; notes what would help when that is too
  /// little.
  private List<Choice> from(Demand demand, AddressPool pool, IpFamily family, List<Choice> sofar) {
    Applicant who = demand.who();
    int missing = demand.missing(family, sofar);
    int room = eligibility.room(who, pool);
    for (Choice choice : sofar) {
      boolean counts =
          choice instanceof Choice.Given
              && inventory.poolOf(choice.address()).filter(pool::equals).isPresent();
      room -= counts && room < Integer.MAX_VALUE ? 1 : 0;
    }
    List<IpAddress> picked = picker.pick(who, pool, family, missing, room);
    if (picked.size() < missing) {
      who.needs().add(new WakeKey.Space(pool.name(), family));
      who.sharing().ifPresent(key -> who.needs().add(new WakeKey.Sharing(key)));
      if (pool.rules().quota().isPresent()) {
        who.needs().add(quotaKey(who, pool));
      }
    }
    return picked.stream()
        .<Choice>map(address -> new Choice.Given(address, AllocationRecord.Reason.AUTOMATIC))
        .toList();
  }

  private List<Choice> fromAll(Demand demand, AddressPool pool) {
    List<Choice> choices = new ArrayList<>();
    for (IpFamily family : demand.families()) {
      choices.addAll(from(demand, pool, family, choices));
    }
    return choices;
  }

  /// The first pool that has some of the family, among those that may stand beside each other.
  private List<Choice> combined(Demand demand, IpFamily family, List<Choice> sofar) {
    return admission.candidates(demand.who().service()).stream()
        .filter(pool -> isCombined(Optional.of(pool)))
        .map(pool -> from(demand, pool, family, sofar))
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  /// For a Service that has nothing where it wants something: the first pool that has all; or else
  /// pools that may be combined; or else, unless it requires both families, the first pool that has
  /// some of the family that matters most.
  private Decision fresh(Demand demand, Optional<AddressPool> wanted) {
    Applicant who = demand.who();
    List<AddressPool> pools =
        wanted.map(List::of).orElseGet(() -> admission.candidates(who.service()));
    List<List<Choice>> offers = new ArrayList<>();
    for (AddressPool pool : pools) {
      List<Choice> offer = fromAll(demand, pool);
      if (demand.unmet(offer).isEmpty()) {
        return settlement.settle(who, offer, Optional.empty());
      }
      offers.add(offer);
    }
    if (wanted.isEmpty() && demand.families().size() > 1) {
      List<Choice> offer = new ArrayList<>();
      demand.families().forEach(family -> offer.addAll(combined(demand, family, offer)));
      if (demand.unmet(offer).isEmpty()) {
        return settlement.settle(who, offer, Optional.empty());
      }
      offers.add(offer);
    }
    Refusal cause =
        wanted
            .map(pool -> whyNot.ofOne(pool, who, demand.families()))
            .orElseGet(() -> whyNot.ofAll(who));
    return best(demand, offers)
        .map(offer -> partly(demand, offer, cause))
        .orElseGet(() -> refuse(who, cause));
  }

  private static Optional<List<Choice>> best(Demand demand, List<List<Choice>> offers) {
    Optional<List<Choice>> whole =
        offers.stream().filter(offer -> hasEach(demand, offer)).findFirst();
    if (whole.isPresent() || demand.who().requiresBothFamilies()) {
      return whole;
    }
    return demand.families().stream()
        .flatMap(family -> offers.stream().filter(offer -> number(family, offer) > 0).limit(1))
        .findFirst();
  }

  /// Nothing new; the Service keeps what it has.
  private Decision refuse(Applicant who, Refusal cause) {
    List<Choice> choices = new ArrayList<>();
    for (AllocationRecord record : holdings.heldBy(who.ref())) {
      boolean wanted =
          who.families().isEmpty() || who.families().contains(record.address().family());
      if (wanted) {
        choices.add(kept(who, record));
      }
    }
    return settlement.settleFor(who, choices, cause);
  }
}
