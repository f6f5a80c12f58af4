// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PausesTest {

  private static final Instant START = Instant.EPOCH;

  private final Pauses pauses = new Pauses();

  @Test
  void whatComesInTwoOfTenMinutesCounts() {
    assertEquals(Duration.ZERO, pauses.recurring(START));
    pauses.note(START, Duration.ofMillis(-3));
    pauses.note(START.plusSeconds(30), Duration.ofMillis(80));
    pauses.note(START.plusSeconds(40), Duration.ofMillis(20));
    assertEquals(Duration.ZERO, pauses.recurring(START.plusSeconds(59)), "one bad minute");
    pauses.note(START.plusSeconds(100), Duration.ofMillis(50));
    pauses.note(START.plusSeconds(130), Duration.ofMillis(30));
    assertEquals(Duration.ofMillis(50), pauses.recurring(START.plusSeconds(599)));
    assertEquals(Duration.ofMillis(30), pauses.recurring(START.plusSeconds(600)));
    assertEquals(Duration.ZERO, pauses.recurring(START.plusSeconds(660)));
    pauses.note(START.plusSeconds(6_000), Duration.ofMillis(7));
    assertEquals(Duration.ZERO, pauses.recurring(START.plusSeconds(6_000)));
    pauses.note(START.plusSeconds(6_060), Duration.ofMillis(9));
    assertEquals(Duration.ofMillis(7), pauses.recurring(START.plusSeconds(6_060)));
  }
}
