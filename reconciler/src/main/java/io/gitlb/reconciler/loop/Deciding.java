// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.NumberedStates.Stamp;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.SharedPools;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.loop.FactsKeeper.Scene;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.WantedStatuses.Picture;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Plans, and has the plan probed, committed, shown and announced, in this order.
final class Deciding {

  private final Keepers keepers;
  private final DefinitionsFollower definitions;
  private final GuardKeeper guards;
  private final LedgerKeeper ledger;
  private final StatusKeeper statuses;
  private final SpeakerFollower speakers;
  private final ConflictKeeper conflicts;
  private final WantedStates states;
  private final ProbingRecords probing = new ProbingRecords();
  private final SkippedRanges skipped = new SkippedRanges();

  /// Lives from pass to pass, until a defect leaves it half done.
  private Planner planner = new Planner();

  private SnapshotMap<ServiceRef, Decision> decisions = SnapshotMap.empty();

  Deciding(Keepers keepers, WantedStates states) {
    this.keepers = keepers;
    this.states = states;
    this.definitions = keepers.definitions();
    this.guards = keepers.guards();
    this.ledger = keepers.ledger();
    this.statuses = keepers.statuses();
    this.speakers = keepers.speakers();
    this.conflicts = keepers.conflicts();
  }

  /// What a pass is about.
  private record Pass(InForce inForce, ClusterView view, CommitNote note) {

    Definitions definitions() {
      return inForce.definitions();
    }

    Instant now() {
      return note.now();
    }
  }

  /// How the second half of a pass ended.
  sealed interface Ended {

    /// @param notAccepted why the definitions could not be noted as recorded
    /// @param again whether there is more to do at once
    record Planned(Plan plan, Optional<Failure> notAccepted, boolean again) implements Ended {}

    /// Without what is missing live addresses would be taken from the speakers.
    record Blocked(Failure cause) implements Ended {}
  }

  Ended decide(Instant now, InForce inForce, ClusterView view) {
    CommitNote note = new CommitNote(view.clusterUid(), inForce.commit(), speakers.epoch(), now);
    if (!ledger.restoreLost(note)) {
      return new Ended.Blocked(
          ledger.commitFailure().orElse(new Failure("GLB5004", "displaced records wait")));
    }
    Pass pass = new Pass(inForce, view, note);
    settleProbes(pass);
    if (!guards.isSuspended()) {
      states.balance(now);
    }
    Fleet fleet = keepers.leases().fleet(inForce.definitions());
    Plan plan = plan(pass, fleet);
    decisions = plan.decisions();
    skipped.follow(plan.skipped());
    boolean isRecorded = carryOut(plan, pass, fleet);
    boolean whole = isRecorded && !guards.isSuspended();
    if (whole) {
      keepFacts(pass);
    }
    Optional<Failure> notAccepted = whole ? definitions.accept() : Optional.empty();
    boolean again =
        ledger.push(now)
            || isSomethingFreed(plan)
            || (whole && guards.isAwaited(inForce, plan))
            || (!isRecorded && ledger.commitFailure().isEmpty());
    return new Ended.Planned(plan, notAccepted, again);
  }

  /// What speakers have said of addresses is in the ledger before anything is planned: who met a
  /// conflict gets another address in the same pass.
  private void settleProbes(Pass pass) {
    if (guards.isSuspended()) {
      return;
    }
    List<LedgerEdit> edits =
        conflicts.settle(
            probing.over(ledger.ledger()), pass.view(), pass.inForce().commit(), pass.now());
    for (List<LedgerEdit> part : Backlog.commits(edits)) {
      if (!ledger.commit(LedgerBatch.of(part), pass.note())) {
        return;
      }
      probing.committed(part);
    }
  }

  private Plan plan(Pass pass, Fleet fleet) {
    Ledger known = probing.over(ledger.ledger());
    GuardKeeper.Protected seen =
        guards.protect(pass.inForce(), ledger.ledger(), pass.view(), pass.now());
    ClusterView steady = seen.view().withSquatters(conflicts.squatters());
    states.see(steady);
    Plan planned =
        planner.plan(
            new PlanInput(
                pass.definitions(),
                pass.inForce().commit(),
                definitions.accepted(),
                known,
                steady,
                speakers.facts(ledger.ledger()),
                ledger.adoption(),
                seen.guards(),
                fleet,
                pass.now()));
    return new FreshAddresses(
            pass.definitions(),
            known,
            steady,
            address -> !conflicts.isKnownFree(address) && speakers.isProbeable(address))
        .probed(guards.restrain(planned, known, steady));
  }

