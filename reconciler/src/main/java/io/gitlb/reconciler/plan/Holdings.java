// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The records as they will be, who has them, and the edits that lead there. Lives on from pass to
/// pass; each pass begins with what the ledger says.
final class Holdings {

  private final Inventory inventory;

  /// Is told of every record that changes, after the indexes have followed.
  private final Consumer<Change<IpAddress, AllocationRecord>> listener;

  /// Is told when a namespace nears or leaves the end of its quota.
  private final Consumer<WakeKey.Quota> quotaListener;

  private SnapshotMap<IpAddress, AllocationRecord> committed = SnapshotMap.empty();
  private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();

  /// Service → the addresses whose records name it (1:N), sorted, in whatever state
  private final Map<ServiceRef, List<IpAddress>> byService = new HashMap<>();

  /// sharing key → the allocated addresses of which a holder has it
  private final Map<SharingKey, NavigableSet<IpAddress>> bySharing = new HashMap<>();

  /// pool with a quota and namespace → the addresses that count against it
  private final Map<Share, Integer> shares = new HashMap<>();

  /// Records whose state ends by itself.
  private final NavigableSet<Due> due = new TreeSet<>();

  /// address → its one edit
  private Map<IpAddress, LedgerEdit> edits = new HashMap<>();

  private record Share(PoolName pool, String namespace) {}

