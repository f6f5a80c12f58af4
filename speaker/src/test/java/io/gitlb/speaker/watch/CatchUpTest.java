// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CatchUpTest {

  private final CatchUp machine = new CatchUp(new SplittableRandom(7));

  private static Optional<Generation> number(long number) {
    return Optional.of(new Generation(3, number));
  }

  private static Instant at(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  /// The first moment from `millis` on at which it asks, looking each half second.
  private long asks(long own, long peers, long millis) {
    long now = millis;
    while (!machine.isDue(number(own), number(peers), at(now))) {
      now += 500;
      assertTrue(now < millis + 60_000, "never asks");
    }
    return now;
  }

  private void never(long own, long peers, long millis) {
    for (long now = millis; now < millis + 120_000; now += 500) {
      assertFalse(machine.isDue(number(own), number(peers), at(now)));
      assertFalse(machine.isCutOff(at(now)));
    }
  }

  @Test
  void whoHasWhatItsPeersHaveAsksNobody() {
    never(5, 5, 0);
    never(5, 4, 200_000);
    assertFalse(machine.isDue(Optional.empty(), Optional.empty(), at(400_000)));
  }

  @Test
  void aPushThatFollowsWithinASecondSparesTheQuestion() {
    assertFalse(machine.isDue(number(5), number(7), at(0)));
    assertFalse(machine.isDue(number(5), number(7), at(900)));
    never(8, 7, 950);
  }

  @Test
  void whoIsToldThatItHasTheNewestAsksAgainOnlyWhenAPeerHasANewerOne() {
    long asked = asks(5, 7, 0);
    assertTrue(asked >= 1_000 && asked <= 2_500, "asked after " + asked + " ms");
    machine.current(number(5), number(7), at(asked));
    never(5, 7, asked);
    long later = asks(5, 8, 200_000);
    assertTrue(later <= 202_500, "asked at " + later);
  }

  @Test
  void changesThatDoNotConcernThisNodeAreAskedAboutLessAndLessOften() {
    long now = 0;
    long peers = 7;
    int questions = 0;
    for (; now < 120_000; now += 500) {
      peers++;
      if (machine.isDue(number(5), number(peers), at(now))) {
        questions++;
        machine.current(number(5), number(peers), at(now));
      }
    }
    assertTrue(questions >= 8 && questions <= 14, questions + " questions in two minutes");
  }

  @Test
  void afterFiveSecondsWithoutAnAnswerItIsCutOff() {
    long now = asks(5, 7, 0);
    machine.failed(at(now));
    assertFalse(machine.isCutOff(at(4_999)));
    assertTrue(machine.isCutOff(at(5_000)));
    // It goes on asking: after one second, two, four, four.
    for (long pause : new long[] {1_000, 2_000, 4_000, 4_000}) {
      assertEquals(now + pause, asks(5, 7, now));
      now += pause;
      machine.failed(at(now));
    }
    assertTrue(machine.isCutOff(at(now)));
    machine.current(number(7), number(7), at(now + 4_000));
    assertFalse(machine.isCutOff(at(now + 4_000)));
    never(7, 7, now + 4_000);
  }

  @Test
  void whoIsSentAwayComesAgainAndIsNotCutOff() {
    long now = asks(5, 7, 0);
    for (int i = 0; i < 20; i++) {
      machine.postponed(Duration.ofSeconds(3), at(now));
      long next = asks(5, 7, now);
      assertTrue(next >= now + 3_000 && next <= now + 6_500, "after " + (next - now) + " ms");
      assertFalse(machine.isCutOff(at(next)));
      now = next;
    }
  }

  @Test
  void aPushThatComesThroughEndsIt() {
    machine.failed(at(asks(5, 7, 0)));
    assertFalse(machine.isDue(number(6), number(7), at(5_500)));
    assertFalse(machine.isCutOff(at(6_000)));
  }
}
