// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The free addresses as intervals: its size follows what is taken, not the range, so that a /64
/// costs nothing until it is used.
final class IntervalSpace implements AddressSpace {

  private final IpRange range;

  /// first address of a free interval → its last address; intervals never touch
  private final TreeMap<IpAddress, IpAddress> free = new TreeMap<>();

  IntervalSpace(IpRange range) {
    this.range = range;
    free.put(range.first(), range.last());
  }

  @Override
  public IpRange range() {
    return range;
  }

  @Override
  public Optional<IpAddress> lowestFree() {
    return free.isEmpty() ? Optional.empty() : Optional.of(free.firstKey());
  }

  @Override
  public boolean isFree(IpAddress address) {
    Map.Entry<IpAddress, IpAddress> interval = free.floorEntry(address);
    return interval != null && address.compareTo(interval.getValue()) <= 0;
  }

  @Override
  public void take(IpAddress address) {
    Map.Entry<IpAddress, IpAddress> interval = free.floorEntry(address);
    if (interval == null || address.compareTo(interval.getValue()) > 0) {
      return;
    }
    IpAddress first = interval.getKey();
    IpAddress last = interval.getValue();
    if (first.equals(address)) {
      free.remove(first);
    } else {
      free.put(first, previous(address));
    }
    if (!last.equals(address)) {
      address.next().ifPresent(next -> free.put(next, last));
    }
  }

  @Override
  public void release(IpAddress address) {
    if (isFree(address)) {
      return;
    }
    IpAddress first = address;
    IpAddress last = address;
    Map.Entry<IpAddress, IpAddress> below = free.lowerEntry(address);
    if (below != null && below.getValue().next().filter(address::equals).isPresent()) {
      first = below.getKey();
    }
    Optional<IpAddress> next = address.next();
    if (next.isPresent() && free.containsKey(next.get())) {
      last = free.remove(next.get());
    }
    free.put(first, last);
  }

  /// The next lower address; only asked for where there is one.
  private static IpAddress previous(IpAddress address) {
    return switch (address) {
      case Ipv4 ipv4 -> new Ipv4(ipv4.bits() - 1);
      case Ipv6 ipv6 -> new Ipv6(ipv6.low() == 0 ? ipv6.high() - 1 : ipv6.high(), ipv6.low() - 1);
    };
  }
}
