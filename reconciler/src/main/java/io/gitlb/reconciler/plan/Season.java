// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.Turn.Rank;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Planning under one set of definitions: what a [Planner] remembers from pass to pass, who is
/// looked at again in a pass, and in what order.
final class Season {

  private final Foreign foreign;
  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;
  private final Waiting waiting = new Waiting();

  /// Those of whom it is known, before the first turn, that theirs comes in this pass. A tree: a
  /// hash table would stay as large as the first pass, which touches all, needed it.
  private final SortedSet<ServiceRef> touched = new TreeSet<>();

  /// Those whose turn comes in this pass.
  private final TreeSet<Turn> turns = new TreeSet<>();

  /// Pools that have got something to give in this pass.
  private final Set<WakeKey.Space> opened = new HashSet<>();

  /// Whose turn comes in the next pass although nothing further changes.
  private final SortedSet<ServiceRef> again = new TreeSet<>();

  /// The last whose turn it was in this pass; empty while the turns are not made yet.
  private Optional<Turn> last = Optional.empty();

  private PlanInput input;
  private SnapshotMap<ServiceRef, Decision> decisions;
  private List<Plan.Skipped> skipped;
  private boolean first = true;

  /// Spaces of shared pools that had nothing to give when it was looked last.
  private Set<Space> closed = Set.of();

  Season(PlanInput input, SnapshotMap<ServiceRef, Decision> decisions) {
    this.input = input;
    this.decisions = decisions;
    PoolIndex index = new PoolIndex(input.definitions().pools());
    foreign = new Foreign(input.definitions(), index, input.view(), input.fleet());
    inventory = new Inventory(input.definitions(), index, foreign);
    input.ledger().unreadable().forEach(inventory::keepAside);
    holdings = new Holdings(inventory, this::recordChanged, this::wake);
    admission = new Admission(input.definitions().pools());
    skipped = foreign.skipped();
  }

  /// Whether what is known still holds for this input.
  boolean outlasts(PlanInput next) {
    return next.adoption() == Adoption.CLOSED
        && input.adoption() == Adoption.CLOSED
        && next.definitions().equals(input.definitions())
        && next.ledger().unreadable().equals(input.ledger().unreadable())
        && next.fleet().self().equals(input.fleet().self())
        && next.fleet().elsewhere().equals(input.fleet().elsewhere())
        && !foreign.hasOtherRanges(next.view());
  }

  Plan plan(PlanInput next) {
    opened.clear();
    last = Optional.empty();
    PlanInput before = input;
    input = next;
    admission.follow(next.view().namespaceLabels());
    touched.addAll(again);
    again.clear();
    for (Change<IpAddress, AllocationRecord> change : holdings.begin(next.ledger().records())) {
      Stream.concat(change.before().stream(), change.after().stream())
          .flatMap(record -> record.holders().stream())
          .forEach(holder -> touched.add(holder.service()));
    }
    if (first) {
      touched.addAll(next.view().services().keySet());
      touched.addAll(decisions.keySet());
      first = false;
    } else {
      follow(before, next);
    }
    endStates();
    Map<ServiceRef, Decision.Release> released = releaseWhatIsGone();
    if (next.adoption() == Adoption.OPEN) {
      adopt();
    }
    noteClosed();
    makeTurns();
    run();
    released.forEach(this::decided);
    return new Plan(
        decisions,
        holdings.edits(),
        nextChange(),
        skipped,
        waiting.blocks().toWants(inventory::leasable));
  }

  /// Finds out whom the changes since the last pass concern.
  private void follow(PlanInput before, PlanInput next) {
    next.view()
        .services()
        .changesSince(before.view().services())
        .forEach(change -> touchWithSharers(change.key()));
    next.view()
        .namespaceLabels()
        .changesSince(before.view().namespaceLabels())
        .forEach(change -> touchServicesOf(change.key()));
    List<IpAddress> used = foreign.follow(next.view());
    used.forEach(this::useChanged);
    if (!used.isEmpty()) {
      skipped = foreign.skipped();
    }
    followLeases(next.fleet());
    next.speakers()
        .announced()
        .changesSince(before.speakers().announced())
        .forEach(change -> wake(new WakeKey.Announced(change.key())));
    followGuards(before.guards(), next.guards());
    waiting.due(next.now()).forEach(this::wake);
  }

