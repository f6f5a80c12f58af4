// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Composes the status anew after changes, on a thread of its own, so that neither a session nor
/// layer 2 waits for it. Many changes in a row make few statuses.
final class StatusPublisher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatusPublisher.class);

  /// The least time between two statuses: 10,000 sessions' or addresses' changes come in bunches.
  private static final Duration PAUSE = Duration.ofMillis(20);

  /// A status that took long is followed by a pause of so many times that: those who answer and
  /// decide need the processor more.
  private static final int SHARE = 4;

  /// No pause is longer.
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

  private final Supplier<SpeakerView> view;
  private final StatusComposer composer = new StatusComposer();
  private final Consumer<StatusComposer.Composed> sink;
  private final InstantSource clock;
  private final Semaphore changes = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("status").unstarted(this::run);

  /// @param view asked on the publisher's thread
  /// @param sink told on the publisher's thread
  /// @param clock the time of day
  StatusPublisher(
      Supplier<SpeakerView> view, Consumer<StatusComposer.Composed> sink, InstantSource clock) {
    this.view = view;
    this.sink = sink;
    this.clock = clock;
  }

  void start() {
    thread.start();
  }

  /// Something is different now; from any thread, at once.
  void changed() {
    changes.release();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        changes.acquire();
        changes.drainPermits();
        long begun = System.nanoTime();
        publish();
        Thread.sleep(pauseAfter(Duration.ofNanos(System.nanoTime() - begun)));
      }
    } catch (InterruptedException _) {
      // The end.
    }
  }

  private static Duration pauseAfter(Duration work) {
    Duration pause = work.multipliedBy(SHARE);
    if (pause.compareTo(PAUSE) < 0) {
      return PAUSE;
    }
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private void publish() {
    try {
      sink.accept(composer.compose(view.get(), clock.instant()));
    } catch (RuntimeException e) {
      LOG.error("the status could not be made", e);
    }
  }
}
