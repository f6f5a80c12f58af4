// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final int ROUNDS = 200 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @Test
  void aWaitIsAnywhereBelowALimitThatDoublesUpToTheLongest() {
    Duration longestSeen = Duration.ZERO;
    for (long seed = 0; seed < ROUNDS; seed++) {
      Backoff backoff = new Backoff(FIRST, LONGEST, new SplittableRandom(seed));
      Duration limit = FIRST;
      for (int failures = 1; failures <= 10; failures++) {
        Duration wait = backoff.next();
        String where = "seed " + seed + ", failure " + failures + ": " + wait;
        assertTrue(!wait.isNegative() && wait.compareTo(limit) <= 0, where);
        limit = limit.multipliedBy(2).compareTo(LONGEST) < 0 ? limit.multipliedBy(2) : LONGEST;
        longestSeen = wait.compareTo(longestSeen) > 0 ? wait : longestSeen;
      }
    }
    assertTrue(longestSeen.compareTo(Duration.ofSeconds(25)) > 0, "longest: " + longestSeen);
  }

  @Test
  void aSuccessBringsTheFirstLimitBack() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Backoff backoff = new Backoff(FIRST, LONGEST, new SplittableRandom(seed));
      for (int failures = 0; failures < 10; failures++) {
        backoff.next();
      }
      backoff.reset();
      Duration wait = backoff.next();
      assertTrue(wait.compareTo(FIRST) <= 0, "seed " + seed + ": " + wait);
    }
  }

  @Test
  void aSpeakerThatWasAwayForLongIsAskedAgainWithinSeconds() {
    PushSettings.Timing timing = PushSettings.Timing.DEFAULTS;
    for (long seed = 0; seed < ROUNDS; seed++) {
      Backoff backoff =
          new Backoff(timing.firstRetry(), timing.longestRetry(), new SplittableRandom(seed));
      for (int failures = 0; failures < 20; failures++) {
        Duration wait = backoff.next();
        assertTrue(
            wait.compareTo(Duration.ofSeconds(5)) <= 0,
            "seed " + seed + ", failure " + failures + ": " + wait);
      }
    }
  }
}
