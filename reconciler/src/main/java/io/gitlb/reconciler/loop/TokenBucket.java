// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.time.Duration;
import java.time.Instant;

/// Limits how often something is done: a token each, one more comes in every so often, and no more
/// than a few are saved up. Pure; time comes in.
///
/// @param capacity most tokens saved up
/// @param every one token comes in after this long
/// @param fullAt when the bucket is full again
public record TokenBucket(int capacity, Duration every, Instant fullAt) {

  /// Full from the start.
  public static TokenBucket full(int capacity, Duration every) {
    return new TokenBucket(capacity, every, Instant.EPOCH);
  }

  /// Whether a token is there.
  public boolean hasToken(Instant now) {
    return !now.isBefore(nextAt());
  }

  /// When there is a token next; in the past when there is one now.
  public Instant nextAt() {
    return fullAt.minus(every.multipliedBy(capacity - 1L));
  }

  /// The bucket with a token less; only asked for when there is one.
  public TokenBucket take(Instant now) {
    Instant from = fullAt.isAfter(now) ? fullAt : now;
    return new TokenBucket(capacity, every, from.plus(every));
  }
}
