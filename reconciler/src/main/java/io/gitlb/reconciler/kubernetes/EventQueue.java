// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Events on their way to the API server, in the background: a status is news, an Event only tells
/// of it, so no status ever waits for one.
///
/// In order for each Service, several Services at a time. While statuses are written, and for a
/// moment after, only one at a time and few a second. What cannot be told now is told later, after
/// a rest that doubles. When more waits than there is room for, the oldest Normal one is dropped.
final class EventQueue implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

  /// Enough for two Events each when 5,000 Services are made at once; a few MiB.
  static final int ROOM = 10_000;

  private static final int MOST_IN_FLIGHT = 4;

  /// The least time between two Events while statuses are written: a hundred a second keep up with
  /// Services that come one by one and are a small part of what a server takes.
  private static final Duration SPACING = Duration.ofMillis(10);

  /// A batch of statuses that follows the one before within this time belongs to it.
  private static final Duration CALM = Duration.ofMillis(50);

  private static final Duration FIRST_REST = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  /// How long the end waits for what is still in the queue.
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Function<Told, Outcome> sender;
  private final int room;
  private final ReentrantLock lock = new ReentrantLock();

  /// Something may be there to do.
  private final Condition work = lock.newCondition();

  /// Something has been done.
  private final Condition settled = lock.newCondition();

  /// The oldest first.
  private final Deque<Told> waiting = new ArrayDeque<>();

  /// Services of which an Event is being created, one at most of each.
  private final Set<ServiceRef> busy = new HashSet<>();

  private int statusWrites;
  private long dropped;
  private Duration rest = FIRST_REST;

  /// On the monotonic clock, in nanoseconds: until then nothing is sent.
  private long restsUntil = System.nanoTime();

  /// Likewise: until then statuses come first.
  private long yieldsUntil = restsUntil;

  /// Likewise: when the last Event was begun.
  private long lastBegun = restsUntil - SPACING.toNanos();

  private boolean hasEnded;

  /// An Event and the Service that it is about.
  ///
  /// @param uid of that incarnation of the Service
  /// @param at when it happened
  record Told(ServiceRef service, String uid, Event event, Instant at) {}

  /// How sending one ended.
  enum Outcome {
    /// Created, or refused for good.
    DONE,
    /// The server is away or has too much to do.
    LATER
  }

  /// @param sender creates one Event; may wait
  /// @param room how many may wait
  EventQueue(Function<Told, Outcome> sender, int room) {
    this.sender = sender;
    this.room = room;
  }

  /// Begins to send.
  void start() {
    for (int i = 0; i < MOST_IN_FLIGHT; i++) {
      var _ = Thread.ofVirtual().name("kubernetes-events-" + i).start(this::work);
    }
  }

  /// Never waits.
  void add(Told told) {
    lock.lock();
    try {
      if (waiting.size() >= room) {
        dropped++;
        boolean hasRoom = dropOldestNormal();
        if (!hasRoom && told.event().severity() == Severity.NORMAL) {
          return;
        }
        if (!hasRoom) {
          waiting.removeFirst();
        }
      }
      waiting.addLast(told);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private boolean dropOldestNormal() {
    for (Iterator<Told> each = waiting.iterator(); each.hasNext(); ) {
      if (each.next().event().severity() == Severity.NORMAL) {
        each.remove();
        return true;
      }
    }
    return false;
  }

  /// How many were dropped for want of room since the start.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// Runs a write of statuses, with few Events meanwhile.
  <R> R yieldingTo(Supplier<R> statuses) {
    changeStatusWrites(1);
    try {
      return statuses.get();
    } finally {
      changeStatusWrites(-1);
    }
  }

  private void changeStatusWrites(int by) {
    lock.lock();
    try {
      statusWrites += by;
      yieldsUntil = System.nanoTime() + CALM.toNanos();
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    for (Optional<Told> next = take(); next.isPresent(); next = take()) {
      Outcome outcome = Outcome.DONE;
      try {
        outcome = sender.apply(next.get());
      } catch (RuntimeException e) {
        log.error("GLB3008 an Event on {} is lost by a defect", next.get().service(), e);
      } finally {
        settle(next.get(), outcome);
      }
    }
  }

  /// The next Event whose Service is not busy; empty at the end.
  private Optional<Told> take() {
    lock.lock();
    try {
      while (!hasEnded) {
        long now = System.nanoTime();
        long pause = pause(now);
        Optional<Told> next = pause <= 0 ? takeFirstFree() : Optional.empty();
        if (next.isPresent()) {
          busy.add(next.get().service());
          lastBegun = now;
          return next;
        }
        await(work, pause > 0 && !waiting.isEmpty() ? pause : Long.MAX_VALUE);
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Nanoseconds until the next may be begun, as it looks now.
  private long pause(long now) {
    long rest = restsUntil - now;
    boolean isYielding = statusWrites > 0 || yieldsUntil - now > 0;
    if (!isYielding) {
      return rest;
    }
    long turn = busy.isEmpty() ? lastBegun + SPACING.toNanos() - now : CALM.toNanos();
    return Math.max(rest, turn);
  }

  private Optional<Told> takeFirstFree() {
    for (Iterator<Told> each = waiting.iterator(); each.hasNext(); ) {
      Told told = each.next();
      if (!busy.contains(told.service())) {
        each.remove();
        return Optional.of(told);
      }
    }
    return Optional.empty();
  }

  private void settle(Told told, Outcome outcome) {
    lock.lock();
    try {
      busy.remove(told.service());
      switch (outcome) {
        case DONE -> rest = FIRST_REST;
        case LATER -> {
          waiting.addFirst(told);
          beginRest();
        }
      }
      settled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Several that were in flight together fail together, and that is one failure.
  private void beginRest() {
    long now = System.nanoTime();
    if (restsUntil - now <= 0) {
      restsUntil = now + rest.toNanos();
      Duration doubled = rest.multipliedBy(2);
      rest = doubled.compareTo(LONGEST_REST) < 0 ? doubled : LONGEST_REST;
    }
  }

  /// Callers look again in a loop.
  @SuppressWarnings("WaitNotInLoop")
  private void await(Condition condition, long nanos) {
    try {
      var _ = condition.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // Nobody interrupts these threads; whoever does wants the end.
      hasEnded = true;
    }
  }

  /// Sends what waits, for a moment at most, and ends. What comes later is left lying.
  @Override
  public void close() {
    lock.lock();
    try {
      long deadline = System.nanoTime() + LAST_WORDS.toNanos();
      while (!hasEnded
          && !(waiting.isEmpty() && busy.isEmpty())
          && restsUntil - System.nanoTime() <= 0
          && deadline - System.nanoTime() > 0) {
        await(settled, deadline - System.nanoTime());
      }
      hasEnded = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
