// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.SnapshotMap;

/// Addresses that the cluster uses itself and that a pool must not give away. Those of nodes and
/// their pods are in [NodeView].
///
/// @param single address → who uses it, in words: `the cluster IP of default/web`, `the API server`
/// @param ranges range → who uses it, in words: `Services (ServiceCIDR kubernetes)`
/// @param squatters address of a pool → who on the link uses it although nobody was given it
public record ClusterAddresses(
    SnapshotMap<IpAddress, String> single,
    SnapshotMap<IpRange, String> ranges,
    SnapshotMap<IpAddress, String> squatters) {

  /// Without squatters.
  public ClusterAddresses(
      SnapshotMap<IpAddress, String> single, SnapshotMap<IpRange, String> ranges) {
    this(single, ranges, SnapshotMap.empty());
  }

  /// Nothing is known.
  public static final ClusterAddresses NONE =
      new ClusterAddresses(SnapshotMap.empty(), SnapshotMap.empty());
}
