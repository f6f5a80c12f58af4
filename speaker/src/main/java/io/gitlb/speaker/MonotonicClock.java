// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.thread.BootClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// A clock that nobody can set: the time of day at its making, and from then on what has passed,
/// the time that the machine was suspended for included where the kernel tells. For intervals; the
/// time of day that people read comes from the system clock.
final class MonotonicClock implements InstantSource {

  /// To find the kernel's function takes a tenth of a second of one core, which addresses need at
  /// the start.
  private static final Duration LATER = Duration.ofSeconds(3);

  private final Instant origin = InstantSource.system().instant();
  private final long originNanos;
  private volatile LongSupplier nanos;

  /// Counts the time of suspension from [#LATER] on.
  MonotonicClock() {
    this(System::nanoTime);
    Thread.ofPlatform().name("clock").daemon().start(this::countSuspension);
  }

  private void countSuspension() {
    try {
      Thread.sleep(LATER);
      BootClock.open().ifPresent(this::goOnWith);
    } catch (InterruptedException _) {
      // Nobody needs it any more.
    }
  }

  /// @param nanos what has passed since any moment
  MonotonicClock(LongSupplier nanos) {
    this.nanos = nanos;
    originNanos = nanos.getAsLong();
  }

  /// Reads another clock from now on, and goes on from where this one is.
  void goOnWith(LongSupplier other) {
    // In this order: what passes between the two makes it jump ahead, never back.
    long its = other.getAsLong();
    long ahead = nanos.getAsLong() - its;
    nanos = () -> other.getAsLong() + ahead;
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(nanos.getAsLong() - originNanos);
  }
}
