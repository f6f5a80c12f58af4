// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.ConfigPoll;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What has happened since the last pass. Any thread raises, one waits.
final class Wakeups {

  /// Waits that changes end are this far apart at least: the first change after a quiet time is
  /// answered at once, and those that come after it, in whatever number, by one pass together.
  static final Duration SETTLE = Duration.ofMillis(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition raised = lock.newCondition();
  private boolean changed;
  private boolean polled;
  private boolean stopping;

  /// When a change ended a wait last, as [System#nanoTime].
  private long answered = System.nanoTime() - SETTLE.toNanos();

  /// The cluster or a speaker has changed.
  void change() {
    raise(() -> changed = true);
  }

  /// The config branch was asked and there is something to take.
  void poll() {
    raise(() -> polled = true);
  }

  /// The process shall end.
  void stop() {
    raise(() -> stopping = true);
  }

  private void raise(Runnable what) {
    lock.lock();
    try {
      what.run();
      raised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the process shall end.
  boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for something to happen or the time to pass.
  ///
  /// @return whether the config branch has something new
  ConfigPoll await(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!(changed || polled || stopping) && left > 0) {
        left = raised.awaitNanos(left);
      }
      if (!stopping && changed) {
        settle();
      }
      ConfigPoll poll = polled ? ConfigPoll.DUE : ConfigPoll.NOT_DUE;
      changed = false;
      polled = false;
      return poll;
    } finally {
      lock.unlock();
    }
  }

  /// Lets others raise meanwhile. With the lock held.
  private void settle() throws InterruptedException {
    long left = answered + SETTLE.toNanos() - System.nanoTime();
    if (left > 0) {
      lock.unlock();
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } finally {
        lock.lock();
      }
    }
    answered = System.nanoTime();
  }
}
