// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ReprieveTest {

  private static final Duration ON_TIME = Duration.ofMillis(3);

  private final Reprieve reprieve = new Reprieve();

  private boolean judges(long at, Duration late) {
    return reprieve.judges(Instant.EPOCH.plusMillis(at), late);
  }

  private boolean judges(long at, long lateMillis) {
    return judges(at, Duration.ofMillis(lateMillis));
  }

  @Test
  void aRoundThatIsOnTimeJudges() {
    assertTrue(judges(0, ON_TIME));
    assertTrue(judges(20, Duration.ofMillis(-1)));
    assertTrue(judges(70, 50));
  }

  @Test
  void whatWaitsIsReadFirst() {
    assertFalse(judges(100, 80));
    assertFalse(judges(179, ON_TIME));
    assertTrue(judges(180, ON_TIME));

    assertFalse(judges(10_000, 9_000));
    assertFalse(judges(10_199, ON_TIME));
    assertTrue(judges(10_200, ON_TIME));
  }

  @Test
  void roundsThatAreAllLateJudgeAfterASecondInAll() {
    for (int round = 0; round < 10; round++) {
      assertFalse(judges(round * 120L, 100), "round " + round);
    }
    assertTrue(judges(1_200, 100));
    assertFalse(judges(1_320, 100), "and again");
  }

  @Test
  void aStopOfAllIsReadFirstThoughRoundsBeforeItWereLate() {
    for (int round = 0; round < 10; round++) {
      assertFalse(judges(round * 120L, 100), "round " + round);
    }
    assertFalse(judges(6_200, 5_000));
    assertFalse(judges(6_399, ON_TIME));
    assertTrue(judges(6_400, ON_TIME));
  }

  @Test
  void roundsThatAreAllVeryLateJudgeOnceInAWhile() {
    for (int round = 0; round < 6; round++) {
      assertFalse(judges(round * 5_000L, 4_900), "round " + round);
    }
    assertTrue(judges(30_000, 4_900));
  }
}
