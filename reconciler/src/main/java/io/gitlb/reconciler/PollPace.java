// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// When the config branch is looked at: every so often, with jitter so that the reconcilers of many
/// clusters do not ask one Git server in step, and at once when somebody says that there is news,
/// but never twice within [#CLOSEST]. Time and chance come in, so that a test can hold them.
final class PollPace {

  /// Between two looks that were asked for; a burst of deliveries is answered by the first and the
  /// last of them.
  static final Duration CLOSEST = Duration.ofSeconds(1);

  /// Each wait is up to this part of the interval shorter or longer.
  private static final double JITTER = 0.1;

  private final Duration interval;
  private final RandomGenerator chance;
  private Instant next;
  private Instant began = Instant.MIN;
  private boolean running;
  private boolean askedMeanwhile;

  PollPace(Duration interval, RandomGenerator chance, Instant now) {
    this.interval = interval;
    this.chance = chance;
    this.next = now.plus(wait(interval));
  }

  /// When the next look is due.
  Instant next() {
    return next;
  }

  /// A look begins.
  void begin(Instant now) {
    running = true;
    askedMeanwhile = false;
    began = now;
  }

  /// It has ended; plans the next one.
  void end(Instant now) {
    running = false;
    next = askedMeanwhile ? soonest(now) : now.plus(wait(interval));
  }

  /// Somebody says that there is news.
  ///
  /// @return when the look happens, if it has to be brought forward; empty while one runs: it may
  ///   have asked already, so another one follows it
  Optional<Instant> ask(Instant now) {
    if (running) {
      askedMeanwhile = true;
      return Optional.empty();
    }
    Instant soonest = soonest(now);
    if (!soonest.isBefore(next)) {
      return Optional.empty();
    }
    next = soonest;
    return Optional.of(next);
  }

  private Instant soonest(Instant now) {
    return began.equals(Instant.MIN) || began.plus(CLOSEST).isBefore(now)
        ? now
        : began.plus(CLOSEST);
  }

  private Duration wait(Duration about) {
    return Duration.ofNanos((long) (about.toNanos() * (1 + JITTER * chance.nextDouble(-1, 1))));
  }
}
