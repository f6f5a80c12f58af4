// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.value.IpAddress;
import java.util.Optional;

/// One address that a Service shall have.
sealed interface Choice {

  IpAddress address();

  /// Why the definitions no longer give it; only what is kept can have one.
  Optional<Refusal> holdCause();

  /// It has it already.
  ///
  /// @param record as it is
  /// @param why it has it, as of now
  /// @param holdCause why the definitions no longer give it
  /// @param state of the record: held when the definitions give it to none of its holders
  record Kept(
      AllocationRecord record,
      AllocationRecord.Reason why,
      Optional<Refusal> holdCause,
      AllocationRecord.State state)
      implements Choice {

    @Override
    public IpAddress address() {
      return record.address();
    }
  }

  /// It gets it now, alone or together with those who have it.
  record Given(IpAddress address, AllocationRecord.Reason why) implements Choice {

    @Override
    public Optional<Refusal> holdCause() {
      return Optional.empty();
    }
  }
}
