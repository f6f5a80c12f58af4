// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.plan.ObviousAsk.Kind;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What must hold when a plan asks nothing more of the ledger: who waits cannot be served, found by
/// trying every address; every record is explained.
final class ObviousOutcome {

  private final PlanInput input;
  private final Plan plan;
  private final ObviousRules rules;
  private final List<String> violations = new ArrayList<>();

  private ObviousOutcome(PlanInput input, Plan plan) {
    this.input = input;
    this.plan = plan;
    this.rules = new ObviousRules(input, input.ledger());
  }

  /// @param plan without edits
  /// @return what is wrong, in words; empty when nothing is
  static List<String> violations(PlanInput input, Plan plan) {
    ObviousOutcome outcome = new ObviousOutcome(input, plan);
    for (AllocationRecord record : input.ledger().records().values()) {
      if (ObviousRules.isHolding(record)) {
        outcome.sharing(record);
        outcome.state(record);
      } else {
        outcome.lifetime(record);
      }
    }
    outcome.skipped();
    for (ServiceView service : outcome.rules.served()) {
      outcome.surplus(service);
      outcome.waiting(service);
    }
    return outcome.violations;
  }

  private void violated(Object what, String rule) {
    violations.add(what + ": " + rule);
  }

  /// What is never given because somebody else uses it is reported, and nothing else.
  private void skipped() {
    for (AddressPool pool : input.definitions().pools()) {
      for (IpFamily family : IpFamily.values()) {
        for (IpAddress address : ObviousRules.addresses(pool, family)) {
          boolean isSkipped =
              plan.skipped().stream()
                  .anyMatch(
                      skip -> skip.pool().equals(pool.name()) && skip.range().contains(address));
          if (isSkipped != isUsedOutside(address)) {
            violated(address, "is skipped and nobody uses it, or the other way round");
          }
        }
      }
    }
  }

  private boolean isUsedOutside(IpAddress address) {
    return rules.isClusters(address)
        || rules.isReserved(address)
        || input.fleet().elsewhere().keySet().stream().anyMatch(range -> range.contains(address));
  }

  /// Who may not share an address any more keeps it only with a word about it.
  private void sharing(AllocationRecord record) {
    boolean isWrong = false;
    boolean isTold = false;
    for (Holder holder : record.holders()) {
      Optional<ServiceView> service = rules.served(holder.service());
      if (service.isPresent() && !rules.sharesWithAll(service.get(), record)) {
        isWrong = true;
        isTold |= plan.decisions().find(holder.service()).map(this::hasWord).orElse(false);
        isTold |= isMoving(service.get(), record.address().family());
      }
    }
    if (isWrong && !isTold) {
      violated(record.address(), "is shared by those who may not, and nobody is told");
    }
  }

  /// Whether it has one address on the wire and one that is not there yet.
  private boolean isMoving(ServiceView service, IpFamily family) {
    List<AllocationRecord> held = rules.heldBy(service, family);
    return held.stream().anyMatch(record -> rules.isAnnounced(record.address()))
        && held.stream().anyMatch(record -> !rules.isAnnounced(record.address()));
  }

  private boolean hasWord(Decision decision) {
    return switch (decision) {
      case Decision.Keep keep -> !keep.notes().isEmpty();
      case Decision.Assign assign -> !assign.notes().isEmpty();
      case Decision.Hold _, Decision.Refuse _, Decision.Release _ -> true;
    };
  }

  /// Allocated is what the definitions give, held what they do not.
  private void state(AllocationRecord record) {
    if (record.holders().size() > 1) {
      return;
    }
    Optional<ServiceView> service = rules.served(record.holders().getFirst().service());
    if (service.isEmpty()) {
      return;
    }
    boolean isGiven = rules.isGivenByDefinitions(service.get(), record.address());
    boolean isTight =
        rules
            .poolOf(record.address())
            .filter(
                pool ->
                    pool.rules().intake() == Intake.DRAINING || pool.rules().quota().isPresent())
            .isPresent();
    if (record.state() == State.ALLOCATED && !isGiven) {
      violated(record.address(), "is allocated although the definitions do not give it");
    }
    boolean isOfOtherPool =
        ObviousAsk.of(rules, service.get())
            .pool()
            .filter(pool -> !pool.contains(record.address()))
            .isPresent();
    if (record.state() == State.HELD && isGiven && !isTight && !isOfOtherPool) {
      violated(record.address(), "is held although the definitions give it");
    }
  }

  /// Nothing that nobody has stays longer than its time.
  private void lifetime(AllocationRecord record) {
    if (record.state() == State.CONFLICTED || record.state() == State.PROBING) {
      // What the link says ends these, and no plan.
      return;
    }
    Optional<AddressPool> pool = rules.poolOf(record.address());
    Duration limit =
        switch (record.state()) {
          case PROBING, CONFLICTED, ALLOCATED, HELD ->
              throw new IllegalStateException(record.toString());
          case RELEASING -> Planner.RELEASE_LIMIT;
          case RETAINED -> pool.map(found -> found.rules().retain()).orElse(Duration.ofMinutes(10));
          case RESTING ->
              pool.map(found -> found.rules().reuseDelay()).orElse(Duration.ofMinutes(1));
        };
    boolean isWithdrawn =
        record.state() == State.RELEASING
            && input.speakers().withdrawn().contains(record.address());
    if (isWithdrawn || !input.now().isBefore(record.since().plus(limit))) {
      violated(record.address(), "is " + record.state().text() + " for too long");
    }
  }

