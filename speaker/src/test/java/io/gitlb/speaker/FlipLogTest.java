// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FlipLogTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final FlipLog<String> log = new FlipLog<>();

  @Test
  void theFirstChangesOfASpanAreToldAndTheNextLineCountsTheOthers() {
    for (int i = 0; i < FlipLog.MOST; i++) {
      assertEquals(OptionalInt.of(0), log.changed("a", START.plusMillis(i)));
    }
    for (int i = 0; i < 1_000; i++) {
      assertEquals(OptionalInt.empty(), log.changed("a", START.plusMillis(100)));
    }
    assertEquals(OptionalInt.of(0), log.changed("b", START.plusMillis(100)), "another session");
    assertEquals(OptionalInt.of(1_000), log.changed("a", START.plus(FlipLog.SPAN)));
    assertEquals(OptionalInt.of(0), log.changed("a", START.plus(FlipLog.SPAN)));
  }

  @Test
  void aClockThatIsSetBackSilencesNothing() {
    for (int i = 0; i < 2 * FlipLog.MOST; i++) {
      OptionalInt _ = log.changed("a", START);
    }
    assertEquals(OptionalInt.of(FlipLog.MOST), log.changed("a", START.minusSeconds(3_600)));
  }

  @Test
  void aSessionThatIsGoneIsForgotten() {
    for (int i = 0; i < 2 * FlipLog.MOST; i++) {
      OptionalInt _ = log.changed("a", START);
    }
    log.retain(Set.of("b"));
    assertEquals(OptionalInt.of(0), log.changed("a", START));
  }
}
