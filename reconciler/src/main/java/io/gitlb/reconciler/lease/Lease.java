// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.PoolName;
import java.time.Instant;
import java.util.Optional;

/// That a cluster, and no other, gives the addresses of a block.
///
/// @param pool the shared pool that it was leased for
/// @param cluster who has it, by the name of its ledger branch
/// @param clusterUid the UID of its namespace kube-system
/// @param since when it was leased
/// @param configCommit the config commit that was in force then, 40 hexadecimal digits
/// @param reclaimedFrom the cluster that had it before and is gone for good: what its ledger says
///   of these addresses does not count any more
public record Lease(
    Block block,
    PoolName pool,
    ClusterName cluster,
    String clusterUid,
    Instant since,
    String configCommit,
    Optional<ClusterName> reclaimedFrom) {

  /// Stands in for a file that nobody can read: its block is nobody's to give. No branch, and so no
  /// cluster, can be called that.
  public static final ClusterName UNREADABLE = new ClusterName("(unreadable file)");

  /// A block whose file nobody can read.
  public static Lease unreadable(Block block) {
    return new Lease(
        block,
        new PoolName("unknown"),
        UNREADABLE,
        "",
        Instant.EPOCH,
        "0".repeat(40),
        Optional.empty());
  }
}
