// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of an owner whose steps fail.
final class Layer2ThreadTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final Layer2Thread thread =
      new Layer2Thread(
          new Layer2(
              SELF,
              new FakeSegmentPort(),
              new VerdictCounts(),
              new ContentionCounts(),
              () -> NOW,
              OwnershipSettings.defaults(),
              new QuietListener()),
          this::look,
          ended::complete);

  @Test
  void oneThatFailsAtEveryStepEndsAndSaysSo() throws Exception {
    thread.start(new Start.Fresh());
    awaitStep();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!ended.isDone() && System.nanoTime() < until) {
      fail(20);
    }
    assertEquals("made up", ended.get(20, TimeUnit.SECONDS).getMessage());
  }

  @Test
  void oneThatFailsNowAndThenGoesOn() throws Exception {
    thread.start(new Start.Fresh());
    for (int i = 0; i < 4; i++) {
      fail(5);
      awaitStep();
    }
    thread.close();
    assertFalse(ended.isDone());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      thread.post(
          (_, _) -> {
            throw new IllegalStateException("made up");
          });
    }
  }

  private Instant look() {
    looks.incrementAndGet();
    return NOW;
  }

  /// A step without a defect has ended: the next one has looked at the clock.
  private void awaitStep() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger before = new AtomicInteger();
    thread.post(
        (_, _) -> {
          before.set(looks.get());
          done.countDown();
        });
    assertTrue(done.await(20, TimeUnit.SECONDS), "no step");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (looks.get() == before.get()) {
      assertTrue(System.nanoTime() < until, "no next step");
      Thread.onSpinWait();
    }
  }
}
