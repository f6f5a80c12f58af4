// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which pool an address lies in.
final class PoolIndex {

  /// first address of a range → range and pool (1:1, pools do not overlap)
  private final TreeMap<IpAddress, Entry> ranges = new TreeMap<>();

  private record Entry(IpRange range, AddressPool pool) {}

  PoolIndex(List<AddressPool> pools) {
    for (AddressPool pool : pools) {
      pool.ranges().forEach(range -> ranges.put(range.first(), new Entry(range, pool)));
    }
  }

  Optional<AddressPool> poolOf(IpAddress address) {
    Map.Entry<IpAddress, Entry> entry = ranges.floorEntry(address);
    return entry != null && entry.getValue().range().contains(address)
        ? Optional.of(entry.getValue().pool())
        : Optional.empty();
  }

  /// The pools' ranges that have an address in common with this one: range → its pool.
  SortedMap<IpRange, AddressPool> overlapping(IpRange range) {
    SortedMap<IpRange, AddressPool> found = new TreeMap<>();
    Map.Entry<IpAddress, Entry> below = ranges.floorEntry(range.first());
    if (below != null && below.getValue().range().overlaps(range)) {
      found.put(below.getValue().range(), below.getValue().pool());
    }
    ranges
        .subMap(range.first(), true, range.last(), true)
        .values()
        .forEach(entry -> found.put(entry.range(), entry.pool()));
    return found;
  }
}
