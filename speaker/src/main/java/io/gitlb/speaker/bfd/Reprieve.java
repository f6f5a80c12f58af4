// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.time.Duration;
import java.time.Instant;

/// Nobody is judged by a clock that was not looked at: when the process was away, what waits is
/// read first. Where that comes again and again, judging is put off by a second in all, or a busy
/// node would never notice that somebody is silent; a longer absence has its own reading behind
/// that, once. One caller at a time.
public final class Reprieve {

  private static final Duration MAX_LATENESS = Duration.ofMillis(50);
  private static final Duration MAX_READING = Duration.ofMillis(200);
  private static final Duration MAX_IN_A_ROW = Duration.ofSeconds(1);

  private Instant judgeFrom = Instant.MIN;
  private Duration granted = Duration.ZERO;

  /// @param now of a round
  /// @param late by how much it came too late; negative when it did not
  /// @return whether sessions are judged in it
  public boolean judges(Instant now, Duration late) {
    if (late.compareTo(MAX_LATENESS) > 0) {
      grant(now, late);
    }
    boolean judges = !now.isBefore(judgeFrom);
    if (judges) {
      granted = Duration.ZERO;
    }
    return judges;
  }

  // The longer it was, the more waits.
  private void grant(Instant now, Duration late) {
    Duration reading = late.compareTo(MAX_READING) < 0 ? late : MAX_READING;
    Duration inAll = granted.plus(reading);
    boolean longer = late.compareTo(MAX_IN_A_ROW) > 0;
    Duration most = longer ? MAX_IN_A_ROW.plus(MAX_READING) : MAX_IN_A_ROW;
    if (inAll.compareTo(most) <= 0) {
      granted = inAll;
      judgeFrom = now.plus(reading);
    }
  }
}
