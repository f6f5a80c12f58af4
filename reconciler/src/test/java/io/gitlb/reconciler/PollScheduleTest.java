// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PollScheduleTest {

  private static final Duration LONG = Duration.ofHours(1);

  /// When they began.
  private final BlockingQueue<Instant> turns = new LinkedBlockingQueue<>();

  /// What the schedule of this thread was told last.
  private final ThreadLocal<Instant> told = ThreadLocal.withInitial(Instant::now);

  private PollSchedule every(Duration interval, Runnable task) {
    return PollSchedule.every(interval, this::tell, new Random(1), task);
  }

  private Instant tell() {
    told.set(Instant.now());
    return told.get();
  }

  /// What happens between the beginning of a turn and this call is no part of a wait.
  private void note() {
    turns.add(told.get());
  }

  private Instant next() throws InterruptedException {
    Instant at = turns.poll(20, TimeUnit.SECONDS);
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
      Instant first = next();
      for (int i = 0; i < 100; i++) {
        schedule.soon();
      }
      Duration between = Duration.between(first, next());
      assertTrue(between.toMillis() >= 950, () -> "a second between them, not " + between);
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
