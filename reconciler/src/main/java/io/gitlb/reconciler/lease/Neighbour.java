// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Another cluster with a ledger in the same repository, as it has last told.
///
/// @param records the addresses that its ledger has a record of, in whatever state, among those
///   that were asked for
/// @param pools that its definitions give it, by the config commits that its ledger and the ref
///   `refs/gitlb/CLUSTER/accepted` name; empty when none of them can be read
/// @param asOf those commits, for people
public record Neighbour(
    ClusterName cluster, SortedSet<IpAddress> records, List<AddressPool> pools, String asOf) {

  public Neighbour {
    records = Collections.unmodifiableSortedSet(new TreeSet<>(records));
    pools = List.copyOf(pools);
  }
}
