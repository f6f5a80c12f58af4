// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// What keeps a speaker that was stopped in the middle (a stall, a stopped process, a stopped
/// virtual machine) from sending what it decided before: frames leave only while the owner of layer
/// 2 has looked at its state within the last [#LEASE].
///
/// The owner renews, every thread may ask. It begins shut.
final class Fence {

  /// How long one look counts. A few times [#TICK], so that a busy machine's timers do not shut it,
  /// and short beside the time after which others take an address over.
  static final Duration LEASE = Duration.ofMillis(200);

  /// How often the owner looks at least.
  static final Duration TICK = Duration.ofMillis(50);

  private final InstantSource clock;
  private volatile Instant renewedAt = Instant.MIN;

  /// @param clock monotonic
  Fence(InstantSource clock) {
    this.clock = clock;
  }

  /// The owner has looked; from its thread only.
  ///
  /// @param now read before the look, so that a pause during it is not counted as looked at
  /// @return how long it was shut before; zero when it was open, and for the first look
  Duration renew(Instant now) {
    Instant before = renewedAt;
    renewedAt = now;
    if (before.equals(Instant.MIN)) {
      return Duration.ZERO;
    }
    Duration shut = Duration.between(before.plus(LEASE), now);
    return shut.isPositive() ? shut : Duration.ZERO;
  }

  /// Whether a frame may leave at this moment.
  boolean isOpen() {
    Instant renewed = renewedAt;
    return !renewed.equals(Instant.MIN) && !renewed.plus(LEASE).isBefore(clock.instant());
  }
}