  private void followGuards(Guards before, Guards next) {
    next.cuts().changesSince(before.cuts()).forEach(change -> touchHolders(change.key()));
    if (!next.approved().equals(before.approved())) {
      Stream.concat(before.approved().stream(), next.approved().stream())
          .forEach(this::touchHolders);
    }
  }

  private void touchHolders(IpAddress address) {
    holdings
        .at(address)
        .ifPresent(record -> record.holders().forEach(holder -> touched.add(holder.service())));
  }

  /// Somebody outside the ledger began or ceased to use the address.
  private void useChanged(IpAddress address) {
    boolean rests =
        holdings
            .at(address)
            .filter(record -> record.state() == AllocationRecord.State.RESTING)
            .isPresent();
    if (inventory.foreignUseChanged(address) || rests) {
      open(address);
    }
    wake(new WakeKey.Address(address));
    lessen(address);
    holdings
        .at(address)
        .filter(record -> !Holdings.isHad(record))
        .ifPresent(record -> record.holders().forEach(holder -> wake(holder.service())));
  }

  private void followLeases(Fleet fleet) {
    List<Block> changed = foreign.follow(fleet);
    if (changed.isEmpty()) {
      return;
    }
    for (Space space : inventory.follow(changed, holdings::at)) {
      wake(new WakeKey.Space(space.pool(), space.family()));
    }
    for (Block block : changed) {
      Optional<IpAddress> next = Optional.of(block.first());
      while (next.filter(block.range()::contains).isPresent()) {
        IpAddress address = next.get();
        useChanged(address);
        holdings.at(address).ifPresent(this::wakeToShare);
        next = address.next();
      }
    }
  }

  /// Who has an address with a Service that changed may have it on other terms.
  private void touchWithSharers(ServiceRef ref) {
    touched.add(ref);
    for (AllocationRecord record : holdings.heldBy(ref)) {
      record.holders().forEach(holder -> touched.add(holder.service()));
    }
  }

  private void touchServicesOf(String namespace) {
    // No name of a Service is lower than this one.
    ServiceRef lowest = new ServiceRef(namespace, "-");
    for (Map.Entry<ServiceRef, ServiceView> entry : input.view().services().from(lowest)) {
      if (!entry.getKey().namespace().equals(namespace)) {
        return;
      }
      touched.add(entry.getKey());
    }
  }

  /// Tells those who wait for it of a record that is another one now.
  private void recordChanged(Change<IpAddress, AllocationRecord> change) {
    IpAddress address = change.key();
    wake(new WakeKey.Address(address));
    boolean givable =
        change.after().map(record -> record.state() == AllocationRecord.State.RESTING).orElse(true);
    if (givable) {
      open(address);
    } else {
      lessen(address);
    }
    touchOtherHolders(change);
    change.after().filter(Holdings::isOpenToSharers).ifPresent(this::wakeToShare);
  }

  private void open(IpAddress address) {
    inventory
        .poolOf(address)
        .ifPresent(pool -> opened.add(new WakeKey.Space(pool.name(), address.family())));
  }

  private void lessen(IpAddress address) {
    inventory
        .poolOf(address)
        .ifPresent(pool -> wake(new WakeKey.Fewer(pool.name(), address.family())));
  }

  /// Who has an address with somebody who came, went or changed may have it on other terms; who had
  /// one may find it waiting, or gone.
  private void touchOtherHolders(Change<IpAddress, AllocationRecord> change) {
    List<Holder> before = change.before().map(AllocationRecord::holders).orElse(List.of());
    List<Holder> after = change.after().map(AllocationRecord::holders).orElse(List.of());
    boolean shared = Math.max(before.size(), after.size()) > 1 && !before.equals(after);
    boolean awaited =
        Stream.concat(change.before().stream(), change.after().stream())
            .anyMatch(record -> !Holdings.isHad(record));
    if (shared || awaited) {
      Stream.concat(before.stream(), after.stream()).forEach(holder -> wake(holder.service()));
    }
  }

