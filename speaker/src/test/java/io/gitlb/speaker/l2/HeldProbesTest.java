// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HeldProbesTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress ONE = IpAddress.of("192.0.2.10");
  private static final IpAddress TWO = IpAddress.of("192.0.2.11");
  private static final List<IpAddress> HELD = List.of(ONE, TWO, IpAddress.of("2001:db8::1"));

  private final HeldProbes probes = new HeldProbes();

  @Test
  void eachAddressIsAskedForTwiceOneAfterTheOther() {
    assertEquals(
        List.of("20 " + ONE, "23 " + ONE, "43 " + TWO, "46 " + TWO, "66 " + ONE),
        asked(Set.of(), 67));
  }

  @Test
  void oneInConflictIsAskedForUntilThatIsOver() {
    assertEquals(
        List.of("20 " + ONE, "23 " + ONE, "43 " + ONE, "46 " + ONE, "66 " + ONE),
        asked(Set.of(ONE), 67));
  }

  @Test
  void withNothingHeldNothingIsAskedFor() {
    assertFalse(probes.isDue(START));
    assertEquals(Optional.empty(), probes.take(List.of(), _ -> false, START.plusSeconds(20)));
    assertFalse(probes.isDue(START.plusSeconds(39)));
  }

  @Test
  void answersAreExpectedForASecond() {
    asked(Set.of(), 21);
    assertTrue(probes.isAsking(ONE, START.plusMillis(20_999)));
    assertFalse(probes.isAsking(TWO, START.plusMillis(20_999)));
    assertFalse(probes.isAsking(ONE, START.plusMillis(21_000)));
  }

  private List<String> asked(Set<IpAddress> inConflict, int seconds) {
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      Instant now = START.plusSeconds(i);
      if (probes.isDue(now)) {
        String when = i + " ";
        probes.take(HELD, inConflict::contains, now).ifPresent(one -> asked.add(when + one));
      }
    }
    return asked;
  }
}
