// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.SnapshotMap;
import java.util.List;

/// What somebody wants of the branch `leases`, whatever it holds when his turn comes: it is asked
/// again on top of everything that somebody else wrote first. Pure.
public interface LeaseRule {

  /// Nothing is wanted.
  LeaseRule NOTHING = _ -> List.of();

  /// The changes that this table needs.
  ///
  /// @param table block → who has it
  /// @return no two for one block; empty when all is as it should be
  List<LeaseEdit> edits(SnapshotMap<Block, Lease> table);
}
