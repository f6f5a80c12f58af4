// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.reconciler.allocator.Ranges;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The pools that this cluster shares, by address.
public final class SharedPools {

  /// first address of a range → range and pool (1:1, pools do not overlap)
  private final TreeMap<IpAddress, Entry> ranges = new TreeMap<>();

  private final List<AddressPool> pools;
  private final List<IpRange> reserved;

  private record Entry(IpRange range, AddressPool pool) {}

  /// Those of these definitions.
  public SharedPools(Definitions definitions) {
    pools = definitions.pools().stream().filter(SharedPools::isShared).toList();
    pools.forEach(pool -> pool.ranges().forEach(r -> ranges.put(r.first(), new Entry(r, pool))));
    reserved =
        definitions.reservedRanges().stream()
            .map(ReservedRange::ranges)
            .flatMap(List::stream)
            .toList();
  }

  /// Whether several clusters give its addresses.
  public static boolean isShared(AddressPool pool) {
    return pool.rules().ownership() == Ownership.SHARED;
  }

  /// Whether there are none.
  public boolean isEmpty() {
    return pools.isEmpty();
  }

  /// By name.
  public List<AddressPool> pools() {
    return pools;
  }

  /// The shared pool that the address lies in.
  public Optional<AddressPool> poolOf(IpAddress address) {
    Map.Entry<IpAddress, Entry> below = ranges.floorEntry(address);
    return below != null && below.getValue().range().contains(address)
        ? Optional.of(below.getValue().pool())
        : Optional.empty();
  }

  /// The shared pools that have an address of the block, mostly one.
  public SortedSet<Space> spacesOf(Block block) {
    Stream<AddressPool> begun = poolOf(block.first()).stream();
    Stream<AddressPool> within =
        ranges.subMap(block.first(), true, block.range().last(), true).values().stream()
            .map(Entry::pool);
    return Stream.concat(begun, within)
        .map(pool -> new Space(pool.name(), block.family()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The addresses of the space that a cluster could give, ascending, as far as the definitions
  /// know.
  List<IpRange> givable(Space space, Fleet fleet) {
    List<IpRange> blocked = new ArrayList<>(reserved);
    blocked.addAll(fleet.elsewhere().keySet());
    return pools.stream()
        .filter(pool -> pool.name().equals(space.pool()))
        .map(pool -> Ranges.without(pool.ranges(), pool.rules().excluded()))
        .flatMap(given -> Ranges.without(given, blocked).stream())
        .filter(range -> range.family() == space.family())
        .toList();
  }
}