  /// More addresses than asked for are there only while a move waits for the wire.
  private void surplus(ServiceView service) {
    ObviousAsk ask = ObviousAsk.of(rules, service);
    boolean isRefused =
        plan.decisions().find(service.ref()).filter(Decision.Refuse.class::isInstance).isPresent();
    if (ask.kind() == Kind.UNCLEAR || ask.kind() == Kind.WRONG || isRefused) {
      return;
    }
    List<IpFamily> families = ObviousRules.families(service);
    for (AllocationRecord record : rules.heldBy(service.ref())) {
      if (!families.contains(record.address().family())) {
        violated(service.ref(), "keeps " + record.address() + " of a family that it lacks");
      }
    }
    for (IpFamily family : families) {
      List<AllocationRecord> held = rules.heldBy(service, family);
      if (held.size() > ask.wanted(family) && !isMoving(service, family)) {
        violated(service.ref(), "has too many: " + held);
      }
    }
  }

  private void waiting(ServiceView service) {
    ObviousAsk ask = ObviousAsk.of(rules, service);
    switch (ask.kind()) {
      case ANY -> any(service, ask);
      case THESE -> these(service, ask);
      case WRONG, UNCLEAR -> {}
    }
  }

  private void any(ServiceView service, ObviousAsk ask) {
    List<IpFamily> families = ObviousRules.families(service);
    List<AllocationRecord> held = rules.heldBy(service.ref());
    List<AddressPool> pools =
        ask.pool().map(List::of).orElseGet(() -> rules.automaticPools(service));
    // Rather all from a pool whose block is on its way than a part from one that comes before it.
    boolean isWholeOnly =
        service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK
            || pools.stream().anyMatch(pool -> mayBecomeWhole(pool, service, ask));
    for (AddressPool pool : pools) {
      boolean isWhole = families.stream().allMatch(family -> has(pool, service, family, ask));
      boolean isEnough = hasQuota(pool, service, (long) ask.count() * families.size());
      if (held.isEmpty() && isWhole && isEnough) {
        violated(service.ref(), "waits although " + pool.name() + " serves it whole");
      }
      if (families.stream().anyMatch(family -> rules.hasFreeBlock(pool, family))) {
        // It may wait for one, whatever later pools have.
        return;
      }
      for (IpFamily family : families) {
        if (held.isEmpty()
            && !isWholeOnly
            && has(pool, service, family, ask)
            && hasQuota(pool, service, ask.count())) {
          violated(service.ref(), "waits although " + pool.name() + " has " + family);
        }
      }
    }
    if (ask.count() == 1 && held.size() == 1 && families.size() == 2) {
      second(service, ask, held.getFirst(), families);
    }
  }

  private boolean mayBecomeWhole(AddressPool pool, ServiceView service, ObviousAsk ask) {
    return ObviousRules.families(service).stream()
        .allMatch(family -> has(pool, service, family, ask) || rules.hasFreeBlock(pool, family));
  }

  private boolean has(AddressPool pool, ServiceView service, IpFamily family, ObviousAsk ask) {
    return ObviousRules.addresses(pool, family).stream()
            .filter(address -> rules.canHave(service, address))
            .count()
        >= ask.count();
  }

  private boolean hasQuota(AddressPool pool, ServiceView service, long addresses) {
    return rules.quotaLeft(pool, service.ref().namespace()) >= addresses;
  }

  /// Who has one family gets the other as soon as the pool has it.
  private void second(
      ServiceView service, ObviousAsk ask, AllocationRecord first, List<IpFamily> families) {
    Optional<AddressPool> pool = rules.poolOf(first.address());
    boolean isOpen =
        pool.isPresent()
            && families.contains(first.address().family())
            && rules.sharesWithAll(service, first)
            && (ask.pool().equals(pool)
                || (ask.pool().isEmpty() && pool.get().assignment() == Assignment.AUTOMATIC));
    for (IpFamily family : families) {
      if (isOpen
          && family != first.address().family()
          && has(pool.orElseThrow(), service, family, ask)) {
        violated(service.ref(), "lacks " + family + " although " + first.pool() + " has it");
      }
    }
  }

  /// Whoever asks for one very address of each of its families gets them when they can be had.
  private void these(ServiceView service, ObviousAsk ask) {
    List<IpFamily> families = ObviousRules.families(service);
    boolean isPlain = ask.count() == 1 && ask.addresses().size() == families.size();
    Optional<AddressPool> pool = rules.poolOf(ask.addresses().getFirst());
    if (!isPlain || pool.isEmpty() || !ask.pool().orElse(pool.get()).equals(pool.get())) {
      return;
    }
    List<IpAddress> missing =
        ask.addresses().stream()
            .filter(
                address ->
                    rules.heldBy(service.ref()).stream()
                        .noneMatch(record -> record.address().equals(address)))
            .toList();
    boolean arePossible =
        ask.addresses().stream().allMatch(address -> rules.poolOf(address).equals(pool))
            && missing.stream().allMatch(address -> rules.canHave(service, address))
            && hasQuota(pool.get(), service, missing.size());
    boolean areSound =
        ask.addresses().stream()
            .allMatch(
                address ->
                    missing.contains(address) || rules.isGivenByDefinitions(service, address));
    if (!missing.isEmpty() && arePossible && areSound) {
      violated(service.ref(), "does not get " + missing);
    }
  }
}
