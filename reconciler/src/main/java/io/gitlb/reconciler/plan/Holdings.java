// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The records as they will be, who holds them, and the edits that lead there.
final class Holdings {

  private final Ledger before;
  private final Inventory inventory;

  /// address → its record now
  private final SortedMap<IpAddress, AllocationRecord> records;

  /// Service → the addresses whose records name it (1:N), releasing ones too
  private final Map<ServiceRef, SortedSet<IpAddress>> byService = new HashMap<>();

  /// address → its one edit, in the order of the first
  private final Map<IpAddress, LedgerEdit> edits = new LinkedHashMap<>();

  Holdings(Ledger before, Inventory inventory) {
    this.before = before;
    this.inventory = inventory;
    this.records = new TreeMap<>(before.records());
    for (AllocationRecord record : records.values()) {
      inventory.record(record.address());
      index(record);
    }
  }

  private void index(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      byService.computeIfAbsent(holder.service(), _ -> new TreeSet<>()).add(record.address());
    }
  }

  private void unindex(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      SortedSet<IpAddress> addresses = byService.get(holder.service());
      if (addresses != null) {
        addresses.remove(record.address());
      }
    }
  }

  /// All records, sorted by address; a copy.
  List<AllocationRecord> all() {
    return List.copyOf(records.values());
  }

  Optional<AllocationRecord> at(IpAddress address) {
    return Optional.ofNullable(records.get(address));
  }

  /// What the Service has, sorted by address; nothing that is being released.
  List<AllocationRecord> heldBy(ServiceRef service) {
    return of(service).stream().filter(record -> record.state() != State.RELEASING).toList();
  }

  /// What the Service had last and is not free yet, sorted by address.
  List<AllocationRecord> releasingOf(ServiceRef service) {
    return of(service).stream().filter(record -> record.state() == State.RELEASING).toList();
  }

  private List<AllocationRecord> of(ServiceRef service) {
    List<AllocationRecord> found = new ArrayList<>();
    for (IpAddress address : byService.getOrDefault(service, new TreeSet<>())) {
      at(address).ifPresent(found::add);
    }
    return found;
  }

  void put(AllocationRecord record, Action action) {
    AllocationRecord last = records.put(record.address(), record);
    if (last != null) {
      if (last.equals(record)) {
        return;
      }
      unindex(last);
    }
    index(record);
    inventory.record(record.address());
    if (record.equals(before.records().get(record.address()))) {
      edits.remove(record.address());
    } else {
      edits.put(record.address(), new LedgerEdit.Put(record, action));
    }
  }

  void delete(AllocationRecord record, Action action) {
    records.remove(record.address());
    unindex(record);
    inventory.unrecord(record.address());
    edits.put(record.address(), new LedgerEdit.Delete(record, action));
  }

  /// The edits in the order in which their addresses were first touched.
  List<LedgerEdit> edits() {
    return List.copyOf(edits.values());
  }
}