  /// Wakes those with a key of a holder who could have the address too.
  private void wakeToShare(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      if (holder.sharing().isPresent()) {
        waiting.waitingFor(new WakeKey.Sharing(holder.sharing().get())).stream()
            .filter(service -> mayShare(service, record))
            .forEach(this::wake);
      }
    }
  }

  private boolean mayShare(ServiceRef service, AllocationRecord record) {
    return input
        .view()
        .services()
        .find(service)
        .map(view -> Applicant.of(view, new Needs()))
        .filter(
            who -> SharingRules.obstacle(who, record, inventory.poolOf(record.address())).isEmpty())
        .isPresent();
  }

  private void wake(WakeKey key) {
    waiting.waitingFor(key).forEach(this::wake);
  }

  /// A turn that has passed comes again in the next pass.
  private void wake(ServiceRef service) {
    ServiceView view = input.view().services().get(service);
    if (last.isEmpty()) {
      touched.add(service);
    } else if (view != null && view.scope() == Scope.OURS) {
      Turn turn = turn(view);
      if (turn.compareTo(last.get()) <= 0) {
        again.add(service);
      } else {
        turns.add(turn);
      }
    }
  }

  /// What was withdrawn waits for its Service or rests, and what has waited and rested is free.
  private void endStates() {
    Recorder recorder = new Recorder(input, inventory, holdings);
    SortedMap<IpAddress, AllocationRecord> ended = new TreeMap<>();
    holdings.due(input.now()).forEach(record -> ended.put(record.address(), record));
    for (IpAddress address : input.speakers().withdrawn()) {
      holdings
          .at(address)
          .filter(record -> record.state() == AllocationRecord.State.RELEASING)
          .ifPresent(record -> ended.put(address, record));
    }
    ended.values().forEach(record -> end(record, recorder));
  }

  private void end(AllocationRecord record, Recorder recorder) {
    Duration retain = holdings.retain(record);
    Duration rest = holdings.reuseDelay(record);
    switch (record.state()) {
      case PROBING, CONFLICTED, ALLOCATED, HELD ->
          throw new IllegalStateException("does not end: " + record);
      case RELEASING -> {
        boolean isGone = record.holders().stream().noneMatch(h -> isServed(h.service()));
        if (isGone && retain.isPositive()) {
          recorder.retain(record);
        } else if (rest.isPositive()) {
          recorder.rest(record);
        } else {
          holdings.delete(record, Action.FREE);
        }
      }
      case RETAINED -> {
        if (rest.compareTo(retain) > 0) {
          recorder.rest(record);
        } else {
          holdings.delete(record, Action.FREE);
        }
      }
      case RESTING -> holdings.delete(record, Action.FREE);
    }
  }

  private boolean isServed(ServiceRef ref) {
    return input.view().services().find(ref).filter(s -> s.scope() == Scope.OURS).isPresent();
  }

  /// @return Service → that it has nothing any more
  private Map<ServiceRef, Decision.Release> releaseWhatIsGone() {
    Recorder recorder = new Recorder(input, inventory, holdings);
    SortedMap<ServiceRef, Decision.Release> released = new TreeMap<>();
    for (ServiceRef ref : List.copyOf(touched)) {
      if (isServed(ref)) {
        continue;
      }
      waiting.leave(ref);
      List<AllocationRecord> had = holdings.heldBy(ref);
      had.forEach(record -> recorder.release(record, ref));
      if (!had.isEmpty() || input.view().services().containsKey(ref)) {
        released.put(
            ref, new Decision.Release(ref, had.stream().map(AllocationRecord::address).toList()));
        again.add(ref);
      } else {
        decisions = decisions.without(ref);
      }
    }
    return released;
  }

  /// What live statuses show and no record knows belongs to who shows it.
  private void adopt() {
    ServicePlanner services = servicePlanner();
    for (ServiceView service : input.view().services().values()) {
      if (service.scope() == Scope.OURS && !holdings.hasAny(service.ref())) {
        services.adopt(Applicant.of(service, new Needs()));
      }
    }
  }

  private ServicePlanner servicePlanner() {
    return new ServicePlanner(input, inventory, holdings, admission);
  }

  /// From here on everybody's rank is that of the pass.
  private void makeTurns() {
    turns.clear();
    for (ServiceRef ref : touched) {
      waiting.leave(ref);
      ServiceView view = input.view().services().get(ref);
      if (view != null && view.scope() == Scope.OURS) {
        turns.add(turn(view));
      }
    }
    touched.clear();
  }

  private Turn turn(ServiceView view) {
    return new Turn(rank(view), view.ref());
  }

  private Rank rank(ServiceView view) {
    if (holdings.hasAny(view.ref())) {
      return Rank.HOLDS;
    }
    if (!inventory.pinsOf(view.ref()).isEmpty()) {
      return Rank.PINNED;
    }
    boolean requests = view.loadBalancerIp().isPresent() || !view.annotations().isEmpty();
    return requests ? Rank.REQUESTS : Rank.WAITS;
  }

  /// Who waits for a block counts on what there is beside it.
  private void noteClosed() {
    Set<Space> now = inventory.closedShares();
    for (Space space : now) {
      if (!closed.contains(space)) {
        wake(new WakeKey.Closed(space.pool(), space.family()));
      }
    }
    closed = now;
  }

  private void run() {
    ServicePlanner services = servicePlanner();
    for (Optional<Turn> next = next(); next.isPresent(); next = next()) {
      Turn turn = next.get();
      turns.remove(turn);
      last = next;
      ServiceView view = input.view().services().get(turn.service());
      if (view != null && view.scope() == Scope.OURS) {
        decide(services, view);
        noteClosed();
      }
    }
  }

  /// The next turn: of those who are touched, and of those who wait for a pool that has something
  /// to give, as long as it has.
  private Optional<Turn> next() {
    Optional<Turn> next = turns.isEmpty() ? Optional.empty() : Optional.of(turns.first());
    for (WakeKey.Space space : opened.isEmpty() ? List.<WakeKey.Space>of() : List.copyOf(opened)) {
      Optional<Turn> waits =
          inventory.isOpen(space.pool(), space.family())
              ? waiting.nextWaitingFor(space, last)
              : Optional.empty();
      if (waits.isEmpty()) {
        opened.remove(space);
      } else if (next.isEmpty() || waits.get().compareTo(next.get()) < 0) {
        next = waits;
      }
    }
    return next;
  }

  private void decide(ServicePlanner services, ServiceView service) {
    waiting.leave(service.ref());
    Needs needs = new Needs();
    List<AllocationRecord> had = List.copyOf(holdings.heldBy(service.ref()));
    Decision decision = services.decide(Applicant.of(service, needs));
    // What it gave up may serve it, and what its records say now may count, the next time.
    boolean isOther = !had.isEmpty() && !holdings.heldBy(service.ref()).equals(had);
    if (!needs.isEmpty()) {
      waiting.join(turn(service), needs);
    }
    if (isOther || decision instanceof Decision.Assign) {
      again.add(service.ref());
    }
    decided(service.ref(), decision);
  }

  private void decided(ServiceRef ref, Decision decision) {
    if (!decision.equals(decisions.get(ref))) {
      decisions = decisions.with(ref, decision);
    }
  }

  private Optional<Instant> nextChange() {
    List<Instant> times = new ArrayList<>();
    holdings.nextDue().ifPresent(times::add);
    waiting.nextAlarm().ifPresent(times::add);
    return times.stream().min(Instant::compareTo);
  }
}
