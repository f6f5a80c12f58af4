// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.time.Duration;
import java.time.Instant;

/// When to try something again that failed: pauses double up to a limit.
///
/// @param failures in a row; 0 when the last try worked
/// @param at not before this time
record Retry(int failures, Instant at) {

  /// Nothing failed.
  static final Retry NONE = new Retry(0, Instant.EPOCH);

  boolean isDue(Instant now) {
    return !now.isBefore(at);
  }

  Retry afterFailure(Instant now, LoopSettings settings) {
    Duration pause = settings.firstRetry();
    for (int i = 0; i < failures && pause.compareTo(settings.longestRetry()) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    Duration limited =
        pause.compareTo(settings.longestRetry()) < 0 ? pause : settings.longestRetry();
    return new Retry(failures + 1, now.plus(limited));
  }
}
