// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Bounds how often one station gets an answer, about one address and in all, and how many all
/// stations get together, in constant memory. One for each interface.
///
/// Token buckets for each (station, address) and for each station, kept in fixed tables by hash.
/// Two on the same place share a bucket, which only matters when both are flooding.
final class ReplyBudget {

  /// A router that refreshes asks a few times a second; a person's tool floods with some hundreds.
  static final int REPLIES_PER_SECOND = 1_000;

  /// A full second's worth at once.
  static final int BURST_REPLIES = 1_000;

  /// A router that asks anew for all of 10,000 addresses, the most that a node is made for, once a
  /// second. It takes a few percent of one core.
  static final int REPLIES_PER_SECOND_AND_STATION = 10_000;

  /// Five routers that ask for everything at once. Who asks under many names gets no more than
  /// that: about half a core.
  static final int REPLIES_PER_SECOND_AND_INTERFACE = 50_000;

  private static final Optional<DropReason> MAY = Optional.empty();
  private static final Optional<DropReason> STATION = Optional.of(DropReason.RATE_LIMITED);
  private static final Optional<DropReason> INTERFACE =
      Optional.of(DropReason.INTERFACE_RATE_LIMITED);

  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final Buckets pairs =
      new Buckets(COUNT, SECOND_NANOS / REPLIES_PER_SECOND, BURST_REPLIES);
  private final Buckets stations =
      new Buckets(
          COUNT, SECOND_NANOS / REPLIES_PER_SECOND_AND_STATION, REPLIES_PER_SECOND_AND_STATION);
  private final Buckets all =
      new Buckets(
          1, SECOND_NANOS / REPLIES_PER_SECOND_AND_INTERFACE, REPLIES_PER_SECOND_AND_INTERFACE);
  private Instant origin = Instant.MIN;

  /// Takes one answer, unless there is a reason to give none.
  Optional<DropReason> take(MacAddress station, IpAddress address, Instant now) {
    if (origin.equals(Instant.MIN)) {
      origin = now;
    }
    long nowNanos = Duration.between(origin, now).toNanos();
    if (!pairs.take(station.bits() * 31 + address.hashCode(), nowNanos)
        || !stations.take(station.bits(), nowNanos)) {
      return STATION;
    }
    return all.take(0, nowNanos) ? MAY : INTERFACE;
  }

  private static final int COUNT = 4_096;

  /// Buckets of one depth.
  private static final class Buckets {

    private final long nanosPerReply;
    private final long burstNanos;
    // Hash → the time in nanoseconds since the origin at which the bucket is full again. Time
    // stands for tokens: each reply moves it one interval on.
    private final long[] fullAtNanos;

    /// @param count a power of two
    Buckets(int count, long nanosPerReply, int burst) {
      this.fullAtNanos = new long[count];
      this.nanosPerReply = nanosPerReply;
      this.burstNanos = nanosPerReply * burst;
    }

    boolean take(long key, long nowNanos) {
      long mixed = (key * 0x9E37_79B9_7F4A_7C15L) >>> Integer.SIZE;
      int bucket = (int) ((mixed * fullAtNanos.length) >>> Integer.SIZE);
      // Further ahead than a bucket is deep: the clock was set back, and the bucket starts anew.
      boolean fromAnotherTime = fullAtNanos[bucket] > nowNanos + burstNanos;
      long fullAt = fromAnotherTime ? nowNanos : Math.max(fullAtNanos[bucket], nowNanos);
      if (fullAt + nanosPerReply > nowNanos + burstNanos) {
        return false;
      }
      fullAtNanos[bucket] = fullAt + nanosPerReply;
      return true;
    }
  }
}
