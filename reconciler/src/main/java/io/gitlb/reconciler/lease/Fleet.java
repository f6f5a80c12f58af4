// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What this cluster knows of those that it shares the repository with. Immutable.
///
/// @param self this cluster
/// @param leases block → who has it; a block of this cluster is there only when the remote has
///   taken the commit that leased it
/// @param elsewhere addresses that another cluster has, or had until a moment ago → in words who
///   and why; may overlap
public record Fleet(
    ClusterName self, SnapshotMap<Block, Lease> leases, SortedMap<IpRange, String> elsewhere) {

  /// Alone, and without a block of any shared pool.
  public static final Fleet NONE =
      new Fleet(new ClusterName("(nobody)"), SnapshotMap.empty(), Collections.emptySortedMap());

  public Fleet {
    elsewhere = Collections.unmodifiableSortedMap(new TreeMap<>(elsewhere));
  }

  /// Who has the block that the address lies in.
  public Optional<Lease> leaseOf(IpAddress address) {
    return leases.find(new Block(address));
  }

  /// Whether the lease is this cluster's. Its name decides: what a cluster is called decides on its
  /// ledger too, and that one says which cluster may go by the name.
  public boolean isOwn(Lease lease) {
    return lease.cluster().equals(self);
  }

  /// The blocks of this cluster, ascending.
  public List<Block> own() {
    return leases.values().stream().filter(this::isOwn).map(Lease::block).toList();
  }
}
