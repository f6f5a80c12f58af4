// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.lease.Wants;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// Adds up which blocks of shared pools those who wait need.
final class BlockWants {

  /// block and its pool → how many Services want an address of it
  private final SortedMap<Block, Asked> blocks = new TreeMap<>();

  /// space → how many addresses of it are wanted
  private final SortedMap<Space, Integer> addresses = new TreeMap<>();

  private record Asked(PoolName pool, int services) {}

  /// What one Service needs.
  ///
  /// @param blocks block → its pool
  /// @param addresses space → how many
  record Share(SortedMap<Block, PoolName> blocks, SortedMap<Space, Integer> addresses) {

    static final Share NONE = new Share(new TreeMap<>(), new TreeMap<>());
  }

  void add(Share share) {
    share
        .blocks()
        .forEach(
            (block, pool) ->
                blocks.merge(
                    block, new Asked(pool, 1), (a, b) -> new Asked(pool, a.services() + 1)));
    share.addresses().forEach((space, count) -> addresses.merge(space, count, Integer::sum));
  }

  void remove(Share share) {
    for (Block block : share.blocks().keySet()) {
      blocks.computeIfPresent(
          block,
          (_, asked) ->
              asked.services() == 1 ? null : new Asked(asked.pool(), asked.services() - 1));
    }
    share
        .addresses()
        .forEach(
            (space, count) ->
                addresses.computeIfPresent(
                    space, (_, sum) -> sum.equals(count) ? null : Integer.valueOf(sum - count)));
  }

  /// @param leasable the addresses of a space that would do
  Wants toWants(Function<Space, List<IpRange>> leasable) {
    if (blocks.isEmpty() && addresses.isEmpty()) {
      return Wants.NONE;
    }
    SortedMap<Block, PoolName> named = new TreeMap<>();
    blocks.forEach((block, asked) -> named.put(block, asked.pool()));
    SortedMap<Space, Wants.Amount> amounts = new TreeMap<>();
    addresses.forEach(
        (space, count) -> amounts.put(space, new Wants.Amount(count, leasable.apply(space))));
    return new Wants(named, amounts);
  }
}
