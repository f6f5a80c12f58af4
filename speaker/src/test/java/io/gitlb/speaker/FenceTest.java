// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FenceTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;
  private final Fence fence = new Fence(() -> now);

  @Test
  void itIsShutUntilTheFirstLook() {
    assertFalse(fence.isOpen());
    assertEquals(Duration.ZERO, fence.shutFor(now));
    fence.renew(now);
    assertTrue(fence.isOpen());
  }

  @Test
  void oneLookCountsForTheLeaseAndNoLonger() {
    fence.renew(now);
    now = START.plus(Fence.LEASE);
    assertTrue(fence.isOpen());
    now = now.plusNanos(1);
    assertFalse(fence.isOpen());
  }

  @Test
  void aLookTellsHowLongItWasShutBefore() {
    fence.renew(now);
    now = START.plus(Fence.LEASE);
    assertEquals(Duration.ZERO, fence.shutFor(now));
    fence.renew(now);
    now = now.plus(Fence.LEASE).plusMillis(30);
    assertEquals(Duration.ofMillis(30), fence.shutFor(now));
    assertFalse(fence.isOpen());
  }

  @Test
  void aPauseDuringTheLookKeepsItShut() {
    Instant before = now;
    now = now.plusSeconds(1);
    fence.renew(before);
    assertFalse(fence.isOpen());
  }
}
