// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.lease.Wants;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What shall become of every Service, and what the ledger has to record for it.
///
/// @param decisions Service → decision; also Services that are gone and had something; shares with
///   the plan before it what has not changed
/// @param edits in the order of the commits, no two for one address
/// @param nextChange when time alone changes the plan
/// @param skipped addresses of pools that are never given because somebody else uses them; sorted
/// @param wants the blocks of shared pools that Services wait for
public record Plan(
    SnapshotMap<ServiceRef, Decision> decisions,
    List<LedgerEdit> edits,
    Optional<Instant> nextChange,
    List<Skipped> skipped,
    Wants wants) {

  /// Nothing was planned yet.
  public static final Plan NONE =
      new Plan(SnapshotMap.empty(), List.of(), Optional.empty(), List.of(), Wants.NONE);

  public Plan {
    edits = List.copyOf(edits);
    skipped = List.copyOf(skipped);
  }

  /// Addresses of a pool that are never given.
  ///
  /// @param use who uses them, in words
  public record Skipped(PoolName pool, IpRange range, String use) implements Comparable<Skipped> {

    @Override
    public int compareTo(Skipped other) {
      return range.compareTo(other.range);
    }
  }
}
