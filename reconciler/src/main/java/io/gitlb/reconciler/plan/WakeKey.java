// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;

/// Something whose change may help, or concern, a Service that was decided on before.
sealed interface WakeKey {

  /// The pool has an address of the family to give again.
  record Space(PoolName pool, IpFamily family) implements WakeKey {}

  /// The shared pool has no address of the family to give any more.
  record Closed(PoolName pool, IpFamily family) implements WakeKey {}

  /// The pool has one address of the family less to give.
  record Fewer(PoolName pool, IpFamily family) implements WakeKey {}

  /// The address has another record, or somebody in the cluster uses it or not.
  record Address(IpAddress address) implements WakeKey {}

  /// Speakers announce the address now, or no longer.
  record Announced(IpAddress address) implements WakeKey {}

  /// The namespace has fewer addresses of the pool.
  record Quota(PoolName pool, String namespace) implements WakeKey {}

  /// Somebody with this key has an address, other ports or another backend.
  record Sharing(SharingKey key) implements WakeKey {}
}
