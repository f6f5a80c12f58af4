// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private TokenBucket bucket = TokenBucket.full(3, Duration.ofSeconds(10));

  /// How many tokens are there at once.
  private int takeAll(int seconds) {
    int taken = 0;
    while (take(seconds)) {
      taken++;
    }
    return taken;
  }

  private boolean take(int seconds) {
    Instant now = START.plusSeconds(seconds);
    boolean taken = bucket.hasToken(now);
    if (taken) {
      bucket = bucket.take(now);
    }
    return taken;
  }

  @Test
  void aBurstIsAllowedAndThenOneEverySoOften() {
    assertEquals(3, takeAll(0));
    assertEquals(0, takeAll(9));
    assertEquals(START.plusSeconds(10), bucket.nextAt());
    assertEquals(true, take(10));
    assertEquals(false, take(19));
    assertEquals(true, take(20));
  }

  @Test
  void noMoreThanTheBurstIsSavedUp() {
    assertEquals(true, take(0));
    assertEquals(3, takeAll(10_000));
  }
}
