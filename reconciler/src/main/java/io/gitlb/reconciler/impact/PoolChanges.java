// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.allocator.Ranges;
import io.gitlb.reconciler.impact.PoolChange.Document;
import io.gitlb.reconciler.impact.PoolChange.PoolUse;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.plan.Plan.Skipped;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PoolName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Counts pools before and after.
final class PoolChanges {

  private PoolChanges() {}

  static List<PoolChange> between(Future before, Future after) {
    SortedMap<PoolName, PoolUse> was = uses(before);
    SortedMap<PoolName, PoolUse> is = uses(after);
    SortedSet<PoolName> names = new TreeSet<>(was.keySet());
    names.addAll(is.keySet());
    return names.stream()
        .map(
            name ->
                new PoolChange(
                    name,
                    Optional.ofNullable(was.get(name)),
                    Optional.ofNullable(is.get(name)),
                    document(before, after, name)))
        .toList();
  }

  private static Document document(Future before, Future after, PoolName name) {
    Optional<AddressPool> was = before.stage().definitions().pool(name);
    Optional<AddressPool> is = after.stage().definitions().pool(name);
    boolean same =
        was.isPresent() && is.isPresent() && DocumentChanges.saysTheSame(was.get(), is.get());
    return same ? Document.SAME : Document.CHANGED;
  }

  private static SortedMap<PoolName, PoolUse> uses(Future future) {
    List<AddressPool> pools = future.stage().definitions().pools();
    SortedMap<PoolName, List<IpRange>> given = new TreeMap<>();
    for (AddressPool pool : pools) {
      List<IpRange> never = new ArrayList<>(pool.rules().excluded());
      future.skipped().stream()
          .filter(skipped -> skipped.pool().equals(pool.name()))
          .map(Skipped::range)
          .forEach(never::add);
      given.put(pool.name(), Ranges.without(pool.ranges(), never));
    }
    SortedMap<PoolName, BigInteger> used = used(future, given);
    SortedMap<PoolName, PoolUse> uses = new TreeMap<>();
    for (AddressPool pool : pools) {
      BigInteger size =
          given.getOrDefault(pool.name(), List.of()).stream()
              .map(range -> size(pool, range))
              .reduce(BigInteger.ZERO, BigInteger::add);
      uses.put(pool.name(), new PoolUse(size, used.getOrDefault(pool.name(), BigInteger.ZERO)));
    }
    return uses;
  }

  /// What rests can be given.
  private static SortedMap<PoolName, BigInteger> used(
      Future future, SortedMap<PoolName, List<IpRange>> given) {
    // first address of a range → its pool
    NavigableMap<IpRange, PoolName> byRange = new TreeMap<>();
    given.forEach((pool, ranges) -> ranges.forEach(range -> byRange.put(range, pool)));
    SortedMap<PoolName, BigInteger> used = new TreeMap<>();
    for (AllocationRecord record : future.ledger().records().values()) {
      if (record.state() != State.RESTING) {
        pool(byRange, record).ifPresent(pool -> used.merge(pool, BigInteger.ONE, BigInteger::add));
      }
    }
    return used;
  }

  private static Optional<PoolName> pool(
      NavigableMap<IpRange, PoolName> byRange, AllocationRecord record) {
    IpRange self = new IpRange(record.address(), record.address());
    return Optional.ofNullable(byRange.ceilingEntry(self))
        .filter(entry -> entry.getKey().contains(record.address()))
        .or(
            () ->
                Optional.ofNullable(byRange.floorEntry(self))
                    .filter(entry -> entry.getKey().contains(record.address())))
        .map(entry -> entry.getValue());
  }

  private static BigInteger size(AddressPool pool, IpRange range) {
    return pool.endOctets() == EndOctets.AVOIDED
            && range.first() instanceof Ipv4 first
            && range.last() instanceof Ipv4 last
        ? range.size().subtract(BigInteger.valueOf(endOctets(first, last)))
        : range.size();
  }

  /// How many addresses of the range end in 0 or 255.
  private static long endOctets(Ipv4 first, Ipv4 last) {
    long from = Integer.toUnsignedLong(first.bits());
    long to = Integer.toUnsignedLong(last.bits());
    long zeros = Math.floorDiv(to, 256) - Math.floorDiv(from - 1, 256);
    long ends = Math.floorDiv(to + 1, 256) - Math.floorDiv(from, 256);
    return zeros + ends;
  }
}
