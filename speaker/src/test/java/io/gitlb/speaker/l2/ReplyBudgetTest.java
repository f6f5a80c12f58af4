// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReplyBudgetTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ReplyBudget budget = new ReplyBudget();

  @Test
  void aRouterThatAsksForEveryAddressOfAFullNodeGetsAllAnswers() {
    assertEquals(10_000, answers(0, 10_000, NOW));
    assertEquals(10_000, answers(0, 10_000, NOW.plusSeconds(1)));
  }

  @Test
  void aStationThatAsksForMoreIsLimitedWhateverItAsksForAndOthersAreNot() {
    assertEquals(10_000, answers(0, 100_000, NOW));
    assertEquals(1_000, answers(100_000, 100_000, NOW.plusMillis(100)));
    assertEquals(
        Optional.empty(), budget.take(ArpFrames.OURS, ArpFrames.ADDRESS, NOW.plusMillis(100)));
  }

  @Test
  void whoAsksUnderManyNamesGetsNoMoreThanTheInterfaceGives() {
    int answers = 0;
    int refused = 0;
    for (int i = 0; i < 200_000; i++) {
      MacAddress station = new MacAddress(0x0200_5E00_0000L + i);
      Optional<DropReason> spent = budget.take(station, new Ipv4(0x0A00_0000 + i % 7), NOW);
      if (spent.isEmpty()) {
        answers++;
      } else {
        assertEquals(Optional.of(DropReason.INTERFACE_RATE_LIMITED), spent);
        refused++;
      }
    }
    assertEquals(50_000, answers);
    assertEquals(150_000, refused);
    assertEquals(
        Optional.empty(),
        budget.take(ArpFrames.OURS, ArpFrames.ADDRESS, NOW.plusMillis(1)),
        "a moment later");
  }

  private int answers(int first, int count, Instant now) {
    int answers = 0;
    for (int i = first; i < first + count; i++) {
      answers += budget.take(ArpFrames.ASKER, new Ipv4(0x0A00_0000 + i), now).isEmpty() ? 1 : 0;
    }
    return answers;
  }
}
