// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PollPaceTest {

  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration INTERVAL = Duration.ofSeconds(15);

  private final PollPace pace = new PollPace(INTERVAL, new Random(7), START);

  private static List<Duration> waits(long seed) {
    PollPace pace = new PollPace(INTERVAL, new Random(seed), START);
    List<Duration> waits = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 1_000; i++) {
      waits.add(Duration.between(now, pace.next()));
      now = pace.next();
      pace.begin(now);
      pace.end(now);
    }
    return waits;
  }

  @Test
  void waitsAreTheIntervalGiveOrTakeATenth() {
    List<Duration> waits = waits(7);
    for (Duration wait : waits) {
      assertTrue(wait.compareTo(Duration.ofMillis(13_500)) >= 0, wait::toString);
      assertTrue(wait.compareTo(Duration.ofMillis(16_500)) <= 0, wait::toString);
    }
    assertTrue(new HashSet<>(waits).size() > 900, "they differ");
    double mean = waits.stream().mapToLong(Duration::toMillis).average().orElseThrow();
    assertEquals(15_000, mean, 100);
    assertEquals(waits, waits(7), "chance comes in");
    assertNotEquals(waits, waits(8));
  }

  @Test
  void whoAsksGetsALookAtOnce() {
    Instant asked = START.plusSeconds(5);
    assertEquals(Optional.of(asked), pace.ask(asked));
    assertEquals(Optional.empty(), pace.ask(asked.plusMillis(1)), "it is planned already");
    assertEquals(asked, pace.next());
  }

  @Test
  void askedLooksKeepASecondBetweenThem() {
    Instant first = START.plusSeconds(5);
    pace.begin(first);
    pace.end(first.plusMillis(100));
    assertEquals(Optional.of(first.plusSeconds(1)), pace.ask(first.plusMillis(200)));
  }

  @Test
  void whoAsksDuringALookGetsAnotherOneAfterIt() {
    Instant first = START.plusSeconds(5);
    pace.begin(first);
    assertEquals(Optional.empty(), pace.ask(first.plusMillis(10)));
    assertEquals(Optional.empty(), pace.ask(first.plusMillis(20)));
    pace.end(first.plusSeconds(3));
    assertEquals(first.plusSeconds(3), pace.next(), "a second has passed already");
    pace.begin(pace.next());
    pace.end(pace.next());
    assertTrue(pace.next().isAfter(first.plusSeconds(15)), "once is enough");
  }

  @Test
  void aFloodOfRequestsIsOneLookASecond() {
    Instant now = START;
    int looks = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      now = START.plusMillis(millis);
      pace.ask(now);
      if (!pace.next().isAfter(now)) {
        looks++;
        pace.begin(now);
        pace.end(now);
      }
    }
    assertEquals(60, looks);
  }
}
