// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import java.util.List;
import java.util.Optional;

/// What a Service, or a PinnedIP for it, asks for.
sealed interface Wish {

  /// These very addresses.
  ///
  /// @param addresses all of families that the Service has; sorted
  /// @param why pinned or requested
  /// @param pool the pool that they must lie in
  /// @param count how many addresses of a family it wants; where more are named, those
  record These(
      List<IpAddress> addresses, AllocationRecord.Reason why, Optional<AddressPool> pool, int count)
      implements Wish {

    public These {
      addresses = List.copyOf(addresses);
    }
  }

  /// Any addresses of this pool, which admits the Service.
  ///
  /// @param count how many of each family
  record Within(AddressPool pool, int count) implements Wish {}

  /// Any addresses.
  ///
  /// @param count how many of each family
  record Anything(int count) implements Wish {}

  /// Something that cannot be.
  record Wrong(Refusal cause) implements Wish {}
}
