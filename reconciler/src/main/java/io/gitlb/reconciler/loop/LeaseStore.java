// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseRule;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.List;

/// The branch `leases`, to which all clusters write.
public interface LeaseStore {

  /// The local copy, without asking the remote: what this cluster may count on until it has. Blocks
  /// that it was giving back when it stopped are not among its own. Fails when there is none.
  Answer known();

  /// Asks the remote and changes the branch as the rule says. Blocks, bounded by the adapter's
  /// deadline.
  Answer sync(LeaseRule rule, Note note);

  /// What a commit says beside the leases.
  ///
  /// @param configCommit the config commit in force, 40 hexadecimal digits
  /// @param now its date
  record Note(String configCommit, Instant now) {}

  /// What reading or writing gave.
  sealed interface Answer {

    /// The branch as the remote has it, with what the rule asked for.
    ///
    /// @param table block → who has it
    /// @param changed how many blocks were leased, given back or reclaimed by this call
    /// @param notices what looked wrong: files that cannot be read, a branch that was set back
    record Synced(SnapshotMap<Block, Lease> table, int changed, List<Failure> notices)
        implements Answer {

      public Synced {
        notices = List.copyOf(notices);
      }
    }

    /// Nothing is known that was not known before, and nothing may have changed.
    record Failed(Failure failure) implements Answer {}
  }
}
