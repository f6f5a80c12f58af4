// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.time.Duration;
import java.util.Optional;

/// How long a session waits for what.
///
/// @param holdTime what we offer: 0, or 3 s to 65535 s in whole seconds
/// @param keepaliveTime empty: a third of the negotiated hold time, which is also the most that is
///   ever used
/// @param connectTime how long an attempt to connect may last, and the pause after one that failed
public record SessionTimes(
    Duration holdTime, Optional<Duration> keepaliveTime, Duration connectTime) {

  /// RFC 4271 section 4.2: a hold time is zero or at least this.
  static final Duration MIN_HOLD_TIME = Duration.ofSeconds(3);

  private static final Duration MAX_HOLD_TIME = Duration.ofSeconds(65_535);

  /// RFC 4271 section 10 suggests 90 s; 5 s to connect let a rebooted router be found soon.
  public static final SessionTimes DEFAULT =
      new SessionTimes(Duration.ofSeconds(90), Optional.empty(), Duration.ofSeconds(5));

  public SessionTimes {
    boolean inRange =
        holdTime.isZero()
            || (holdTime.compareTo(MIN_HOLD_TIME) >= 0 && holdTime.compareTo(MAX_HOLD_TIME) <= 0);
    if (!inRange || holdTime.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "a hold time is 0 or 3 s to 65535 s in whole seconds, not " + holdTime);
    }
    if (keepaliveTime.isPresent() && !keepaliveTime.get().isPositive()) {
      throw new IllegalArgumentException("a keepalive time is positive, not " + keepaliveTime);
    }
    if (!connectTime.isPositive()) {
      throw new IllegalArgumentException("a connect time is positive, not " + connectTime);
    }
  }
}
