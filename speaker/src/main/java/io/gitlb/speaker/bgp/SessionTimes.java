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
/// @param openTime how long the peer may take for its OPEN
/// @param sendHoldTime how long the peer may read nothing (RFC 9687), longer than the hold time;
///   empty: the larger of 8 min and twice the negotiated hold time
public record SessionTimes(
    Duration holdTime,
    Optional<Duration> keepaliveTime,
    Duration connectTime,
    Duration openTime,
    Optional<Duration> sendHoldTime) {

  /// RFC 4271 section 4.2: a hold time is zero or at least this.
  static final Duration MIN_HOLD_TIME = Duration.ofSeconds(3);

  private static final Duration MAX_HOLD_TIME = Duration.ofSeconds(65_535);

  /// The RFC suggests 4 min; a connection that is accepted and then ignored (an unconfigured peer,
  /// a TTL check) is better tried again sooner.
  private static final Duration OPEN_TIME = Duration.ofMinutes(1);

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
      throw new IllegalArgumentException(
          "a keepalive time is positive, not " + keepaliveTime.get());
    }
    if (!connectTime.isPositive() || !openTime.isPositive()) {
      throw new IllegalArgumentException(
          "times to connect and to wait for an OPEN are positive, not "
              + connectTime
              + " and "
              + openTime);
    }
    if (sendHoldTime.isPresent() && sendHoldTime.get().compareTo(holdTime) <= 0) {
      throw new IllegalArgumentException(
          "a send hold time is longer than the hold time "
              + holdTime
              + " (RFC 9687), not "
              + sendHoldTime.get());
    }
  }

  /// With the usual times for an OPEN and for a peer that does not read.
  public SessionTimes(Duration holdTime, Optional<Duration> keepaliveTime, Duration connectTime) {
    this(holdTime, keepaliveTime, connectTime, OPEN_TIME, Optional.empty());
  }

  /// What the peer is told of, and so cannot change within a session.
  SessionTimes negotiable() {
    return new SessionTimes(holdTime, Optional.empty(), DEFAULT.connectTime());
  }

  /// The time between two KEEPALIVEs under that negotiated hold time, before jitter.
  Duration keepaliveUnder(Duration negotiatedHoldTime) {
    Duration third = negotiatedHoldTime.dividedBy(3);
    return keepaliveTime.filter(time -> time.compareTo(third) < 0).orElse(third);
  }
}
