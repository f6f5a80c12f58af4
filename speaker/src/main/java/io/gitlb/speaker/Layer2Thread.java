// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that owns [Layer2]: takes desired states in turn, looks at the interfaces once a
/// second and sends what is due. A platform thread, since opening and sending are native calls.
final class Layer2Thread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Layer2Thread.class);

  /// How often the interfaces are looked at.
  static final Duration SURVEY_INTERVAL = Duration.ofSeconds(1);

  /// How long a link that could not be opened is left alone.
  static final Duration REOPEN_INTERVAL = Duration.ofSeconds(10);

  /// The end is a matter of milliseconds, but for a capture thread that hangs.
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final Layer2 layer2;
  private final InstantSource clock;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final Thread thread;

  /// What is asked of the owner.
  private sealed interface Task {
    record Apply(DesiredState state) implements Task {}

    record Stop() implements Task {}
  }

  /// @param clock monotonic
  Layer2Thread(Layer2 layer2, InstantSource clock) {
    this.layer2 = layer2;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("layer2").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Brings the state in force soon; from any thread.
  void apply(DesiredState state) {
    tasks.add(new Task.Apply(state));
  }

  /// Stops answering, and returns when that is so.
  @Override
  public void close() {
    tasks.add(new Task.Stop());
    try {
      if (!thread.join(CLOSE_WAIT)) {
        LOG.warn("layer 2 did not stop within {}", CLOSE_WAIT);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    ResponderWarmUp.run(clock);
    Instant nextSurvey = clock.instant();
    while (true) {
      try {
        Instant now = clock.instant();
        if (!nextSurvey.isAfter(now)) {
          layer2.survey(now);
          nextSurvey = clock.instant().plus(SURVEY_INTERVAL);
        }
        layer2.sendDue(clock.instant());
        switch (tasks.poll(waitUntil(nextSurvey).toNanos(), TimeUnit.NANOSECONDS)) {
          case null -> {}
          case Task.Apply(DesiredState state) -> layer2.apply(state, clock.instant());
          case Task.Stop _ -> {
            layer2.withdrawAll();
            return;
          }
        }
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        // A bug in one step must not silence the addresses of all the others.
        LOG.error("layer 2: a step failed and is left out", e);
        nextSurvey = clock.instant().plus(SURVEY_INTERVAL);
      }
    }
  }

  private Duration waitUntil(Instant nextSurvey) {
    Instant next = layer2.nextDue().filter(due -> due.isBefore(nextSurvey)).orElse(nextSurvey);
    Duration wait = Duration.between(clock.instant(), next);
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
