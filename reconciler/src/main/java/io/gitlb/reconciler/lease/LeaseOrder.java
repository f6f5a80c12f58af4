// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a cluster orders of the branch `leases` at one time.
///
/// @param terms what its leases say beside the block
/// @param wants blocks and addresses to lease
/// @param returned blocks to give back; the caller gives no address of them any more
/// @param reclaimed blocks of clusters that are gone, as an Approval says
public record LeaseOrder(
    Terms terms, Wants wants, SortedSet<Block> returned, SortedMap<Block, Reclaimed> reclaimed)
    implements LeaseRule {

  /// Most blocks of one commit, 1,024 addresses: who needs more than that lets the others have a
  /// turn in between.
  public static final int MOST_BLOCKS = 64;

  public LeaseOrder {
    returned = Collections.unmodifiableSortedSet(new TreeSet<>(returned));
    reclaimed = Collections.unmodifiableSortedMap(new TreeMap<>(reclaimed));
  }

  /// What the leases of one order have in common.
  public record Terms(ClusterName self, String clusterUid, String configCommit, Instant now) {

    Lease lease(Block block, PoolName pool, Optional<ClusterName> reclaimedFrom) {
      return new Lease(block, pool, self, clusterUid, now, configCommit, reclaimedFrom);
    }
  }

  /// A block to take over.
  ///
  /// @param before the lease that the Approval is about; another one is left alone
  /// @param approval the Approval's name
  public record Reclaimed(Lease before, String approval) {}

  /// Nothing to do, whatever the branch holds.
  public boolean isEmpty() {
    return wants.equals(Wants.NONE) && returned.isEmpty() && reclaimed.isEmpty();
  }

  @Override
  public List<LeaseEdit> edits(SnapshotMap<Block, Lease> table) {
    SortedMap<Block, LeaseEdit> edits = new TreeMap<>();
    returned.forEach(
        block ->
            table
                .find(block)
                .filter(lease -> lease.cluster().equals(terms.self()))
                .ifPresent(lease -> edits.put(block, new LeaseEdit.Return(lease))));
    reclaimed.forEach(
        (block, what) ->
            table
                .find(block)
                .filter(what.before()::equals)
                .ifPresent(lease -> edits.put(block, reclaim(lease, what))));
    // What is given back here and now is not taken again: it counts as leased until the next time.
    SnapshotMap<Block, Lease> taken = table;
    for (var wanted : wants.blocks().entrySet()) {
      if (edits.size() < MOST_BLOCKS && !taken.containsKey(wanted.getKey())) {
        taken = take(wanted.getKey(), wanted.getValue(), taken, edits);
      }
    }
    for (var wanted : wants.addresses().entrySet()) {
      Wants.Amount amount = wanted.getValue();
      int left = MOST_BLOCKS - edits.size();
      for (Block block : FreeBlocks.lowest(amount.givable(), taken, amount.addresses(), left)) {
        taken = take(block, wanted.getKey().pool(), taken, edits);
      }
    }
    return List.copyOf(edits.values());
  }

  private LeaseEdit reclaim(Lease before, Reclaimed what) {
    Lease lease = terms.lease(before.block(), before.pool(), Optional.of(before.cluster()));
    return new LeaseEdit.Reclaim(lease, before, what.approval());
  }

  private SnapshotMap<Block, Lease> take(
      Block block,
      PoolName pool,
      SnapshotMap<Block, Lease> taken,
      SortedMap<Block, LeaseEdit> edits) {
    Lease lease = terms.lease(block, pool, Optional.empty());
    edits.put(block, new LeaseEdit.Take(lease));
    return taken.with(block, lease);
  }
}