  /// The speakers do not wait for the API server: its answers are waited for when they have their
  /// questions and their states.
  ///
  /// @return whether all of the plan is committed
  private boolean carryOut(Plan plan, Pass pass, Fleet fleet) {
    Backlog backlog = new Backlog(probing.take(plan.edits(), ledger.ledger()), ledger.ledger());
    // A probe takes a third of a second: it begins before anything is written.
    conflicts.ask(
        probing.over(ledger.ledgerAfter(backlog.ofThisPass())),
        pass.definitions(),
        address -> isOurs(address, pass.definitions(), plan, fleet),
        pass.now());
    withdraw(backlog, pass);
    record(backlog, pass);
    if (backlog.isEmpty() && !guards.isSuspended()) {
      ledger.recordedWhole();
    }
    handOut(pass);
    statuses.finish(pass.now());
    Ledger next = probing.over(ledger.ledger());
    keepers.leases().care(pass.inForce(), next, fleet, plan.wants(), pass.note());
    return backlog.isEmpty();
  }

  /// Neither somebody outside the ledger nor another cluster has the address.
  private static boolean isOurs(
      IpAddress address, Definitions definitions, Plan plan, Fleet fleet) {
    boolean isLeased =
        fleet.leaseOf(address).filter(lease -> fleet.isOwn(lease)).isPresent()
            || definitions.pools().stream()
                .noneMatch(pool -> SharedPools.isShared(pool) && pool.contains(address));
    return isLeased
        && plan.skipped().stream().noneMatch(skipped -> skipped.range().contains(address));
  }

  /// What endpoints and nodes have changed needs no commit, so it does not wait for those of
  /// others. Not before the ledger is known to be whole: what it lacks would be taken away.
  private void withdraw(Backlog backlog, Pass pass) {
    if (!backlog.isEmpty() && ledger.adoption() == Adoption.CLOSED) {
      states.build(untilRecorded(pass), ledger.told(ledger.ledger(), pass.view()));
      handOut(pass);
    }
  }

  /// Commits the plan part by part. The statuses of one part are written while the next is being
  /// committed, and those that wait for no commit while the first is.
  ///
  /// @param backlog all of the plan; what is left in it is not committed
  private void record(Backlog backlog, Pass pass) {
    // What statuses say of the announcement is about the ledger as this pass will leave it.
    boolean isWhole = backlog.fitsOnePass() && !guards.isSuspended();
    Definitions announcing = isWhole ? pass.definitions() : untilRecorded(pass);
    states.build(announcing, ledger.told(ledger.ledgerAfter(backlog.ofThisPass()), pass.view()));
    statuses.begin(picture(pass, backlog), pass.now());
    statuses.tell(conflicts.takeNews(), picture(pass, backlog), pass.now());
    for (LedgerBatch part : Backlog.batches(backlog.ofThisPass(), guards.files())) {
      if (!ledger.commit(part, pass.note())) {
        states.build(untilRecorded(pass), ledger.told(ledger.ledger(), pass.view()));
        break;
      }
      backlog.committed(part.edits());
      probing.committed(part.edits());
      statuses.goOn(picture(pass, backlog), pass.now());
    }
  }

  /// As long as what new definitions take away is not recorded as held, the former ones say what is
  /// announced.
  private Definitions untilRecorded(Pass pass) {
    return definitions.former().orElse(pass.definitions());
  }

  private void handOut(Pass pass) {
    speakers.handOut(
        states.content(),
        new Stamp(
            pass.view().clusterUid(), pass.inForce().commit(), ledger.head(), speakers.epoch()));
  }

  private Picture picture(Pass pass, Backlog backlog) {
    return new Picture(
        pass.view(),
        decisions,
        ledger.told(ledger.ledger(), pass.view()).records(),
        backlog,
        speakers.announcing(states.content()),
        ledger.heldBack());
  }

  /// Nobody waits for these: they come after everything else.
  private void keepFacts(Pass pass) {
    FactsKeeper facts = keepers.facts();
    Scene scene = new Scene(pass.view(), speakers.nodes(), speakers.owners());
    boolean written =
        facts.due(pass.now(), pass.inForce().commit(), scene, ledger.ledger()).stream()
            .allMatch(batch -> ledger.commit(batch, pass.note()));
    if (!written) {
      facts.failed();
    }
  }

  /// An address that became free may serve somebody who waits.
  private static boolean isSomethingFreed(Plan plan) {
    return plan.edits().stream()
        .anyMatch(
            edit ->
                switch (edit) {
                  case LedgerEdit.Delete _ -> true;
                  case LedgerEdit.Put put -> put.record().state() == State.RESTING;
                });
  }

  /// Service → what was decided last.
  SnapshotMap<ServiceRef, Decision> decisions() {
    return decisions;
  }

  SkippedRanges skipped() {
    return skipped;
  }

  /// A pass that a defect ended may have left half of what is carried from pass to pass.
  void forget() {
    planner = new Planner();
    states.forget();
  }
}
