// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.time.Instant;

/// Bounds how often one station gets an answer about one address, in constant memory.
///
/// A token bucket for each (station, address), kept in a fixed table by hash. Two pairs on the same
/// place share a bucket, which only matters when both are flooding.
final class ReplyBudget {

  /// A router that refreshes asks a few times a second; a person's tool floods with some hundreds.
  static final int REPLIES_PER_SECOND = 1_000;

  /// A full second's worth at once.
  static final int BURST_REPLIES = 1_000;

  private static final int BUCKETS = 4_096;
  private static final long NANOS_PER_REPLY = Duration.ofSeconds(1).toNanos() / REPLIES_PER_SECOND;
  private static final long BURST_NANOS = NANOS_PER_REPLY * BURST_REPLIES;

  // Hash of (station, address) → the time in nanoseconds since the origin at which the bucket is
  // full again. Time stands for tokens: each reply moves it one interval on.
  private final long[] fullAtNanos = new long[BUCKETS];
  private Instant origin = Instant.MIN;

  /// Whether one more answer may be given now; takes it when so.
  boolean take(MacAddress station, IpAddress address, Instant now) {
    if (origin.equals(Instant.MIN)) {
      origin = now;
    }
    long nowNanos = Duration.between(origin, now).toNanos();
    int bucket = bucketOf(station, address);
    // Further ahead than a bucket is deep: the clock was set back, and the bucket starts anew.
    boolean fromAnotherTime = fullAtNanos[bucket] > nowNanos + BURST_NANOS;
    long fullAt = fromAnotherTime ? nowNanos : Math.max(fullAtNanos[bucket], nowNanos);
    if (fullAt + NANOS_PER_REPLY > nowNanos + BURST_NANOS) {
      return false;
    }
    fullAtNanos[bucket] = fullAt + NANOS_PER_REPLY;
    return true;
  }

  private static int bucketOf(MacAddress station, IpAddress address) {
    long mixed = (station.bits() * 31 + address.hashCode()) * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 52);
  }
}
