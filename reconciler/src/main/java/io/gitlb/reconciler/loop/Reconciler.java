// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.desired.DesiredStates;
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
import io.gitlb.reconciler.loop.LoopFigures.Counters;
import io.gitlb.reconciler.loop.WantedStatuses.Picture;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop's body. One thread calls [#pass]; there are none in here, and no clock.
///
/// A pass is a list of steps: definitions, ledger, view, speakers, plan, ledger commit, statuses,
/// desired states, ledger push. Nothing is decided before each of the first four is there; from
/// then on a step that fails does not keep the next ones from what they can do without it.
public final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /// Smaller steps back are what time servers do.
  private static final Duration CLOCK_STEP = Duration.ofSeconds(5);

  private final ClusterPort cluster;
  private final LoopSettings settings;
  private final DefinitionsFollower definitions;
  private final GuardKeeper guards;
  private final LedgerKeeper ledger;
  private final StatusKeeper statuses;
  private final SpeakerFollower speakers;
  private final FactsKeeper facts;
  private final LeaseKeeper leases;
  private final ConflictKeeper conflicts;
  private final ProbePort probes;
  private final ProbingRecords probing = new ProbingRecords();

  private final LedgerCounts ledgerCounts = new LedgerCounts();
  private final SkippedRanges skipped = new SkippedRanges();

  /// Lives from pass to pass, until a defect leaves it half done.
  private Planner planner = new Planner();

  /// Likewise.
  private DesiredStates desired = new DesiredStates();

  /// The last view, with those that are missing and must not go.
  private ClusterView steady =
      new ClusterView(
          "",
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          SnapshotMap.empty(),
          ClusterAddresses.NONE);

  private SnapshotMap<ServiceRef, Decision> decisions = SnapshotMap.empty();
  private DesiredContent content = DesiredContent.EMPTY;
  private Optional<LoopState> state = Optional.empty();

  /// What the content was made of.
  private Optional<DesiredInput> built = Optional.empty();

  private Optional<Overview> overview = Optional.empty();
  private String lastOutcome = "";

  /// The time of the last pass.
  private Instant last = Instant.MIN;

  /// Nothing is asked of the ports before the first pass.
  ///
  /// @param cluster what there is
  /// @param statuses where Services are told
  public Reconciler(
      DefinitionSource definitions,
      LedgerStore ledger,
      ClusterPort cluster,
      StatusPort statuses,
      SpeakerPort speakers,
      LoopSettings settings) {
    this(
        definitions,
        ledger,
        cluster,
        statuses,
        speakers,
        new Neighbours(Fleet.NONE.self(), LeasePort.NONE, NeighbourPort.NONE),
        settings);
  }

  /// With other clusters on the same repository.
  ///
  /// @param cluster what there is
  /// @param statuses where Services are told
  public Reconciler(
      DefinitionSource definitions,
      LedgerStore ledger,
      ClusterPort cluster,
      StatusPort statuses,
      SpeakerPort speakers,
      Neighbours neighbours,
      LoopSettings settings) {
    this.leases = new LeaseKeeper(neighbours.leases(), neighbours.ledgers(), neighbours.self());
    this.cluster = cluster;
    this.settings = settings;
    this.definitions = new DefinitionsFollower(definitions);
    this.guards = new GuardKeeper(this.definitions);
    this.ledger = new LedgerKeeper(ledger, settings);
    this.statuses = new StatusKeeper(statuses, settings);
    this.facts = new FactsKeeper(settings.factsEvery());
    this.speakers = new SpeakerFollower(speakers, settings);
    this.conflicts = new ConflictKeeper(speakers);
    this.probes = speakers;
  }

  /// The other clusters on the repository.
  ///
  /// @param self what this one is called there
  public record Neighbours(ClusterName self, LeasePort leases, NeighbourPort ledgers) {}

  /// Goes through all steps once.
  ///
  /// @param now the time of everything that this pass records
  /// @param poll whether to ask for a new config commit
  public Outcome pass(Instant now, ConfigPoll poll) {
    boolean ended = false;
    noticeClock(now);
    try {
      Outcome outcome = run(now, poll);
      tell(outcome);
      state = Optional.of(snapshot(now, outcome));
      overview =
          built.map(
              input -> new Overview(now, input, speakers.announcing(content), speakers.reports()));
      ended = true;
      return outcome;
    } finally {
      if (!ended) {
        forgetWhatWasDerived();
      }
    }
  }

  /// What waits for a time waits too long when that time came from a clock that ran ahead.
  private void noticeClock(Instant now) {
    if (now.plus(CLOCK_STEP).isBefore(last)) {
      log.warn("GLB5007 the clock was set back from {} to {}", last, now);
      ledger.clockWentBack(now);
      statuses.clockWentBack(now);
    }
    last = now;
  }

  /// A pass that a defect ended may have left half of what is carried from pass to pass.
  private void forgetWhatWasDerived() {
    planner = new Planner();
    desired = new DesiredStates();
    statuses.lookAtAll();
    speakers.compareAnew();
  }

  private void tell(Outcome outcome) {
    String text = outcome.getClass().getSimpleName() + " " + describe(outcome);
    if (!text.equals(lastOutcome)) {
      log.info("{}", text.strip());
      lastOutcome = text;
    }
  }

  /// What is known after the last pass; empty before the first.
  public Optional<LoopState> state() {
    return state;
  }

  private Outcome run(Instant now, ConfigPoll poll) {
    definitions.follow(poll);
    Optional<InForce> inForce = definitions.inForce();
    if (inForce.isEmpty()) {
      return withoutDefinitions(now);
    }
    Optional<Failure> unreadable = ledger.load(now);
    if (unreadable.isPresent()) {
      return new Outcome.Waiting("the ledger: " + unreadable.get(), soon(now));
    }
    Optional<ClusterView> view = cluster.view();
    if (view.isEmpty()) {
      return new Outcome.Waiting("the Kubernetes API", soon(now));
    }
    if (leases.isAwaited(inForce.get().definitions(), now)) {
      return new Outcome.Waiting("what other clusters on the repository have", soon(now));
    }
    Optional<Failure> foreign = foreignLedger(view.get());
    if (foreign.isPresent()) {
      ledger.forget();
      return new Outcome.Stalled(foreign.get(), Optional.of(now.plus(settings.longestRetry())));
    }
    speakers.hear(now);
    Optional<Instant> patience = speakers.waitsUntil(now);
    if (patience.isPresent()) {
      return new Outcome.Waiting("the first word of every speaker", patience);
    }
    ledger.rebuild(speakers.carried(), view.get().clusterUid());
    speakers.settleEpoch(ledger.highestEpoch());
    ledger.begin(speakers.epoch());
    InForce admitted = guards.admit(inForce.get(), ledger.ledger(), view.get(), now);
    return reconcile(now, admitted, view.get());
  }

  private Outcome withoutDefinitions(Instant now) {
    return definitions
        .refused()
        .<Outcome>map(
            refused ->
                new Outcome.Stalled(
                    new Failure(
                        "GLB5001",
                        "config commit "
                            + refused.commit()
                            + " "
                            + refused.words()
                            + "; none was accepted before, correct it"),
                    Optional.empty()))
        .orElseGet(
            () ->
                new Outcome.Waiting(
                    "the config branch"
                        + definitions.unavailable().map(failure -> ": " + failure).orElse(""),
                    soon(now)));
  }

  private Optional<Instant> soon(Instant now) {
    return Optional.of(now.plus(settings.firstRetry()));
  }

  private Optional<Failure> foreignLedger(ClusterView view) {
    return ledger
        .ledger()
        .clusterUid()
        .filter(
            uid ->
                !uid.equals(view.clusterUid())
                    && !settings.ledger().takeOver().equals(Optional.of(uid)))
        .map(
            uid ->
                new Failure(
                    "GLB5002",
                    "the ledger belongs to the cluster with UID "
                        + uid
                        + ", this one has "
                        + view.clusterUid()
                        + "; give this cluster another name, or take the ledger over with"
                        + " --take-over-ledger "
                        + uid));
  }

  private Outcome reconcile(Instant now, InForce inForce, ClusterView view) {
    CommitNote note = new CommitNote(view.clusterUid(), inForce.commit(), speakers.epoch(), now);
    if (!ledger.restoreLost(note)) {
      // Without these records live addresses would be taken from the speakers.
      Failure cause =
          ledger.commitFailure().orElse(new Failure("GLB5004", "displaced records wait"));
      return new Outcome.Failed(cause, ledger.next().or(() -> soon(now)));
    }
    settleProbes(inForce, view, note);
    if (!guards.isSuspended()) {
      speakers.balance(desired, now);
    }
    Ledger known = probing.over(ledger.ledger());
    Fleet fleet = leases.fleet(inForce.definitions());
    GuardKeeper.Protected seen = guards.protect(inForce, ledger.ledger(), view, now);
    steady = seen.view().withSquatters(conflicts.squatters());
    Plan planned =
        planner.plan(
            new PlanInput(
                inForce.definitions(),
                inForce.commit(),
                definitions.accepted(),
                known,
                steady,
                speakers.facts(ledger.ledger()),
                ledger.adoption(),
                seen.guards(),
                fleet,
                now));
    Plan plan = probed(guards.restrain(planned, known, steady), known, inForce);
    decisions = plan.decisions();
    skipped.follow(plan.skipped());
    boolean isRecorded = record(plan, inForce, view, note);
    boolean whole = isRecorded && !guards.isSuspended();
    if (whole) {
      ledger.recordedWhole();
    }
    Ledger next = probing.over(ledger.ledger());
    conflicts.ask(
        next,
        inForce.definitions(),
        address -> isOurs(address, inForce.definitions(), plan, fleet),
        now);
    leases.care(inForce, next, fleet, plan.wants(), note);
    speakers.handOut(
        content, new Stamp(view.clusterUid(), inForce.commit(), ledger.head(), speakers.epoch()));
    if (whole) {
      keepFacts(inForce, view, note);
    }
    Optional<Failure> notAccepted = whole ? definitions.accept() : Optional.empty();
    boolean again =
        ledger.push(now)
            || isSomethingFreed(plan)
            || (whole && guards.isAwaited(inForce, plan))
            || (!isRecorded && ledger.commitFailure().isEmpty());
    return outcome(now, plan, notAccepted, again ? Optional.of(now) : Optional.empty());
  }

  /// What speakers have said of addresses is in the ledger before anything is planned: who met a
  /// conflict gets another address in the same pass.
  private void settleProbes(InForce inForce, ClusterView view, CommitNote note) {
    if (guards.isSuspended()) {
      return;
    }
    List<LedgerEdit> edits =
        conflicts.settle(probing.over(ledger.ledger()), view, inForce.commit(), note.now());
    for (List<LedgerEdit> part : Backlog.commits(edits)) {
      if (!ledger.commit(LedgerBatch.of(part), note)) {
        return;
      }
      probing.committed(part);
    }
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

  /// @param known the ledger with what is being probed
  private Plan probed(Plan plan, Ledger known, InForce inForce) {
    return new FreshAddresses(
            inForce.definitions(),
            known,
            steady,
            address -> !conflicts.isKnownFree(address) && !probes.probers(address).isEmpty())
        .probed(plan);
  }

  /// Commits the plan part by part. The statuses of one part are written while the next is being
  /// committed, and those that wait for no commit while the first is.
  ///
  /// @return whether all of the plan is committed
  private boolean record(Plan plan, InForce inForce, ClusterView view, CommitNote note) {
    List<LedgerEdit> edits = probing.take(plan.edits(), ledger.ledger());
    Backlog backlog = new Backlog(edits, ledger.ledger());
    // What statuses say of the announcement is about the ledger as this pass will leave it.
    boolean isWhole = backlog.fitsOnePass() && !guards.isSuspended();
    Definitions announcing = isWhole ? inForce.definitions() : untilRecorded(inForce);
    content = desired(announcing, ledger.told(ledger.ledgerAfter(backlog.ofThisPass()), view));
    statuses.begin(picture(view, backlog), note.now());
    statuses.tell(conflicts.takeNews(), picture(view, backlog), note.now());
    for (LedgerBatch part : Backlog.batches(backlog.ofThisPass(), guards.files())) {
      if (!ledger.commit(part, note)) {
        content = desired(untilRecorded(inForce), ledger.told(ledger.ledger(), view));
        break;
      }
      backlog.committed(part.edits());
      probing.committed(part.edits());
      statuses.goOn(picture(view, backlog), note.now());
    }
    statuses.finish(note.now());
    return backlog.isEmpty();
  }

  /// As long as what new definitions take away is not recorded as held, the former ones say what is
  /// announced.
  private Definitions untilRecorded(InForce inForce) {
    return definitions.former().orElse(inForce.definitions());
  }

  /// Nobody waits for these: they come after everything else.
  private void keepFacts(InForce inForce, ClusterView view, CommitNote note) {
    Scene scene = new Scene(view, speakers.nodes(), speakers.owners());
    boolean written =
        facts.due(note.now(), inForce.commit(), scene, ledger.ledger()).stream()
            .allMatch(batch -> ledger.commit(batch, note));
    if (!written) {
      facts.failed();
    }
  }

  private DesiredContent desired(Definitions announcing, Ledger recorded) {
    ledgerCounts.follow(recorded.records());
    DesiredInput input =
        new DesiredInput(
            announcing,
            definitions.frozenFor(ledgerCounts.heldUnder()),
            recorded,
            steady,
            speakers.nodes(),
            speakers.owners(),
            speakers.intended(),
            speakers.links(),
            speakers.moves());
    built = Optional.of(input);
    return desired.build(input);
  }

  /// Who announces what after the last pass; empty before the first one that decided something.
  public Optional<Overview> overview() {
    return overview;
  }

  private Picture picture(ClusterView view, Backlog backlog) {
    return new Picture(
        view,
        decisions,
        ledger.told(ledger.ledger(), view).records(),
        backlog,
        speakers.announcing(content),
        ledger.heldBack());
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

  private Outcome outcome(
      Instant now, Plan plan, Optional<Failure> notAccepted, Optional<Instant> again) {
    Optional<Instant> next =
        Stream.of(
                again,
                plan.nextChange(),
                ledger.next(),
                statuses.next(),
                facts.next(),
                leases.next(),
                guards.next(),
                conflicts.next(now),
                speakers.nextSilence(),
                guards.isSuspended() ? Optional.<Instant>empty() : speakers.nextMove())
            .flatMap(Optional::stream)
            .map(time -> time.isBefore(now) ? now : time)
            .min(Comparator.naturalOrder());
    Optional<Failure> failure =
        ledger.commitFailure().or(() -> notAccepted).or(ledger::pushFailure);
    if (failure.isPresent()) {
      return new Outcome.Failed(failure.get(), next);
    }
    if (definitions.refused().isPresent()) {
      return new Outcome.Stalled(
          new Failure(
              "GLB5003",
              "config commit "
                  + definitions.refused().get().commit()
                  + " is refused, it "
                  + definitions.refused().get().words()
                  + "; the last good one stays in force"),
          next);
    }
    return definitions
        .unavailable()
        .<Outcome>map(unavailable -> new Outcome.Failed(unavailable, next))
        .orElseGet(() -> new Outcome.Done(next));
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done _ -> "";
      case Outcome.Waiting waiting -> waiting.what();
      case Outcome.Failed failed -> failed.cause().toString();
      case Outcome.Stalled stalled -> stalled.cause().toString();
    };
  }

  private LoopState snapshot(Instant now, Outcome outcome) {
    List<Failure> failures = new ArrayList<>();
    definitions.unavailable().ifPresent(failures::add);
    definitions.refused().ifPresent(refused -> failures.addAll(refused.untrusted()));
    ledger.commitFailure().ifPresent(failures::add);
    ledger.pushFailure().ifPresent(failures::add);
    failures.addAll(ledger.alarms(now));
    statuses.failure().ifPresent(failures::add);
    failures.addAll(guards.failures());
    failures.addAll(leases.failures());
    failures.addAll(conflicts.failures());
    failures.addAll(speakers.heldConflicts().failures());
    return new LoopState(
        now,
        outcome,
        definitions.inForce().map(InForce::commit),
        definitions.refused().map(DefinitionsFollower.Refusal::commit),
        definitions.refused().map(DefinitionsFollower.Refusal::problems).orElse(List.of()),
        ledger.readLedger().orElse(Ledger.EMPTY),
        ledger.head(),
        ledger.isAhead() ? LoopState.RemoteLedger.BEHIND : LoopState.RemoteLedger.UP_TO_DATE,
        speakers.epoch(),
        decisions,
        content.notAnnounced(),
        speakers.handedOut().states(),
        failures,
        figures());
  }

  private LoopFigures figures() {
    return new LoopFigures(
        statuses.services(),
        ledgerCounts.uses(),
        skipped.counts(),
        statuses.fights(),
        new Counters(
            ledger.commits(),
            statuses.writes(),
            statuses.failures(),
            statuses.events(),
            statuses.eventsDropped(),
            statuses.fightsSoFar(),
            conflictCounts(),
            conflicts.unprobed()));
  }

  /// Kind → how many conflicts there were; every kind is there.
  private SortedMap<String, Long> conflictCounts() {
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("before_use", conflicts.conflicts());
    for (ConflictKind kind : ConflictKind.values()) {
      counts.put(kind.name().toLowerCase(Locale.ROOT), speakers.heldConflicts().begun(kind));
    }
    return counts;
  }
}
