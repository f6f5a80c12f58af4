// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.schema.value.ClusterName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop's body. One thread calls [#pass]; there are none in here, and no clock.
///
/// A pass is a list of steps: definitions, ledger, view and speakers, which the [Footing] looks
/// for; then plan, probes, ledger commit, statuses, desired states and ledger push, which
/// [Deciding] has done. Nothing is decided before each of the first four is there; from then on a
/// step that fails does not keep the next ones from what they can do without it.
public final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /// Smaller steps back are what time servers do.
  private static final Duration CLOCK_STEP = Duration.ofSeconds(5);

  private final Keepers keepers;
  private final Footing footing;
  private final WantedStates states;
  private final Deciding deciding;
  private final Outcomes outcomes;
  private final StateReport report;

  private Optional<LoopState> state = Optional.empty();
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
    DefinitionsFollower followed = new DefinitionsFollower(definitions);
    SpeakerFollower followedSpeakers = new SpeakerFollower(speakers, settings);
    keepers =
        new Keepers(
            cluster,
            settings,
            followed,
            new GuardKeeper(followed),
            new LedgerKeeper(ledger, settings),
            new StatusKeeper(statuses, settings),
            followedSpeakers,
            new FactsKeeper(settings.factsEvery()),
            new LeaseKeeper(neighbours.leases(), neighbours.ledgers(), neighbours.self()),
            new ConflictKeeper(speakers));
    footing = new Footing(keepers);
    states = new WantedStates(followed, followedSpeakers);
    deciding = new Deciding(keepers, states);
    outcomes = new Outcomes(keepers);
    report = new StateReport(keepers, deciding, states);
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
      Outcome outcome =
          switch (footing.find(now, poll)) {
            case Footing.Found.Missing(Outcome missing) -> missing;
            case Footing.Found.Firm(var inForce, var view) ->
                outcomes.of(now, deciding.decide(now, inForce, view));
          };
      tell(outcome);
      state = Optional.of(report.after(now, outcome));
      overview = states.built().map(input -> overview(now, input));
      ended = true;
      return outcome;
    } finally {
      if (!ended) {
        forgetWhatWasDerived();
      }
    }
  }

  private Overview overview(Instant now, DesiredInput input) {
    SpeakerFollower speakers = keepers.speakers();
    return new Overview(now, input, speakers.announcing(states.content()), speakers.reports());
  }

  /// What waits for a time waits too long when that time came from a clock that ran ahead.
  private void noticeClock(Instant now) {
    if (now.plus(CLOCK_STEP).isBefore(last)) {
      log.warn("GLB5007 the clock was set back from {} to {}", last, now);
      keepers.ledger().clockWentBack(now);
      keepers.statuses().clockWentBack(now);
    }
    last = now;
  }

  /// A pass that a defect ended may have left half of what is carried from pass to pass.
  private void forgetWhatWasDerived() {
    deciding.forget();
    keepers.statuses().lookAtAll();
    keepers.speakers().compareAnew();
  }

  private void tell(Outcome outcome) {
    String text = Outcomes.words(outcome);
    if (!text.equals(lastOutcome)) {
      log.info("{}", text);
      lastOutcome = text;
    }
  }

  /// What is known after the last pass; empty before the first.
  public Optional<LoopState> state() {
    return state;
  }

  /// Who announces what after the last pass; empty before the first one that decided something.
  public Optional<Overview> overview() {
    return overview;
  }
}
