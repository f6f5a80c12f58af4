// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The addresses of each Service, as far as records were added that name it. With one owner.
public final class HolderIndex {

  /// Service → its addresses (1:N)
  private final Map<ServiceRef, SortedSet<IpAddress>> addresses = new HashMap<>();

  /// From now on its holders have the record's address.
  public void add(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      addresses.computeIfAbsent(holder.service(), _ -> new TreeSet<>()).add(record.address());
    }
  }

  /// Its holders have the record's address no longer, if they had.
  public void remove(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      addresses.computeIfPresent(
          holder.service(),
          (_, has) -> {
            has.remove(record.address());
            return has.isEmpty() ? null : has;
          });
    }
  }

  /// Until the next change; empty when no record names it.
  public SortedSet<IpAddress> of(ServiceRef service) {
    SortedSet<IpAddress> has = addresses.get(service);
    return has == null ? Collections.emptySortedSet() : Collections.unmodifiableSortedSet(has);
  }
}
