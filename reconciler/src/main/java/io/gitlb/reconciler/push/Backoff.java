// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The waits between retries, with full jitter, so that many that failed together do not come back
/// together. For one thread.
final class Backoff {

  private final long firstMillis;
  private final long longestMillis;
  private final RandomGenerator random;
  private long limitMillis;

  /// @param first the limit of the first wait
  /// @param longest where doubling ends
  Backoff(Duration first, Duration longest, RandomGenerator random) {
    firstMillis = first.toMillis();
    longestMillis = longest.toMillis();
    this.random = random;
    limitMillis = firstMillis;
  }

  /// The wait after one more failure: between zero and the limit.
  Duration next() {
    long wait = random.nextLong(limitMillis + 1);
    limitMillis = Math.min(longestMillis, limitMillis * 2);
    return Duration.ofMillis(wait);
  }

  /// After a success.
  void reset() {
    limitMillis = firstMillis;
  }
}
