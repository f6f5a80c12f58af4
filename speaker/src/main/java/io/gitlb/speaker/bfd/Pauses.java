// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.time.Duration;
import java.time.Instant;

/// For how long the process that ought to send packets is away now and then: what came in two of
/// the last ten minutes. What came once was the start, or chance. One caller at a time.
public final class Pauses {

  private static final long SLOT_SECONDS = 60;
  private static final int SLOTS = 10;

  private final Duration[] worst = new Duration[SLOTS];
  private final long[] minutes = new long[SLOTS];

  public Pauses() {
    for (int i = 0; i < SLOTS; i++) {
      worst[i] = Duration.ZERO;
      minutes[i] = Long.MIN_VALUE;
    }
  }

  /// It came so much too late; a negative time is none.
  public void note(Instant now, Duration late) {
    long minute = minute(now);
    int slot = (int) Math.floorMod(minute, (long) SLOTS);
    if (minutes[slot] != minute) {
      minutes[slot] = minute;
      worst[slot] = Duration.ZERO;
    }
    if (late.compareTo(worst[slot]) > 0) {
      worst[slot] = late;
    }
  }

  /// Two of the last ten minutes had a pause of at least so long.
  public Duration recurring(Instant now) {
    long minute = minute(now);
    Duration first = Duration.ZERO;
    Duration second = Duration.ZERO;
    for (int i = 0; i < SLOTS; i++) {
      boolean counts = minutes[i] <= minute && minutes[i] > minute - SLOTS;
      if (counts && worst[i].compareTo(first) > 0) {
        second = first;
        first = worst[i];
      } else if (counts && worst[i].compareTo(second) > 0) {
        second = worst[i];
      }
    }
    return second;
  }

  private static long minute(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), SLOT_SECONDS);
  }
}
