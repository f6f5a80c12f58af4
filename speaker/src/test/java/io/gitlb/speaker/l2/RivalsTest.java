// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RivalsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress ONE = IpAddress.of("192.0.2.10");

  private final Rivals rivals = new Rivals();

  @Test
  void theEndOfAClaimIsToldAtOnce() {
    rivals.ended(ONE, START);
    assertEquals(Optional.of(START), rivals.nextDue());
    assertEquals(List.of(ONE), rivals.takeDue(START));
    assertEquals(List.of(), told(START, 5_000));
    assertEquals(Optional.empty(), rivals.nextDue());
  }

  @Test
  void oneBesideIsToldOfAndToldOfAgainWhenItHasStopped() {
    rivals.began(ONE, START);
    assertEquals(List.of(100), told(START, 300));
    rivals.ended(ONE, START.plusMillis(300));
    assertEquals(List.of(800), told(START.plusMillis(300), 5_000));
  }

  @Test
  void nothingIsToldOfWhatIsHandedOver() {
    rivals.began(ONE, START);
    rivals.released(ONE);
    assertEquals(List.of(), told(START, 5_000));
  }

  @Test
  void oneThatIsOnlyHeardHasStoppedWhenItIsQuiet() {
    for (int i = 0; i <= 3_000; i += 250) {
      rivals.heard(ONE, START.plusMillis(i));
    }
    assertEquals(List.of(100, 4_000), told(START, 10_000));
    assertEquals(Optional.empty(), rivals.nextDue());
  }

  @Test
  void whoeverWaitsForTheNextLookRestsMeanwhile() {
    for (int i = 0; i < 5_000; i++) {
      Instant now = START.plusMillis(i);
      if (i == 0 || i == 100 || i == 500 || i == 1_100 || i == 2_000) {
        rivals.heard(ONE, now);
      }
      rivals.takeDue(now);
      int at = i;
      rivals.nextDue().ifPresent(next -> assertTrue(next.isAfter(now), () -> "after " + at));
    }
    assertEquals(Optional.empty(), rivals.nextDue());
  }

  @Test
  void claimsThatComeAndGoLeadToOneBeginningASecond() {
    List<Integer> told = new ArrayList<>();
    for (int i = 0; i < 10_000; i += 10) {
      Instant now = START.plusMillis(i);
      if (i % 20 == 0) {
        rivals.began(ONE, now);
      } else {
        rivals.ended(ONE, now);
      }
      if (!rivals.takeDue(now).isEmpty()) {
        told.add(i);
      }
    }
    assertTrue(told.size() >= 9 && told.size() <= 10, told::toString);
    assertEquals(1, told(START.plusSeconds(10), 5_000).size(), "the last change");
  }

  private List<Integer> told(Instant from, int millis) {
    List<Integer> told = new ArrayList<>();
    for (int i = 0; i < millis; i += 10) {
      if (!rivals.takeDue(from.plusMillis(i)).isEmpty()) {
        told.add(i);
      }
    }
    return told;
  }
}
