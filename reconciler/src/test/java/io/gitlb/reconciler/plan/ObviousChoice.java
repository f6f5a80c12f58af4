// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.plan.ObviousAsk.Kind;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether whoever had nothing got the right thing: what waited for it, what its status showed
/// while the ledger is being built, or else the lowest of the first pool.
///
/// @param before with the ledger of the input
/// @param after with the ledger that the plan leads to
/// @param violations gets what is wrong, in words
record ObviousChoice(ObviousRules before, ObviousRules after, List<String> violations) {

  static void violations(ObviousRules before, ObviousRules after, List<String> violations) {
    ObviousChoice choice = new ObviousChoice(before, after, violations);
    for (ServiceView service : after.served()) {
      choice.families(service);
      if (before.input().adoption() == Adoption.CLOSED) {
        choice.formerAddress(service);
        choice.lowest(service);
      } else {
        choice.adoption(service);
      }
    }
  }

  private void violated(Object what, String rule) {
    violations.add(what + ": " + rule);
  }

  /// Who requires both families gets both or none; both come from one pool, or from two that say so
  /// when no pool has both.
  private void families(ServiceView service) {
    List<AllocationRecord> held = after.heldBy(service.ref());
    boolean isFresh =
        before.heldBy(service.ref()).isEmpty()
            && !held.isEmpty()
            && service.statusAddresses().stream().noneMatch(this::isUnknown);
    if (!isFresh) {
      return;
    }
    boolean isWhole =
        ObviousRules.families(service).stream()
            .noneMatch(family -> after.heldBy(service, family).isEmpty());
    if (service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK && !isWhole) {
      violated(service.ref(), "is given one family although it requires both");
    }
    List<AddressPool> pools =
        held.stream()
            .map(record -> after.poolOf(record.address()).orElseThrow())
            .distinct()
            .toList();
    boolean mayCombine =
        ObviousAsk.of(after, service).kind() != Kind.ANY
            || pools.stream().allMatch(pool -> pool.rules().pairing() == Pairing.COMBINED);
    if (pools.size() > 1 && !mayCombine && !before.hasFormerAddress(service.ref())) {
      violated(service.ref(), "is given addresses of pools that may not be combined");
    }
  }

  private boolean isUnknown(IpAddress address) {
    return before.input().adoption() == Adoption.OPEN
        && !before.ledger().records().containsKey(address);
  }

  /// What waits for a Service of that name, it gets when it comes back without a wish.
  private void formerAddress(ServiceView service) {
    ObviousAsk ask = ObviousAsk.of(after, service);
    boolean needsMore =
        service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK || ask.kind() != Kind.ANY;
    if (needsMore || !before.heldBy(service.ref()).isEmpty()) {
      return;
    }
    for (AllocationRecord record : before.ledger().records().values()) {
      IpAddress address = record.address();
      boolean isFitting =
          record.state() == State.RETAINED
              && !before.isRetainedLongEnough(record)
              && ask.pool().map(pool -> pool.contains(address)).orElse(true)
              && before.canHave(service, address)
              && after.quotaLeft(after.poolOf(address).orElseThrow(), service.ref().namespace())
                  > 0;
      if (isFitting && after.heldBy(service, address.family()).isEmpty()) {
        violated(service.ref(), "does not get back " + address);
      }
    }
  }

  /// Whoever gets one automatically gets the lowest of the first pool; those that rest come last.
  private void lowest(ServiceView service) {
    ObviousAsk ask = ObviousAsk.of(after, service);
    boolean isPlain =
        ask.kind() == Kind.ANY
            && before.heldBy(service.ref()).isEmpty()
            && !before.hasFormerAddress(service.ref());
    if (!isPlain) {
      return;
    }
    for (AllocationRecord record : after.heldBy(service.ref())) {
      AddressPool pool = after.poolOf(record.address()).orElseThrow();
      for (IpAddress other : ObviousRules.addresses(pool, record.address().family())) {
        if (isBetter(service, other, record.address())) {
          violated(service.ref(), "gets " + record.address() + " although it could have " + other);
        }
      }
    }
    List<AllocationRecord> had = after.heldBy(service.ref());
    if (had.isEmpty() || ask.count() > 1 || ask.pool().isPresent()) {
      return;
    }
    for (AddressPool pool : after.automaticPools(service)) {
      if (pool.contains(had.getFirst().address())) {
        return;
      }
      boolean isWhole =
          ObviousRules.families(service).stream()
              .allMatch(
                  family ->
                      ObviousRules.addresses(pool, family).stream()
                          .anyMatch(address -> isFreeFor(service, address)));
      boolean isEnough =
          after.quotaLeft(pool, service.ref().namespace()) >= ObviousRules.families(service).size();
      if (isWhole && isEnough) {
        violated(
            service.ref(),
            "gets " + had.getFirst().address() + " although " + pool.name() + " serves");
      }
    }
  }

  /// Whether the Service could have had the other one, whoever was decided on first.
  private boolean isBetter(ServiceView service, IpAddress other, IpAddress given) {
    boolean isPossible =
        before.canHave(service, other)
            && after.canHave(service, other)
            && !after.has(service.ref(), other);
    if (!isPossible) {
      return false;
    }
    Optional<Instant> otherRests = restingSince(other);
    // One that it shares may have been given to another before: it rested no more then.
    boolean isShared =
        after.heldBy(service.ref()).stream()
            .anyMatch(record -> record.address().equals(given) && record.holders().size() > 1);
    Optional<Instant> givenRests = isShared ? Optional.empty() : restingSince(given);
    if (otherRests.isPresent() && givenRests.isPresent()) {
      return otherRests.get().isBefore(givenRests.get());
    }
    return otherRests.isEmpty() && (givenRests.isPresent() || other.compareTo(given) < 0);
  }

  private boolean isFreeFor(ServiceView service, IpAddress address) {
    return before.canHave(service, address)
        && after.canHave(service, address)
        && restingSince(address).isEmpty();
  }

  private Optional<Instant> restingSince(IpAddress address) {
    Duration rest = after.poolOf(address).orElseThrow().rules().reuseDelay();
    return before
        .ledger()
        .records()
        .find(address)
        .filter(record -> record.state() == State.RESTING && !before.isOver(record, rest))
        .map(AllocationRecord::since);
  }

  /// A status that no record knows is taken over, unless somebody else shows it too.
  private void adoption(ServiceView service) {
    ObviousAsk ask = ObviousAsk.of(after, service);
    if (ask.kind() != Kind.ANY
        || ask.pool().isPresent()
        || before.ledger().records().values().stream()
            .anyMatch(record -> ObviousRules.names(record, service.ref()))) {
      return;
    }
    for (IpFamily family : ObviousRules.families(service)) {
      List<IpAddress> shown =
          service.statusAddresses().stream()
              .filter(address -> address.family() == family)
              .distinct()
              .toList();
      for (IpAddress address : shown) {
        boolean isAlone =
            after.served().stream()
                    .filter(other -> other.statusAddresses().contains(address))
                    .count()
                == 1;
        if (shown.size() <= ask.count()
            && isAlone
            && after.poolOf(address).isPresent()
            && before.ledger().records().find(address).isEmpty()
            && !after.isClusters(address)
            && !after.isReserved(address)
            && after.isThisClusters(address)
            && !after.has(service.ref(), address)) {
          violated(service.ref(), "does not adopt " + address);
        }
      }
    }
  }
}
