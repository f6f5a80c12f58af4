// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The knobs with which a test makes the server misbehave. All of them work at once and until they
/// are turned back. Safe for threads.
public final class Faults {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Runnable forgetHistory;
  private boolean stalled;
  private boolean writesRefused;
  private int failuresLeft;
  private int failureCode;
  // plural → the status of all its requests (1:1)
  private final Map<String, Integer> refused = new HashMap<>();
  private int dropRound;
  private Duration delay = Duration.ZERO;

  /// @param forgetHistory makes the store forget what happened
  Faults(Runnable forgetHistory) {
    this.forgetHistory = forgetHistory;
  }

  /// From now on no request is answered and no watch gets events, until [#resume].
  public void stall() {
    set(() -> stalled = true);
  }

  /// Ends a stall; what waited goes on.
  public void resume() {
    set(() -> stalled = false);
  }

  /// Cuts the connections of all watches that are open now.
  public void dropWatches() {
    set(() -> dropRound++);
  }

  /// The next requests, of any kind, fail.
  ///
  /// @param requests how many, 0 to stop failing
  /// @param code HTTP status, 400 to 599
  public void failNext(int requests, int code) {
    if (requests < 0 || code < 400 || code > 599) {
      throw new IllegalArgumentException(
          "requests must be 0 or more and code 400 to 599, not " + requests + " and " + code);
    }
    set(
        () -> {
          failuresLeft = requests;
          failureCode = code;
        });
  }

  /// From now on every request for one kind of object fails, until [#admit(String)].
  ///
  /// @param resource as in RBAC rules: `secrets`, `services/status`
  /// @param code HTTP status, 400 to 599
  public void refuse(String resource, int code) {
    if (code < 400 || code > 599) {
      throw new IllegalArgumentException("code must be 400 to 599, not " + code);
    }
    set(() -> refused.put(resource, code));
  }

  /// Ends [#refuse].
  ///
  /// @param resource as it was named there
  public void admit(String resource) {
    set(() -> refused.remove(resource));
  }

  /// Every request waits this long before it is looked at.
  ///
  /// @param time zero for none
  public void delay(Duration time) {
    set(() -> delay = time);
  }

  /// Requests that would change something are answered with 503, until [#acceptWrites].
  public void refuseWrites() {
    set(() -> writesRefused = true);
  }

  /// Ends [#refuseWrites].
  public void acceptWrites() {
    set(() -> writesRefused = false);
  }

  /// Forgets what happened, so that a watch that resumes from before now, or a page of an older
  /// list, is told 410.
  public void forgetHistory() {
    forgetHistory.run();
  }

  /// All knobs back to normal.
  public void clear() {
    set(
        () -> {
          stalled = false;
          writesRefused = false;
          refused.clear();
          failuresLeft = 0;
          delay = Duration.ZERO;
        });
  }

  private void set(Runnable change) {
    lock.lock();
    try {
      change.run();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits while the server is stalled.
  void awaitMovement() throws InterruptedException {
    lock.lock();
    try {
      while (stalled) {
        moved.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Lets a request through, late perhaps, or says how it fails.
  ///
  /// @param resource what it is for, as in RBAC rules; empty for what is no object
  /// @param write whether it would change something
  Optional<Refusal> admit(String resource, Intent write) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long wait = delay.toNanos();
      while (wait > 0) {
        wait = moved.awaitNanos(wait);
      }
      while (stalled) {
        moved.await();
      }
      if (failuresLeft > 0) {
        failuresLeft--;
        return Optional.of(Refusal.injected(failureCode));
      }
      Optional<Integer> code = Optional.ofNullable(refused.get(resource));
      if (code.isPresent()) {
        return code.map(Refusal::injected);
      }
      return writesRefused && write == Intent.WRITE
          ? Optional.of(Refusal.injected(503))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// What a request wants.
  enum Intent {
    READ,
    WRITE
  }

  /// Counts how often watches were dropped; a watch remembers the count of its beginning.
  int dropRound() {
    lock.lock();
    try {
      return dropRound;
    } finally {
      lock.unlock();
    }
  }

  boolean isWatchDropped(int roundOfItsBeginning) {
    return dropRound() != roundOfItsBeginning;
  }
}
