// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Decides what every Service gets.
///
/// Who has something is decided before who waits, then adoption, then pins, then requests, then the
/// rest, each by namespace and name; so nobody's address is given away from under him, and the same
/// input gives the same plan.
public final class Planner {

  /// After this long an address counts as withdrawn although a speaker did not say so.
  public static final Duration RELEASE_LIMIT = Duration.ofMinutes(5);

  private final PlanInput input;
  private final Holdings holdings;
  private final Inventory inventory;
  private final Recorder recorder;
  private final ServicePlanner services;

  /// Service → decision
  private final SortedMap<ServiceRef, Decision> decisions = new TreeMap<>();

  private Planner(PlanInput input) {
    this.input = input;
    this.inventory = new Inventory(input.definitions(), input.view());
    this.holdings = new Holdings(input.ledger(), inventory);
    input.ledger().unreadable().forEach(inventory::keepAside);
    Admission admission =
        new Admission(input.definitions().pools(), input.view().namespaceLabels());
    this.recorder = new Recorder(input, inventory, holdings);
    this.services = new ServicePlanner(input, inventory, holdings, admission);
  }

  /// The plan for this input, made from nothing.
  public static Plan planOnce(PlanInput input) {
    return new Planner(input).run();
  }

  private Plan run() {
    releaseWhatIsGone();
    claimForAdoption();
    for (ServiceView service : inOrder()) {
      decisions.put(service.ref(), services.decide(service));
      inventory.dropClaims(service);
    }
    freeWhatIsWithdrawn();
    return new Plan(SnapshotMap.copyOf(decisions), holdings.edits(), nextChange(), List.of());
  }

  private boolean isServed(ServiceRef ref) {
    ServiceView service = input.view().services().get(ref);
    return service != null && service.scope() == Scope.OURS;
  }

  private void releaseWhatIsGone() {
    // Service → what it had
    SortedMap<ServiceRef, List<IpAddress>> released = new TreeMap<>();
    for (ServiceView service : input.view().services().values()) {
      if (service.scope() == Scope.LEFT_BEHIND) {
        released.put(service.ref(), new ArrayList<>());
      }
    }
    for (AllocationRecord record : holdings.all()) {
      if (record.state() == State.RELEASING) {
        continue;
      }
      for (Holder holder : record.holders()) {
        if (!isServed(holder.service())) {
          holdings
              .at(record.address())
              .ifPresent(latest -> recorder.release(latest, holder.service()));
          released.computeIfAbsent(holder.service(), _ -> new ArrayList<>()).add(record.address());
        }
      }
    }
    released.forEach(
        (service, addresses) -> decisions.put(service, new Decision.Release(service, addresses)));
  }

  /// Keeps what a status shows and no record knows away from everybody else until its Service has
  /// been decided on.
  private void claimForAdoption() {
    for (ServiceView service : input.view().services().values()) {
      if (service.scope() == Scope.OURS && holdings.heldBy(service.ref()).isEmpty()) {
        for (IpAddress address : service.statusAddresses()) {
          if (services.mayAdopt(service, address)) {
            inventory.claim(address, service.ref());
          }
        }
      }
    }
  }

  private List<ServiceView> inOrder() {
    return input.view().services().values().stream()
        .filter(service -> service.scope() == Scope.OURS)
        .sorted(Comparator.comparing(this::rank).thenComparing(ServiceView::ref))
        .toList();
  }

  /// Whose turn it is; the constants are in the order of the turns.
  private enum Rank {
    HOLDS,
    ADOPTS,
    PINNED,
    REQUESTS,
    WAITS
  }

  private Rank rank(ServiceView service) {
    if (!holdings.heldBy(service.ref()).isEmpty()) {
      return Rank.HOLDS;
    }
    if (!service.statusAddresses().isEmpty()) {
      return Rank.ADOPTS;
    }
    if (!inventory.pinsOf(service.ref()).isEmpty()) {
      return Rank.PINNED;
    }
    boolean requests = service.loadBalancerIp().isPresent() || !service.annotations().isEmpty();
    return requests ? Rank.REQUESTS : Rank.WAITS;
  }

  private void freeWhatIsWithdrawn() {
    for (AllocationRecord before : input.ledger().records().values()) {
      boolean due =
          input.speakers().withdrawn().contains(before.address())
              || !input.now().isBefore(before.since().plus(RELEASE_LIMIT));
      boolean still = holdings.at(before.address()).filter(before::equals).isPresent();
      if (before.state() == State.RELEASING && due && still) {
        holdings.delete(before, Action.FREE);
      }
    }
  }

  private Optional<Instant> nextChange() {
    return holdings.all().stream()
        .filter(record -> record.state() == State.RELEASING)
        .map(record -> record.since().plus(RELEASE_LIMIT))
        .min(Comparator.naturalOrder());
  }
}
