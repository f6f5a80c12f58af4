// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.time.Duration;

/// What we ask of a session's pace.
///
/// @param desiredMinTx our pace while Up; 1 µs to 71 minutes
/// @param requiredMinRx the fastest pace that we take; 1 µs to 71 minutes
/// @param detectMultiplier 1 to 255
/// @param paceWhileDown the least distance of packets while not Up: RFC 5880 section 6.8.3 asks for
///   a second of routers' sessions
public record SessionTimers(
    Duration desiredMinTx, Duration requiredMinRx, int detectMultiplier, Duration paceWhileDown) {

  private static final Duration MAX = Duration.ofMinutes(71);

  /// Between speakers: three packets, 100 ms apart, also while down.
  public static final SessionTimers LIVENESS =
      new SessionTimers(Duration.ofMillis(100), Duration.ofMillis(100), 3, Duration.ofMillis(100));

  public SessionTimers {
    check(desiredMinTx);
    check(requiredMinRx);
    check(paceWhileDown);
    if (detectMultiplier < 1 || detectMultiplier > 255) {
      throw new IllegalArgumentException("multiplier is 1 to 255, not " + detectMultiplier);
    }
  }

  /// With the slow pace of RFC 5880 while down.
  public static SessionTimers forRouter(
      Duration desiredMinTx, Duration requiredMinRx, int detectMultiplier) {
    return new SessionTimers(desiredMinTx, requiredMinRx, detectMultiplier, Duration.ofSeconds(1));
  }

  private static void check(Duration interval) {
    if (interval.compareTo(Duration.ofNanos(1_000)) < 0 || interval.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("an interval is 1 µs to 71 minutes, not " + interval);
    }
  }

  static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }
}
