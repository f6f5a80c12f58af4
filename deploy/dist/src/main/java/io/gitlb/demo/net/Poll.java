// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Waits for a state of the outside world that cannot tell us by itself.
public final class Poll {

  /// Short against everything that is waited for, long against the cost of one probe.
  private static final Duration STEP = Duration.ofMillis(50);

  private Poll() {}

  /// How the waiting ended.
  public sealed interface Result<T> {
    /// The last thing that was seen.
    T last();
  }

  /// The condition holds.
  ///
  /// @param took time since the waiting began
  public record Reached<T>(T last, Duration took) implements Result<T> {}

  /// The condition did not hold in time.
  public record TimedOut<T>(T last, Duration limit) implements Result<T> {}

  /// Probes until `enough` accepts what the probe saw, at least once and at most for `limit`.
  public static <T> Result<T> until(Duration limit, Supplier<T> probe, Predicate<T> enough) {
    long start = System.nanoTime();
    while (true) {
      T seen = probe.get();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      if (enough.test(seen)) {
        return new Reached<>(seen, took);
      }
      if (took.compareTo(limit) >= 0 || Thread.currentThread().isInterrupted()) {
        return new TimedOut<>(seen, limit);
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }
}
