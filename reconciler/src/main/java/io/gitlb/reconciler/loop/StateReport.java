// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.loop.LoopFigures.Counters;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// Puts together what is known after a pass.
final class StateReport {

  private final Keepers keepers;
  private final Deciding deciding;
  private final WantedStates states;

  StateReport(Keepers keepers, Deciding deciding, WantedStates states) {
    this.keepers = keepers;
    this.deciding = deciding;
    this.states = states;
  }

  LoopState after(Instant now, Outcome outcome) {
    DefinitionsFollower definitions = keepers.definitions();
    LedgerKeeper ledger = keepers.ledger();
    SpeakerFollower speakers = keepers.speakers();
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
        deciding.decisions(),
        states.content().notAnnounced(),
        speakers.handedOut().states(),
        failures(now),
        figures());
  }

  private List<Failure> failures(Instant now) {
    List<Failure> failures = new ArrayList<>();
    keepers.definitions().unavailable().ifPresent(failures::add);
    keepers.definitions().refused().ifPresent(refused -> failures.addAll(refused.untrusted()));
    keepers.ledger().commitFailure().ifPresent(failures::add);
    keepers.ledger().pushFailure().ifPresent(failures::add);
    failures.addAll(keepers.ledger().alarms(now));
    keepers.statuses().failure().ifPresent(failures::add);
    failures.addAll(keepers.guards().failures());
    failures.addAll(keepers.leases().failures());
    failures.addAll(keepers.conflicts().failures());
    failures.addAll(keepers.speakers().heldConflicts().failures());
    return failures;
  }

  private LoopFigures figures() {
    StatusKeeper statuses = keepers.statuses();
    return new LoopFigures(
        statuses.services(),
        states.uses(),
        deciding.skipped().counts(),
        statuses.fights(),
        new Counters(
            keepers.ledger().commits(),
            statuses.writes(),
            statuses.failures(),
            statuses.events(),
            statuses.eventsDropped(),
            statuses.fightsSoFar(),
            conflictCounts(),
            keepers.conflicts().unprobed()));
  }

  /// Kind → how many conflicts there were; every kind is there.
  private SortedMap<String, Long> conflictCounts() {
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("before_use", keepers.conflicts().conflicts());
    for (ConflictKind kind : ConflictKind.values()) {
      counts.put(
          kind.name().toLowerCase(Locale.ROOT), keepers.speakers().heldConflicts().begun(kind));
    }
    return counts;
  }
}
