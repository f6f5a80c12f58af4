// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.Deciding.Ended;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// How a pass ended, and when the next one is due.
final class Outcomes {

  private final Keepers keepers;

  Outcomes(Keepers keepers) {
    this.keepers = keepers;
  }

  Outcome of(Instant now, Ended ended) {
    return switch (ended) {
      case Ended.Blocked(Failure cause) ->
          new Outcome.Failed(
              cause,
              keepers
                  .ledger()
                  .next()
                  .or(() -> Optional.of(now.plus(keepers.settings().firstRetry()))));
      case Ended.Planned planned -> of(planned, next(now, planned));
    };
  }

  private Optional<Instant> next(Instant now, Ended.Planned planned) {
    return Stream.of(
            planned.again() ? Optional.of(now) : Optional.<Instant>empty(),
            planned.plan().nextChange(),
            keepers.ledger().next(),
            keepers.statuses().next(),
            keepers.facts().next(),
            keepers.leases().next(),
            keepers.guards().next(),
            keepers.conflicts().next(now),
            keepers.speakers().nextSilence(),
            keepers.guards().isSuspended()
                ? Optional.<Instant>empty()
                : keepers.speakers().nextMove())
        .flatMap(Optional::stream)
        .map(time -> time.isBefore(now) ? now : time)
        .min(Comparator.naturalOrder());
  }

  private Outcome of(Ended.Planned planned, Optional<Instant> next) {
    LedgerKeeper ledger = keepers.ledger();
    DefinitionsFollower definitions = keepers.definitions();
    Optional<Failure> failure =
        ledger.commitFailure().or(planned::notAccepted).or(ledger::pushFailure);
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

  /// For the log.
  static String words(Outcome outcome) {
    String what =
        switch (outcome) {
          case Outcome.Done _ -> "";
          case Outcome.Waiting waiting -> waiting.what();
          case Outcome.Failed failed -> failed.cause().toString();
          case Outcome.Stalled stalled -> stalled.cause().toString();
        };
    return (outcome.getClass().getSimpleName() + " " + what).strip();
  }
}
