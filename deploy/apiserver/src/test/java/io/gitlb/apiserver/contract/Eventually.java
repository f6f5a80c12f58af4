// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for something that a server does in its own time.
final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Eventually() {}

  static void holds(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not hold within " + PATIENCE);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
