// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.lease.Neighbour;
import io.gitlb.schema.value.IpRange;
import java.util.List;

/// The ledgers of the other clusters on the ledger's repository.
public interface NeighbourStore {

  /// Looks for records and pools of other clusters. Blocks, bounded by the adapter's deadline. When
  /// the remote is away it answers with what was seen last.
  ///
  /// @param ranges in which records are looked for
  Sight look(List<IpRange> ranges);

  /// What was seen.
  ///
  /// @param neighbours by name
  /// @param failures why that is old or not all
  record Sight(List<Neighbour> neighbours, List<Failure> failures) {

    public Sight {
      neighbours = List.copyOf(neighbours);
      failures = List.copyOf(failures);
    }
  }
}
