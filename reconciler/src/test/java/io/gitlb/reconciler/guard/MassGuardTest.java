// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.guard.MassGuard.Loss;
import io.gitlb.schema.value.PoolName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// How much is too much.
class MassGuardTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final PoolName LAN = new PoolName("lan");

  private static boolean isTooMuch(MassGuard before, int more, int had) {
    return before.isTooMuch(LAN, more, had);
  }

  @Test
  void itIsMoreThanAFifthAndMoreThanFive() {
    assertFalse(isTooMuch(MassGuard.NONE, 5, 6));
    assertTrue(isTooMuch(MassGuard.NONE, 6, 29));
    assertFalse(isTooMuch(MassGuard.NONE, 6, 30));
    assertFalse(isTooMuch(MassGuard.NONE, 200, 1000));
    assertTrue(isTooMuch(MassGuard.NONE, 201, 1000));
  }

  @Test
  void itIsAllOfTwoOrMore() {
    assertFalse(isTooMuch(MassGuard.NONE, 1, 1));
    assertTrue(isTooMuch(MassGuard.NONE, 2, 2));
    assertFalse(isTooMuch(MassGuard.NONE, 2, 3));
    assertTrue(isTooMuch(MassGuard.NONE, 5, 5));
  }

  @Test
  void lossesOfTenMinutesAddUpPoolByPool() {
    MassGuard before = MassGuard.NONE;
    for (int i = 0; i < 4; i++) {
      before = before.with(new Loss(NOW, LAN));
    }
    assertTrue(isTooMuch(before, 2, 20));
    assertFalse(isTooMuch(before, 1, 20));
    assertFalse(before.isTooMuch(new PoolName("other"), 2, 20));
    assertFalse(isTooMuch(before.at(NOW.plus(MassGuard.WINDOW)), 2, 20));
    assertTrue(isTooMuch(before.at(NOW.plusSeconds(599)), 2, 20));
    assertEquals(4, before.lost(LAN));
  }

  @Test
  void whatIsLeftOfThePoolAfterEarlierLossesMayNotGoEither() {
    MassGuard before = MassGuard.NONE.with(new Loss(NOW, LAN));
    assertTrue(isTooMuch(before, 1, 1), "all of two");
  }
}
