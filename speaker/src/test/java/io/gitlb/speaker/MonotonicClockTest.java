// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.thread.BootClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

final class MonotonicClockTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong awake = new AtomicLong(5 * SECOND);
  private final AtomicLong always = new AtomicLong(900 * SECOND);
  private final MonotonicClock clock = new MonotonicClock(awake::get);

  private void pass(long nanos) {
    awake.addAndGet(nanos);
    always.addAndGet(nanos);
  }

  @Test
  void itGoesOnFromWhereItIsWithAnotherClock() {
    Instant start = clock.instant();
    pass(SECOND);
    clock.goOnWith(always::get);
    assertEquals(start.plusSeconds(1), clock.instant());
    pass(SECOND);
    assertEquals(start.plusSeconds(2), clock.instant());
  }

  @Test
  void afterASuspensionNothingLeavesBeforeTheOwnerHasLooked() {
    clock.goOnWith(always::get);
    Fence fence = new Fence(clock);
    fence.renew(clock.instant());
    assertTrue(fence.isOpen());
    // The machine is suspended: only the one clock goes on.
    always.addAndGet(3_600 * SECOND);
    assertFalse(fence.isOpen());
    assertEquals(Duration.ofHours(1).minus(Fence.LEASE), fence.shutFor(clock.instant()));
  }

  @Test
  void theKernelsClockGoesAsOursWhileNobodySuspendsTheMachine() throws InterruptedException {
    LongSupplier kernel = BootClock.open().orElseThrow();
    long ours = System.nanoTime();
    long its = kernel.getAsLong();
    Thread.sleep(50);
    long itsPassed = kernel.getAsLong() - its;
    long oursPassed = System.nanoTime() - ours;
    assertTrue(itsPassed >= Duration.ofMillis(40).toNanos(), "passed: " + itsPassed);
    // Ours was begun before and read after.
    assertTrue(itsPassed <= oursPassed + Duration.ofMillis(1).toNanos(), "passed: " + itsPassed);
  }
}
