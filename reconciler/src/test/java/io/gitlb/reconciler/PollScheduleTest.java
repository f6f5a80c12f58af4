// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PollScheduleTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final BlockingQueue<Long> turns = new LinkedBlockingQueue<>();

  private PollSchedule every(Duration interval, Runnable task) {
    return PollSchedule.every(interval, InstantSource.system(), new Random(1), task);
  }

  private void note() {
    turns.add(System.nanoTime());
  }

  private Long next() throws InterruptedException {
    Long at = turns.poll(20, TimeUnit.SECONDS);
    if (at == null) {
      throw new AssertionError("no turn");
    }
    return at;
  }

  @Test
  void turnsFollowEachOther() throws InterruptedException {
    try (PollSchedule _ = every(Duration.ofMillis(50), this::note)) {
      for (int i = 0; i < 5; i++) {
        next();
      }
    }
  }

  @Test
  void aTurnThatIsAskedForComesAtOnceAndOnce() throws InterruptedException {
    try (PollSchedule schedule = every(LONG, this::note)) {
      assertNull(turns.poll(100, TimeUnit.MILLISECONDS));
      schedule.soon();
      long first = next();
      for (int i = 0; i < 100; i++) {
        schedule.soon();
      }
      assertTrue(next() - first >= Duration.ofMillis(950).toNanos(), "a second between them");
      assertNull(turns.poll(1_500, TimeUnit.MILLISECONDS), "one turn for all hundred");
    }
  }

  @Test
  void turnsNeverOverlapAndADefectEndsNothing() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Semaphore go = new Semaphore(0);
    try (PollSchedule schedule =
        every(
            Duration.ofMillis(20),
            () -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              note();
              go.acquireUninterruptibly();
              running.decrementAndGet();
              throw new IllegalStateException("a defect, made on purpose");
            })) {
      next();
      schedule.soon();
      schedule.soon();
      assertNull(turns.poll(200, TimeUnit.MILLISECONDS));
      go.release(3);
      next();
      next();
      go.release(100);
    }
    assertEquals(1, most.get());
  }
}
