// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Where a test waits for what other threads do: whoever changes something calls [#changed()].
final class Conditions {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private long changes;

  synchronized void changed() {
    changes++;
    notifyAll();
  }

  private synchronized long changes() {
    return changes;
  }

  /// Blocks until the condition holds; fails the test when that takes too long.
  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long seen = changes();
      if (condition.getAsBoolean()) {
        return;
      }
      synchronized (this) {
        while (changes == seen) {
          long leftMillis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
          if (leftMillis <= 0) {
            throw new AssertionError("waited in vain: " + what);
          }
          wait(leftMillis);
        }
      }
    }
  }
}
