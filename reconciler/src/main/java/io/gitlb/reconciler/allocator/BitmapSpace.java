// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.Optional;

/// One bit an address.
final class BitmapSpace implements AddressSpace {

  private final IpRange range;
  private final int first;
  private final FreeBitmap bitmap;

  BitmapSpace(IpRange range) {
    this.range = range;
    this.first = bits(range.first());
    this.bitmap = new FreeBitmap(range.size().intValueExact());
  }

  private static int bits(IpAddress address) {
    return switch (address) {
      case Ipv4 ipv4 -> ipv4.bits();
      case Ipv6 _ -> throw new IllegalArgumentException("a bitmap is for IPv4, not " + address);
    };
  }

  @Override
  public IpRange range() {
    return range;
  }

  @Override
  public Optional<IpAddress> lowestFree() {
    int place = bitmap.lowestFree();
    return place < 0 ? Optional.empty() : Optional.of(new Ipv4(first + place));
  }

  @Override
  public boolean isFree(IpAddress address) {
    return bitmap.isFree(bits(address) - first);
  }

  @Override
  public void take(IpAddress address) {
    bitmap.take(bits(address) - first);
  }

  @Override
  public void release(IpAddress address) {
    bitmap.release(bits(address) - first);
  }
}
