// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

/// One change of the branch `leases`.
public sealed interface LeaseEdit {

  /// The block whose file changes.
  Block block();

  /// The lease as it will be, or as it was before it ended.
  Lease lease();

  /// A block that nobody had.
  record Take(Lease lease) implements LeaseEdit {

    @Override
    public Block block() {
      return lease.block();
    }
  }

  /// Its cluster gives the block back.
  record Return(Lease lease) implements LeaseEdit {

    @Override
    public Block block() {
      return lease.block();
    }
  }

  /// A block of a cluster that is gone for good, as an Approval says.
  ///
  /// @param before who had it
  /// @param approval the name of the Approval
  record Reclaim(Lease lease, Lease before, String approval) implements LeaseEdit {

    @Override
    public Block block() {
      return lease.block();
    }
  }
}
