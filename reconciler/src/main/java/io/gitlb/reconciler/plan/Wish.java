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
  /// @param addresses at most one of a family, all of families that the Service has; sorted
  /// @param why pinned or requested
  /// @param pool the pool that they must lie in
  record These(List<IpAddress> addresses, AllocationRecord.Reason why, Optional<AddressPool> pool)
      implements Wish {

    public These {
      addresses = List.copyOf(addresses);
    }
  }

  /// Any address of this pool, which admits the Service.
  record Within(AddressPool pool) implements Wish {}

  /// Any address.
  record Anything() implements Wish {}

  /// Something that cannot be.
  record Wrong(Refusal cause) implements Wish {}
}
