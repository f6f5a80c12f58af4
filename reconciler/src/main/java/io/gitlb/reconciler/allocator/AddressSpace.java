// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import java.math.BigInteger;
import java.util.Optional;

/// The free addresses of one range. Picking the lowest does not get slower as the range fills.
sealed interface AddressSpace permits BitmapSpace, IntervalSpace {

  /// Up to this many addresses a bitmap is smaller and faster than anything: 2 MiB for a /8.
  BigInteger BITMAP_LIMIT = BigInteger.ONE.shiftLeft(24);

  /// All addresses free. A bitmap for IPv4 up to a /8, free intervals for everything larger.
  static AddressSpace of(IpRange range) {
    boolean small = range.size().compareTo(BITMAP_LIMIT) <= 0;
    return range.family() == IpFamily.IPV4 && small
        ? new BitmapSpace(range)
        : new IntervalSpace(range);
  }

  IpRange range();

  /// The lowest free address, or empty when all are taken.
  Optional<IpAddress> lowestFree();

  /// Whether an address of the range is free.
  boolean isFree(IpAddress address);

  /// Marks an address of the range as taken; no change when it is already.
  void take(IpAddress address);

  /// Marks an address of the range as free; no change when it is already.
  void release(IpAddress address);
}
