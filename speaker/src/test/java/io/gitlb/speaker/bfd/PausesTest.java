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
  void theWorstCountsForTenMinutes() {
    assertEquals(Duration.ZERO, pauses.worst(START));
    pauses.note(START, Duration.ofMillis(-3));
    assertEquals(Duration.ZERO, pauses.worst(START));
    pauses.note(START.plusSeconds(30), Duration.ofMillis(80));
    pauses.note(START.plusSeconds(40), Duration.ofMillis(20));
    pauses.note(START.plusSeconds(100), Duration.ofMillis(50));
    assertEquals(Duration.ofMillis(80), pauses.worst(START.plusSeconds(599)));
    assertEquals(Duration.ofMillis(50), pauses.worst(START.plusSeconds(600)));
    assertEquals(Duration.ZERO, pauses.worst(START.plusSeconds(660)));
    pauses.note(START.plusSeconds(6_000), Duration.ofMillis(7));
    assertEquals(Duration.ofMillis(7), pauses.worst(START.plusSeconds(6_000)));
  }
}
