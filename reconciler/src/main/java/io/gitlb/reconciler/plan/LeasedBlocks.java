// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.allocator.Ranges;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.FreeBlocks;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What this cluster has of its shared pools, and whether there is more to be had.
final class LeasedBlocks {

  private final Foreign foreign;

  /// space of a shared pool → its addresses that may be given at all, ascending
  private final Map<Space, List<IpRange>> leasable = new TreeMap<>();

  /// The spaces that have a block that nobody has leased.
  private SortedSet<Space> open;

  LeasedBlocks(Foreign foreign) {
    this.foreign = foreign;
    for (AddressPool pool : foreign.shared().pools()) {
      List<IpRange> given =
          Ranges.without(Ranges.without(pool.ranges(), pool.rules().excluded()), foreign.ranges());
      for (IpFamily family : IpFamily.values()) {
        leasable.put(
            new Space(pool.name(), family),
            given.stream().filter(range -> range.family() == family).toList());
      }
    }
    open = open();
  }

  private SortedSet<Space> open() {
    SortedSet<Space> found = new TreeSet<>();
    leasable.forEach(
        (space, ranges) -> {
          if (!FreeBlocks.lowest(ranges, foreign.fleet().leases(), 1, 1).isEmpty()) {
            found.add(space);
          }
        });
    return found;
  }

  /// The leases have changed.
  ///
  /// @return the spaces that have a free block now and had none before, or the reverse
  List<Space> follow() {
    SortedSet<Space> before = open;
    open = open();
    return leasable.keySet().stream()
        .filter(space -> before.contains(space) != open.contains(space))
        .toList();
  }

  boolean canLease(Space space) {
    return open.contains(space);
  }

  Set<Space> spaces() {
    return leasable.keySet();
  }

  List<IpRange> leasable(Space space) {
    return leasable.getOrDefault(space, List.of());
  }

  /// The addresses of this cluster's blocks, in as few ranges as possible.
  List<IpRange> ownRanges() {
    return IpRangeSet.of(foreign.fleet().own().stream().map(Block::range).toList()).ranges();
  }
}
