// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.time.Instant;
import java.time.InstantSource;

/// A clock that nobody can set: the time of day at its making, and from then on what has passed.
/// For intervals; the time of day that people read comes from the system clock.
final class MonotonicClock implements InstantSource {

  private final Instant origin = InstantSource.system().instant();
  private final long originNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }
}
