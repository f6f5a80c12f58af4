// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.reconciler.allocator.Ranges;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which addresses of this cluster's pools are still another one's. A range moves between clusters
/// only after the one that had it has pushed a ledger without records in it, made under definitions
/// that do not give it the range any more; what nobody has looked for yet counts as another one's.
public final class Elsewhere {

  private final ClusterName self;
  private final SnapshotMap<Block, Lease> leases;
  private final SortedMap<IpRange, String> found = new TreeMap<>();

  private Elsewhere(ClusterName self, SnapshotMap<Block, Lease> leases) {
    this.self = self;
    this.leases = leases;
  }

  /// Range of a pool → in words whose it is.
  ///
  /// @param definitions of this cluster
  /// @param looked the ranges that the neighbours were asked for
  public static SortedMap<IpRange, String> of(
      ClusterName self,
      Definitions definitions,
      SnapshotMap<Block, Lease> leases,
      List<Neighbour> neighbours,
      List<IpRange> looked) {
    Elsewhere elsewhere = new Elsewhere(self, leases);
    for (AddressPool pool : definitions.pools()) {
      for (IpRange range : Ranges.without(pool.ranges(), looked)) {
        elsewhere.found.put(range, "nobody knows whom, the other clusters' ledgers are being read");
      }
      neighbours.forEach(neighbour -> elsewhere.compare(pool, neighbour));
    }
    return elsewhere.found;
  }

  private void compare(AddressPool pool, Neighbour neighbour) {
    for (AddressPool other : neighbour.pools()) {
      if (!SharedPools.isShared(pool) || !SharedPools.isShared(other)) {
        for (IpRange range : Ranges.common(pool.ranges(), other.ranges())) {
          found.putIfAbsent(
              range,
              "cluster %s, whose ledger is as of config commit %s, which gives it pool %s"
                  .formatted(neighbour.cluster(), neighbour.asOf(), other.name()));
        }
      }
    }
    for (IpRange range : pool.ranges()) {
      neighbour.records().tailSet(range.first()).stream()
          .takeWhile(range::contains)
          .filter(address -> !isSettled(pool, address, neighbour.cluster()))
          .forEach(
              address ->
                  found.putIfAbsent(
                      new IpRange(address, address),
                      "cluster " + neighbour.cluster() + ", whose ledger has a record of it"));
    }
  }

  /// Of a shared pool the lease decides: it keeps us from the address, or we have reclaimed it.
  private boolean isSettled(AddressPool pool, IpAddress address, ClusterName other) {
    Optional<Lease> lease =
        SharedPools.isShared(pool) ? leases.find(new Block(address)) : Optional.empty();
    return lease
        .filter(
            has ->
                !has.cluster().equals(self)
                    || has.reclaimedFrom().filter(other::equals).isPresent())
        .isPresent();
  }
}