  private record Due(Instant at, IpAddress address) implements Comparable<Due> {

    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : address.compareTo(other.address);
    }
  }

  Holdings(
      Inventory inventory,
      Consumer<Change<IpAddress, AllocationRecord>> listener,
      Consumer<WakeKey.Quota> quotaListener) {
    this.inventory = inventory;
    this.listener = listener;
    this.quotaListener = quotaListener;
  }

  /// Begins a pass: what the ledger says counts, whatever was meant to be written to it.
  ///
  /// @return what differs from what was expected
  List<Change<IpAddress, AllocationRecord>> begin(SnapshotMap<IpAddress, AllocationRecord> ledger) {
    List<Change<IpAddress, AllocationRecord>> changes = ledger.changesSince(records);
    // Clearing the old one would cost what the largest pass needed.
    edits = new HashMap<>();
    committed = ledger;
    records = ledger;
    changes.forEach(this::follow);
    return changes;
  }

  private void follow(Change<IpAddress, AllocationRecord> change) {
    change.before().ifPresent(this::unindex);
    change.after().ifPresent(this::index);
    listener.accept(change);
  }

  private void index(AllocationRecord record) {
    boolean _ = inventory.record(record);
    for (Holder holder : record.holders()) {
      byService.merge(holder.service(), List.of(record.address()), Holdings::union);
    }
    if (isHad(record)) {
      shareOf(record).forEach(share -> count(share, 1));
    }
    if (isOpenToSharers(record)) {
      keysOf(record)
          .forEach(
              key -> bySharing.computeIfAbsent(key, _ -> new TreeSet<>()).add(record.address()));
    }
    end(record).ifPresent(at -> due.add(new Due(at, record.address())));
  }

  private void unindex(AllocationRecord record) {
    boolean _ = inventory.unrecord(record);
    for (Holder holder : record.holders()) {
      byService.computeIfPresent(
          holder.service(), (_, addresses) -> without(addresses, record.address()));
    }
    if (isHad(record)) {
      shareOf(record).forEach(share -> count(share, -1));
    }
    if (isOpenToSharers(record)) {
      keysOf(record)
          .forEach(
              key ->
                  bySharing.computeIfPresent(
                      key, (_, addresses) -> without(addresses, record.address())));
    }
    end(record).ifPresent(at -> due.remove(new Due(at, record.address())));
  }

  /// As long as the quota is far away, nobody is told: nobody asks for more than so many at once.
  private void count(Share share, int step) {
    int before = shares.getOrDefault(share, 0);
    int after = before + step;
    if (after == 0) {
      shares.remove(share);
    } else {
      shares.put(share, after);
    }
    int quota =
        inventory
            .pool(share.pool())
            .map(pool -> pool.rules().quota().orElse(Integer.MAX_VALUE))
            .orElse(Integer.MAX_VALUE);
    int room = quota - Math.max(before, after);
    if (room >= -1 && room < WishReader.MOST_ADDRESSES) {
      quotaListener.accept(new WakeKey.Quota(share.pool(), share.namespace()));
    }
  }

  private static List<IpAddress> union(List<IpAddress> some, List<IpAddress> more) {
    return Stream.concat(some.stream(), more.stream()).distinct().sorted().toList();
  }

  private static @Nullable List<IpAddress> without(List<IpAddress> addresses, IpAddress address) {
    List<IpAddress> rest = addresses.stream().filter(other -> !other.equals(address)).toList();
    return rest.isEmpty() ? null : rest;
  }

  private static @Nullable NavigableSet<IpAddress> without(
      NavigableSet<IpAddress> addresses, IpAddress address) {
    addresses.remove(address);
    return addresses.isEmpty() ? null : addresses;
  }

  /// Whether others may join who has the address, now or while the link is asked for it.
  static boolean isOpenToSharers(AllocationRecord record) {
    return record.state() == State.ALLOCATED || record.state() == State.PROBING;
  }

  /// Whether somebody has the address; otherwise its holders are its last ones.
  static boolean isHad(AllocationRecord record) {
    return switch (record.state()) {
      case PROBING, ALLOCATED, HELD -> true;
      case CONFLICTED, RELEASING, RETAINED, RESTING -> false;
    };
  }

  private Set<Share> shareOf(AllocationRecord record) {
    Optional<AddressPool> pool = inventory.poolOf(record.address());
    if (pool.isEmpty() || pool.get().rules().quota().isEmpty()) {
      return Set.of();
    }
    return record.holders().stream()
        .map(holder -> new Share(pool.get().name(), holder.service().namespace()))
        .collect(Collectors.toSet());
  }

  private static Set<SharingKey> keysOf(AllocationRecord record) {
    if (record.holders().size() == 1) {
      return record.holders().getFirst().sharing().map(Set::of).orElse(Set.of());
    }
    return record.holders().stream()
        .flatMap(holder -> holder.sharing().stream())
        .collect(Collectors.toSet());
  }

  /// When the record's state ends by itself.
  private Optional<Instant> end(AllocationRecord record) {
    return switch (record.state()) {
      case PROBING, CONFLICTED, ALLOCATED, HELD -> Optional.empty();
      case RELEASING -> Optional.of(record.since().plus(Planner.RELEASE_LIMIT));
      case RETAINED -> Optional.of(record.since().plus(retain(record)));
      case RESTING -> Optional.of(record.since().plus(reuseDelay(record)));
    };
  }

  /// How long the address waits for its deleted Service; no time in no pool.
  Duration retain(AllocationRecord record) {
    return inventory
        .poolOf(record.address())
        .map(pool -> pool.rules().retain())
        .orElse(Duration.ZERO);
  }

  /// How long the address rests; no time in no pool.
  Duration reuseDelay(AllocationRecord record) {
    return inventory
        .poolOf(record.address())
        .map(pool -> pool.rules().reuseDelay())
        .orElse(Duration.ZERO);
  }

  /// The records whose state has ended, sorted by time.
  List<AllocationRecord> due(Instant now) {
    return due.stream()
        .takeWhile(entry -> !entry.at().isAfter(now))
        .flatMap(entry -> at(entry.address()).stream())
        .toList();
  }

  /// When the next record's state ends by itself.
  Optional<Instant> nextDue() {
    return due.isEmpty() ? Optional.empty() : Optional.of(due.first().at());
  }

  /// All records.
  SnapshotMap<IpAddress, AllocationRecord> all() {
    return records;
  }

  /// The records that the pass began with.
  SnapshotMap<IpAddress, AllocationRecord> committed() {
    return committed;
  }

  Optional<AllocationRecord> at(IpAddress address) {
    return records.find(address);
  }

  /// What the Service has, sorted by address.
  List<AllocationRecord> heldBy(ServiceRef service) {
    return byService.containsKey(service)
        ? of(service).filter(Holdings::isHad).toList()
        : List.of();
  }

  /// Whether the Service has an address.
  boolean hasAny(ServiceRef service) {
    return byService.containsKey(service) && of(service).anyMatch(Holdings::isHad);
  }

  /// What the Service had last and nobody else has got, sorted by address.
  List<AllocationRecord> lastOf(ServiceRef service) {
    if (!byService.containsKey(service)) {
      return List.of();
    }
    return of(service)
        .filter(record -> record.state() == State.RELEASING || record.state() == State.RETAINED)
        .toList();
  }

  private Stream<AllocationRecord> of(ServiceRef service) {
    return byService.getOrDefault(service, List.of()).stream()
        .flatMap(address -> at(address).stream());
  }

  /// The allocated addresses that somebody with this key has, ascending.
  NavigableSet<IpAddress> sharedUnder(SharingKey key) {
    return bySharing.getOrDefault(key, Collections.emptyNavigableSet());
  }

  /// How many addresses of the pool the namespace's Services have; only counted where there is a
  /// quota.
  int share(PoolName pool, String namespace) {
    return shares.getOrDefault(new Share(pool, namespace), 0);
  }

  /// Writes a record. The first action of a pass on an address that had no record says it all.
  void put(AllocationRecord record, Action action) {
    Optional<AllocationRecord> last = at(record.address());
    if (last.filter(record::equals).isPresent()) {
      return;
    }
    records = records.with(record.address(), record);
    if (committed.find(record.address()).filter(record::equals).isPresent()) {
      edits.remove(record.address());
    } else {
      edits.put(record.address(), new LedgerEdit.Put(record, firstAction(record, action)));
    }
    follow(new Change<>(record.address(), last, Optional.of(record)));
  }

  private Action firstAction(AllocationRecord record, Action action) {
    boolean fresh = !committed.containsKey(record.address());
    return fresh && edits.get(record.address()) instanceof LedgerEdit.Put put
        ? put.action()
        : action;
  }

  /// Removes a record; the address is free.
  void delete(AllocationRecord record, Action action) {
    records = records.without(record.address());
    if (committed.containsKey(record.address())) {
      edits.put(record.address(), new LedgerEdit.Delete(record, action));
    } else {
      edits.remove(record.address());
    }
    follow(new Change<>(record.address(), Optional.of(record), Optional.empty()));
  }

  /// The edits: first what somebody gets, then what is given up, each by address.
  List<LedgerEdit> edits() {
    return edits.values().stream()
        .sorted(Comparator.comparing(LedgerEdit::action).thenComparing(LedgerEdit::address))
        .toList();
  }
}
