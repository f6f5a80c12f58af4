// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.Optional;
import java.util.Set;

/// What of the ledger the cluster may be told when the remote has to know it first: nobody gets an
/// address, or a share in one, by a record that the remote does not have. What takes away need not
/// wait.
final class Published {

  private final LedgerConduct.Mode mode;

  /// The records that the remote has, as far as is known; empty before the first push.
  private Optional<SnapshotMap<IpAddress, AllocationRecord>> pushed = Optional.empty();

  Published(LedgerConduct.Mode mode) {
    this.mode = mode;
  }

  /// The remote has these.
  ///
  /// @return whether there is more to tell now
  boolean pushed(SnapshotMap<IpAddress, AllocationRecord> records) {
    boolean more =
        switch (mode) {
          case BEHIND -> false;
          case AHEAD -> !pushed.equals(Optional.of(records));
        };
    pushed = Optional.of(records);
    return more;
  }

  /// The ledger as the cluster may be told.
  ///
  /// @param local as it is on disk
  /// @param view until the remote has been heard of, what a status shows already was told before
  Ledger of(Ledger local, ClusterView view) {
    return switch (mode) {
      case BEHIND -> local;
      case AHEAD ->
          new Ledger(
              local.clusterUid(),
              visible(local.records(), pushed.orElseGet(() -> shown(local.records(), view))),
              local.unreadable(),
              local.files());
    };
  }

  private static SnapshotMap<IpAddress, AllocationRecord> shown(
      SnapshotMap<IpAddress, AllocationRecord> local, ClusterView view) {
    SnapshotMap<IpAddress, AllocationRecord> shown = local;
    for (AllocationRecord record : local.values()) {
      boolean told =
          record.holders().stream()
              .flatMap(holder -> view.services().find(holder.service()).stream())
              .anyMatch(service -> service.statusAddresses().contains(record.address()));
      if (!told) {
        shown = shown.without(record.address());
      }
    }
    return shown;
  }

  private static SnapshotMap<IpAddress, AllocationRecord> visible(
      SnapshotMap<IpAddress, AllocationRecord> local,
      SnapshotMap<IpAddress, AllocationRecord> pushed) {
    SnapshotMap<IpAddress, AllocationRecord> visible = local;
    for (Change<IpAddress, AllocationRecord> change : local.changesSince(pushed)) {
      if (change.after().filter(record -> gives(record, change.before())).isPresent()) {
        visible =
            change.before().isPresent()
                ? visible.with(change.key(), change.before().get())
                : visible.without(change.key());
      }
    }
    return visible;
  }

  /// Whether somebody has the address by this record who had it not by the one before.
  private static boolean gives(AllocationRecord record, Optional<AllocationRecord> before) {
    return !before.map(Published::owners).orElse(Set.of()).containsAll(owners(record));
  }

  private static Set<ServiceRef> owners(AllocationRecord record) {
    return Set.copyOf(WantedStatuses.holders(record));
  }
}
