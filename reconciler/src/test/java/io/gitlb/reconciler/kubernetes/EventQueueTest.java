// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.kubernetes.EventQueue.Outcome;
import io.gitlb.reconciler.kubernetes.EventQueue.Told;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventQueueTest {

  /// What came to the sender, as `service message`.
  private final Queue<String> sent = new ConcurrentLinkedQueue<>();

  /// One permit for each Event that came to the sender.
  private final Semaphore arrived = new Semaphore(0);

  /// One permit for each Event that the sender may finish.
  private final Semaphore allowed = new Semaphore(0);

  private final AtomicInteger refusals = new AtomicInteger();
  private final EventQueue queue = new EventQueue(this::send, 6);

  private Outcome send(Told told) {
    sent.add(told.service().name() + " " + told.event().message());
    arrived.release();
    allowed.acquireUninterruptibly();
    return refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? Outcome.LATER : Outcome.DONE;
  }

  @AfterEach
  void close() {
    allowed.release(1_000);
    queue.close();
  }

  private void add(String service, Severity severity, String message) {
    queue.add(
        new Told(
            new ServiceRef("demo", service),
            "uid",
            new Event(severity, "Reason", message),
            Instant.EPOCH));
  }

  private void awaitArrivals(int count) throws InterruptedException {
    assertTrue(arrived.tryAcquire(count, 30, TimeUnit.SECONDS), () -> "only " + sent);
  }

  private static void assertNone(Semaphore permits) throws InterruptedException {
    assertTrue(!permits.tryAcquire(100, TimeUnit.MILLISECONDS), "one too many");
  }

  @Test
  void eventsOfOneServiceGoInOrderAndFourServicesAtATime() throws InterruptedException {
    for (String service : List.of("a", "a", "b", "c", "d", "e")) {
      add(service, Severity.NORMAL, "m" + queueLength(service));
    }
    queue.start();
    awaitArrivals(4);
    assertNone(arrived);
    assertEquals(List.of("a m0", "b m0", "c m0", "d m0"), sent.stream().sorted().toList());
    allowed.release(6);
    awaitArrivals(2);
    assertTrue(sent.containsAll(List.of("a m1", "e m0")), sent::toString);
  }

  private int asAdded;

  /// The number of Events of `a` that were added before.
  private int queueLength(String service) {
    return service.equals("a") ? asAdded++ : 0;
  }

  @Test
  void whileStatusesAreWrittenEventsGoOneByOne() throws InterruptedException {
    queue.start();
    int during =
        queue.yieldingTo(
            () -> {
              add("a", Severity.NORMAL, "1");
              add("b", Severity.NORMAL, "1");
              try {
                awaitArrivals(1);
                assertNone(arrived);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return sent.size();
            });
    assertEquals(1, during);
    awaitArrivals(1);
  }

  @Test
  void theOldestNormalEventIsDroppedWhenThereIsNoRoom() throws InterruptedException {
    add("a", Severity.WARNING, "first warning");
    add("b", Severity.NORMAL, "first");
    for (int i = 0; i < 4; i++) {
      add("w" + i, Severity.WARNING, "warning");
    }
    assertEquals(0, queue.dropped());
    add("c", Severity.WARNING, "takes the room of b");
    assertEquals(1, queue.dropped());
    add("d", Severity.NORMAL, "has no room");
    assertEquals(2, queue.dropped());
    add("e", Severity.WARNING, "takes the room of the oldest");
    assertEquals(3, queue.dropped());
    allowed.release(100);
    queue.start();
    awaitArrivals(6);
    assertEquals(
        List.of(
            "c takes the room of b",
            "e takes the room of the oldest",
            "w0 warning",
            "w1 warning",
            "w2 warning",
            "w3 warning"),
        sent.stream().sorted().toList());
  }

  @Test
  void whatCannotBeToldNowIsToldLaterInOrder() throws InterruptedException {
    refusals.set(1);
    add("a", Severity.NORMAL, "1");
    add("a", Severity.NORMAL, "2");
    allowed.release(100);
    queue.start();
    awaitArrivals(3);
    assertEquals(List.of("a 1", "a 1", "a 2"), List.copyOf(sent));
    assertEquals(0, queue.dropped());
  }

  @Test
  void theEndWaitsForTheLastWords() throws InterruptedException {
    allowed.release(100);
    add("a", Severity.NORMAL, "1");
    add("a", Severity.NORMAL, "2");
    queue.start();
    queue.close();
    assertEquals(List.of("a 1", "a 2"), List.copyOf(sent));
  }
}
