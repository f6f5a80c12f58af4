// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides what one Service gets, on top of what was decided before it.
final class ServicePlanner {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;
  private final Eligibility eligibility;
  private final WishReader wishes;
  private final WhyNot whyNot;
  private final Recorder recorder;
  private final SpeakerFacts speakers;

  ServicePlanner(PlanInput input, Inventory inventory, Holdings holdings, Admission admission) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.admission = admission;
    this.eligibility = new Eligibility(inventory, holdings, admission);
    this.wishes = new WishReader(inventory, admission);
    this.whyNot = new WhyNot(inventory, admission);
    this.recorder = new Recorder(input, inventory, holdings);
    this.speakers = input.speakers();
  }

  /// The families that a Service wants are those of its cluster IPs, in their order.
  static List<IpFamily> families(ServiceView service) {
    return service.clusterIps().stream().map(IpAddress::family).distinct().toList();
  }

  /// @return whether the Service may adopt an address that its status shows
  boolean mayAdopt(ServiceView service, IpAddress address) {
    return families(service).contains(address.family())
        && holdings.at(address).isEmpty()
        && eligibility.obstacle(service, address).isEmpty();
  }

  Decision decide(ServiceView service) {
    List<IpFamily> families = families(service);
    if (families.isEmpty()) {
      return refuse(
          service, families, Refusal.of(Reason.NO_CLUSTER_IP, "it has no cluster IP yet"));
    }
    if (isRequired(service) && families.size() < IpFamily.values().length) {
      return refuse(
          service,
          families,
          Refusal.of(
              Reason.DUAL_STACK_UNAVAILABLE,
              "its ipFamilyPolicy is RequireDualStack, but its cluster IPs are "
                  + families
                  + " only"));
    }
    return switch (wishes.read(service, families)) {
      case Wish.Wrong(Refusal cause) -> refuse(service, families, cause);
      case Wish.These these -> these(service, families, these);
      case Wish.Within(AddressPool pool) -> any(service, families, Optional.of(pool));
      case Wish.Anything() -> any(service, families, Optional.empty());
    };
  }

  private static boolean isRequired(ServiceView service) {
    return service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK;
  }

  private Decision these(ServiceView service, List<IpFamily> families, Wish.These wish) {
    Optional<Refusal> obstacle = obstacle(service, wish);
    if (obstacle.isPresent()) {
      return refuse(service, families, obstacle.get());
    }
    Map<IpFamily, Choice> choices = new LinkedHashMap<>();
    for (IpAddress address : wish.addresses()) {
      choices.put(address.family(), choice(service, address, wish.why()));
    }
    AddressPool pool = inventory.poolOf(wish.addresses().getFirst()).orElseThrow();
    keepOthersIn(pool, service, families, choices);
    Optional<Refusal> unmet = fill(choices, families, Optional.of(pool));
    return unmet.isPresent() && isRequired(service)
        ? refuse(service, families, unmet.get())
        : finish(service, families, choices, unmet);
  }

  private Optional<Refusal> obstacle(ServiceView service, Wish.These wish) {
    List<AddressPool> pools = new ArrayList<>();
    for (IpAddress address : wish.addresses()) {
      Optional<Refusal> obstacle = eligibility.obstacle(service, address);
      if (obstacle.isPresent()) {
        return Optional.of(ofRequest(wish, obstacle.get()));
      }
      inventory.poolOf(address).ifPresent(pools::add);
    }
    if (pools.stream().distinct().count() > 1) {
      return Optional.of(
          Refusal.of(
              Reason.DIFFERENT_POOLS,
              wish.addresses() + " lie in different pools; allowed are addresses of one pool"));
    }
    return wish.pool()
        .filter(pool -> !pools.contains(pool))
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

  private static Refusal ofRequest(Wish.These wish, Refusal obstacle) {
    return new Refusal(
        obstacle.reason(),
        wish.why().text() + " " + wish.addresses().getFirst() + ": " + obstacle.message(),
        obstacle.pools());
  }

  /// Families that nothing was asked of keep what they have in the same pool.
  private void keepOthersIn(
      AddressPool pool,
      ServiceView service,
      List<IpFamily> families,
      Map<IpFamily, Choice> choices) {
    for (IpFamily family : families) {
      if (!choices.containsKey(family)) {
        best(service, family, Optional.of(pool)).ifPresent(kept -> choices.put(family, kept));
      }
    }
  }

  private Decision any(ServiceView service, List<IpFamily> families, Optional<AddressPool> wanted) {
    Map<IpFamily, Choice> choices = new LinkedHashMap<>();
    for (IpFamily family : families) {
      best(service, family, wanted)
          .<Choice>map(kept -> kept)
          .or(() -> adopted(service, family, wanted))
          .or(() -> retained(service, family, wanted))
          .ifPresent(choice -> choices.put(family, choice));
    }
    if (choices.isEmpty()) {
      return fresh(service, families, wanted);
    }
    Optional<AddressPool> pool =
        choices.values().stream()
            .flatMap(choice -> inventory.poolOf(choice.address()).stream())
            .findFirst();
    Optional<Refusal> unmet = fill(choices, families, pool);
    Decision decision = finish(service, families, choices, unmet);
    return unmet.isPresent() && isRequired(service)
        ? new Decision.Refuse(service.ref(), decision.addresses(), unmet.get(), List.of())
        : decision;
  }

  /// What the Service has of a family; where it has two, because it is moving, one that the
  /// definitions give comes first, then the newer one.
  private Optional<Choice.Kept> best(
      ServiceView service, IpFamily family, Optional<AddressPool> wanted) {
    return holdings.heldBy(service.ref()).stream()
        .filter(record -> record.address().family() == family)
        .filter(record -> isIn(wanted, record.address()))
        .map(
            record ->
                new Choice.Kept(record, eligibility.againstDefinitions(service, record.address())))
        .min(
            Comparator.comparing((Choice.Kept kept) -> kept.holdCause().isPresent())
                .thenComparing(kept -> kept.record().since(), Comparator.reverseOrder())
                .thenComparing(Choice.Kept::address));
  }

  private boolean isIn(Optional<AddressPool> wanted, IpAddress address) {
    return wanted.isEmpty() || inventory.poolOf(address).equals(wanted);
  }

  private Optional<Choice> adopted(
      ServiceView service, IpFamily family, Optional<AddressPool> wanted) {
    return service.statusAddresses().stream()
        .filter(address -> address.family() == family)
        .filter(address -> isIn(wanted, address))
        .filter(address -> mayAdopt(service, address))
        .findFirst()
        .map(address -> new Choice.Given(address, AllocationRecord.Reason.ADOPTED, Action.ADOPT));
  }

  /// An address that is still being withdrawn from the Service's former self.
  private Optional<Choice> retained(
      ServiceView service, IpFamily family, Optional<AddressPool> wanted) {
    return holdings.releasingOf(service.ref()).stream()
        .filter(record -> record.address().family() == family)
        .filter(record -> isIn(wanted, record.address()))
        .filter(record -> eligibility.obstacle(service, record.address()).isEmpty())
        .findFirst()
        .map(record -> new Choice.Given(record.address(), record.reason(), Action.ALLOCATE));
  }

  /// The record that the Service has of the address, or a new one.
  private Choice choice(ServiceView service, IpAddress address, AllocationRecord.Reason why) {
    return holdings.heldBy(service.ref()).stream()
        .filter(record -> record.address().equals(address))
        .findFirst()
        .<Choice>map(record -> new Choice.Kept(record, Optional.empty()))
        .orElseGet(() -> new Choice.Given(address, why, Action.ALLOCATE));
  }

  /// Adds the families that are missing from the pool of the others.
  ///
  /// @return why one is missing still
  private Optional<Refusal> fill(
      Map<IpFamily, Choice> choices, List<IpFamily> families, Optional<AddressPool> pool) {
    List<IpFamily> missing = new ArrayList<>();
    for (IpFamily family : families) {
      if (!choices.containsKey(family)) {
        Optional<IpAddress> free = pool.flatMap(p -> inventory.lowestFree(p.name(), family));
        free.ifPresent(address -> choices.put(family, automatic(address)));
        if (free.isEmpty()) {
          missing.add(family);
        }
      }
    }
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    return pool.map(p -> whyNot.ofOne(p, missing))
        .or(
            () ->
                Optional.of(
                    Refusal.of(
                        Reason.OUTSIDE_POOLS,
                        "no pool has what it holds, so " + missing + " cannot be added")));
  }

  private static Choice automatic(IpAddress address) {
    return new Choice.Given(address, AllocationRecord.Reason.AUTOMATIC, Action.ALLOCATE);
  }

  /// For a Service that has nothing: the first pool that has all families, or else, unless it
  /// requires both, the first that has one.
  private Decision fresh(
      ServiceView service, List<IpFamily> families, Optional<AddressPool> wanted) {
    List<AddressPool> pools = wanted.map(List::of).orElseGet(() -> admission.candidates(service));
    Optional<Map<IpFamily, Choice>> whole = firstOf(pools, families);
    if (whole.isPresent()) {
      return finish(service, families, whole.get(), Optional.empty());
    }
    Refusal cause =
        wanted
            .map(pool -> whyNot.ofOne(pool, families))
            .orElseGet(() -> whyNot.ofAll(service, families));
    if (!isRequired(service)) {
      for (IpFamily family : families) {
        Optional<Map<IpFamily, Choice>> part = firstOf(pools, List.of(family));
        if (part.isPresent()) {
          return finish(service, families, part.get(), Optional.of(cause));
        }
      }
    }
    return refuse(service, families, cause);
  }

  private Optional<Map<IpFamily, Choice>> firstOf(
      List<AddressPool> pools, List<IpFamily> families) {
    for (AddressPool pool : pools) {
      Map<IpFamily, Choice> choices = new LinkedHashMap<>();
      for (IpFamily family : families) {
        inventory
            .lowestFree(pool.name(), family)
            .ifPresent(address -> choices.put(family, automatic(address)));
      }
      if (choices.size() == families.size()) {
        return Optional.of(choices);
      }
    }
    return Optional.empty();
  }

  /// Nothing new; what the Service has of its families it keeps.
  private Decision refuse(ServiceView service, List<IpFamily> families, Refusal cause) {
    List<IpFamily> kept = families.isEmpty() ? List.of(IpFamily.values()) : families;
    Map<IpFamily, Choice> choices = new LinkedHashMap<>();
    for (IpFamily family : kept) {
      best(service, family, Optional.empty()).ifPresent(best -> choices.put(family, best));
    }
    choices.values().forEach(choice -> recorder.record(service, choice));
    releaseOthers(service, choices);
    List<IpAddress> addresses = choices.values().stream().map(Choice::address).toList();
    // It asked for the very address that it has and that the definitions have taken away.
    boolean held =
        choices.values().stream()
            .flatMap(choice -> choice.holdCause().stream())
            .anyMatch(holdCause -> holdCause.reason() == cause.reason());
    return held
        ? new Decision.Hold(service.ref(), addresses, cause, List.of())
        : new Decision.Refuse(service.ref(), addresses, cause, List.of());
  }

  private Decision finish(
      ServiceView service,
      List<IpFamily> families,
      Map<IpFamily, Choice> choices,
      Optional<Refusal> unmet) {
    choices.values().forEach(choice -> recorder.record(service, choice));
    releaseOthers(service, choices);
    List<IpAddress> addresses =
        families.stream()
            .flatMap(family -> Optional.ofNullable(choices.get(family)).stream())
            .map(Choice::address)
            .toList();
    Optional<Refusal> held =
        choices.values().stream().flatMap(choice -> choice.holdCause().stream()).findFirst();
    if (held.isPresent()) {
      return new Decision.Hold(service.ref(), addresses, held.get(), List.of());
    }
    boolean given = choices.values().stream().anyMatch(Choice.Given.class::isInstance);
    return given
        ? new Decision.Assign(service.ref(), addresses, message(addresses), unmet.stream().toList())
        : new Decision.Keep(service.ref(), addresses, message(addresses), unmet.stream().toList());
  }

  /// What is not of a family of the Service goes at once. What another address takes the place of
  /// goes when that one is on the wire, or when it is not on the wire itself.
  private void releaseOthers(ServiceView service, Map<IpFamily, Choice> choices) {
    for (AllocationRecord record : holdings.heldBy(service.ref())) {
      Choice successor = choices.get(record.address().family());
      boolean chosen = successor != null && successor.address().equals(record.address());
      boolean movable =
          successor == null
              || speakers.announced().containsKey(successor.address())
              || !speakers.announced().containsKey(record.address());
      if (!chosen && movable) {
        recorder.release(record, service.ref());
      }
    }
  }

  private String message(List<IpAddress> addresses) {
    return String.join(
        ", ",
        addresses.stream()
            .flatMap(address -> holdings.at(address).stream())
            .map(
                record ->
                    record.address()
                        + " from pool "
                        + record.pool()
                        + " ("
                        + record.reason().text()
                        + ")")
            .toList());
  }
}
