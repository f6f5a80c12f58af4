// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.ConfigPoll;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class WakeupsTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final Wakeups wakeups = new Wakeups();

  @Test
  void whatWasRaisedBeforeTheWaitEndsItAtOnce() throws InterruptedException {
    wakeups.change();
    assertEquals(ConfigPoll.NOT_DUE, wakeups.await(LONG));
    wakeups.poll();
    wakeups.change();
    assertEquals(ConfigPoll.DUE, wakeups.await(LONG));
  }

  @Test
  void eachRaiseCountsOnce() throws InterruptedException {
    wakeups.poll();
    assertEquals(ConfigPoll.DUE, wakeups.await(LONG));
    assertEquals(ConfigPoll.NOT_DUE, wakeups.await(Duration.ofMillis(1)));
  }

  @Test
  void waitingThreadIsWokenByAnotherOne() throws Exception {
    CompletableFuture<ConfigPoll> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return wakeups.await(LONG);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    wakeups.poll();
    assertEquals(ConfigPoll.DUE, waiting.get(30, TimeUnit.SECONDS));
  }

  @Test
  void theFirstChangeIsAnsweredAtOnce() throws InterruptedException {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      Thread.sleep(2 * Wakeups.SETTLE.toMillis());
      wakeups.change();
      long start = System.nanoTime();
      wakeups.await(LONG);
      shortest = Math.min(shortest, System.nanoTime() - start);
    }
    assertTrue(shortest < Wakeups.SETTLE.toNanos() / 2, "took " + shortest + " ns");
  }

  @Test
  void changesThatFollowAreAnsweredTogether() throws InterruptedException {
    wakeups.change();
    wakeups.await(LONG);
    long start = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      wakeups.change();
      wakeups.await(LONG);
    }
    long took = System.nanoTime() - start;
    assertTrue(took > 4 * Wakeups.SETTLE.toNanos(), "took " + took + " ns");
  }

  @Test
  void stopEndsEveryWait() throws InterruptedException {
    assertFalse(wakeups.isStopping());
    wakeups.stop();
    wakeups.await(LONG);
    wakeups.await(LONG);
    assertTrue(wakeups.isStopping());
  }
}
