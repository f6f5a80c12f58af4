// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Optional;

/// The branch `leases`, worked on behind the loop's back: nothing in here waits.
public interface LeasePort {

  /// A repository that no other cluster uses: nothing is leased and nothing can be.
  LeasePort NONE =
      new LeasePort() {
        @Override
        public Optional<Standing> standing() {
          return Optional.of(new Standing(0, SnapshotMap.empty(), List.of(), Optional.empty()));
        }

        @Override
        public void order(LeaseOrder order, long version) {
          // There is no branch to change.
        }
      };

  /// What is known of the branch; empty while nobody knows whether it can be reached.
  Optional<Standing> standing();

  /// Asks for a change. Whoever runs the loop is woken when it is done, or has failed; then there
  /// is another standing. Only the newest order counts, and none whose standing is not the present
  /// one.
  ///
  /// @param version of the standing that the order was made from
  void order(LeaseOrder order, long version);

  /// The branch at one time.
  ///
  /// @param version grows with every answer of the remote that tells or changes something
  /// @param table block → who has it
  /// @param failure why the remote did not answer last time
  record Standing(
      long version,
      SnapshotMap<Block, Lease> table,
      List<Failure> notices,
      Optional<Failure> failure) {

    public Standing {
      notices = List.copyOf(notices);
    }
  }
}
