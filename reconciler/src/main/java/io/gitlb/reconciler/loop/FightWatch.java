// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who overwrites our statuses again and again. Putting right what a person edited is a duty;
/// against a program that never stops it is a load on the API server.
final class FightWatch {

  private static final Logger log = LoggerFactory.getLogger(FightWatch.class);

  /// What is overwritten more often than this within a minute is fought over.
  static final int MOST_A_MINUTE = 5;

  /// A fight is over when the status has been left alone for this long.
  private static final Duration CALM = Duration.ofMinutes(1);

  /// @param pause until the status is put right again
  /// @param calmSince when the status was seen to be right; empty while it is wrong
  private record Fight(Retry pause, Optional<Instant> calmSince, Telling telling) {}

  private enum Telling {
    DUE,
    DONE
  }

  private final LoopSettings settings;
  private final RecentCount overwritten = new RecentCount();

  /// Service → the fight over its status
  private final SortedMap<ServiceRef, Fight> fights = new TreeMap<>();

  private long total;

  FightWatch(LoopSettings settings) {
    this.settings = settings;
  }

  /// Somebody else has changed a status that was right.
  void overwritten(ServiceRef service, Instant now) {
    int times = overwritten.add(service, now);
    Fight fight = fights.get(service);
    if (fight != null) {
      Retry pause = fight.pause().afterFailure(now, settings);
      fights.put(service, new Fight(pause, Optional.empty(), fight.telling()));
    } else if (times > MOST_A_MINUTE) {
      total++;
      Retry pause = Retry.NONE.afterFailure(now, settings);
      fights.put(service, new Fight(pause, Optional.empty(), Telling.DUE));
      log.warn("{}: {}: {}", service, Reason.STATUS_FIGHT.text(), message());
    }
  }

  private static String message() {
    return "somebody else has overwritten this status more than "
        + MOST_A_MINUTE
        + " times within a minute; it is put right more and more slowly until that ends";
  }

  /// When the status may be put right, if it is fought over.
  Optional<Instant> notBefore(ServiceRef service) {
    return Optional.ofNullable(fights.get(service)).map(fight -> fight.pause().at());
  }

  boolean isFoughtOver(ServiceRef service) {
    return fights.containsKey(service);
  }

  /// What to tell with the next write: that there is a fight, once.
  Optional<Event> event(ServiceRef service) {
    Fight fight = fights.get(service);
    if (fight == null || fight.telling() == Telling.DONE) {
      return Optional.empty();
    }
    fights.put(service, new Fight(fight.pause(), fight.calmSince(), Telling.DONE));
    return Optional.of(new Event(Severity.WARNING, Reason.STATUS_FIGHT.text(), message()));
  }

  /// The status is right.
  ///
  /// @return when to look again; empty when there is no fight
  Optional<Instant> right(ServiceRef service, Instant now) {
    Fight fight = fights.get(service);
    if (fight == null) {
      return Optional.empty();
    }
    Instant since = fight.calmSince().orElse(now);
    if (now.isBefore(since.plus(CALM))) {
      fights.put(service, new Fight(fight.pause(), Optional.of(since), fight.telling()));
      return Optional.of(since.plus(CALM));
    }
    log.info("{}: nobody overwrites the status any more", service);
    fights.remove(service);
    return Optional.empty();
  }

  /// The Service is gone.
  void forget(ServiceRef service) {
    fights.remove(service);
  }

  /// How many there are.
  int current() {
    return fights.size();
  }

  /// How many there were.
  long total() {
    return total;
  }

  /// What is being fought over, for people.
  Optional<Failure> failure() {
    return fights.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Failure(
                "GLB5005",
                "statuses that somebody else overwrites again and again: "
                    + fights.size()
                    + ", one of "
                    + fights.firstKey()));
  }
}
