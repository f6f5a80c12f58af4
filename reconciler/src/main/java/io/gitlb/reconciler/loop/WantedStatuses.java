// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.HolderIndex;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What each Service's status shall say. Only what the committed ledger bears out is told to the
/// cluster.
///
/// Remembers the picture that it looked at last, so that a look costs what has changed since.
final class WantedStatuses {

  private Optional<Picture> seen = Optional.empty();

  /// What the ledger says that Services have.
  private final HolderIndex held = new HolderIndex();

  /// Services that were not told what is decided, because it is not in the ledger yet.
  private final Set<ServiceRef> waiting = new HashSet<>();

  /// All that statuses depend on.
  ///
  /// @param decisions Service → what the plan decided
  /// @param records as committed
  /// @param backlog what of the plan is not
  /// @param announcing address → what becomes of it on the nodes
  /// @param heldBack why the records do not have all that is committed, when that may take long
  record Picture(
      ClusterView view,
      SnapshotMap<ServiceRef, Decision> decisions,
      SnapshotMap<IpAddress, AllocationRecord> records,
      Backlog backlog,
      SnapshotMap<IpAddress, Announcing> announcing,
      Optional<String> heldBack) {}

  /// Looks at another picture.
  ///
  /// @return the Services of which something has changed
  SortedSet<ServiceRef> follow(Picture next) {
    SortedSet<ServiceRef> touched = new TreeSet<>();
    next.view()
        .services()
        .changesSince(seen.map(p -> p.view().services()).orElse(SnapshotMap.empty()))
        .forEach(change -> touched.add(change.key()));
    next.decisions()
        .changesSince(seen.map(Picture::decisions).orElse(SnapshotMap.empty()))
        .forEach(change -> touched.add(change.key()));
    for (SnapshotMap.Change<IpAddress, AllocationRecord> change :
        next.records().changesSince(seen.map(Picture::records).orElse(SnapshotMap.empty()))) {
      change.before().filter(WantedStatuses::isHad).ifPresent(held::remove);
      change.after().filter(WantedStatuses::isHad).ifPresent(held::add);
      Stream.concat(change.before().stream(), change.after().stream())
          .forEach(record -> touched.addAll(holders(record)));
    }
    next.announcing()
        .changesSince(seen.map(Picture::announcing).orElse(SnapshotMap.empty()))
        .forEach(
            change ->
                next.records()
                    .find(change.key())
                    .ifPresent(record -> touched.addAll(holders(record))));
    seen = Optional.of(next);
    return touched;
  }

  /// The Services whose decision is not in the ledger yet, as far as they were looked at.
  Set<ServiceRef> waiting() {
    return Collections.unmodifiableSet(waiting);
  }

  /// Who has the address, not who had it.
  static List<ServiceRef> holders(AllocationRecord record) {
    return isHad(record) ? record.holders().stream().map(Holder::service).toList() : List.of();
  }

  private static boolean isHad(AllocationRecord record) {
    return switch (record.state()) {
      case ALLOCATED, HELD -> true;
      case PROBING, CONFLICTED, RELEASING, RETAINED, RESTING -> false;
    };
  }

  /// What the status shall say under the picture that was looked at last; empty: leave it as it is.
  Optional<StatusContent> of(ServiceView service) {
    Optional<Decision> decision = seen.flatMap(picture -> picture.decisions().find(service.ref()));
    Optional<StatusContent> content =
        decision.filter(this::isRecorded).map(recorded -> content(service, recorded));
    if (decision.isEmpty() || content.isPresent()) {
      waiting.remove(service.ref());
      return content;
    }
    waiting.add(service.ref());
    return seen.filter(picture -> !picture.backlog().concerns(service.ref()))
        .flatMap(Picture::heldBack)
        .map(why -> heldBack(service, why));
  }

  /// It keeps what it was told.
  private StatusContent heldBack(ServiceView service, String why) {
    Set<IpAddress> has = held.of(service.ref());
    List<IpAddress> kept = service.statusAddresses().stream().filter(has::contains).toList();
    return new StatusContent(
        service.uid(), kept, List.of(AllocatedCondition.heldBack(kept, why), announced(kept)));
  }

  /// The Service is gone.
  void forget(ServiceRef service) {
    waiting.remove(service);
  }

  private boolean isRecorded(Decision decision) {
    if (seen.orElseThrow().backlog().concerns(decision.service())) {
      return false;
    }
    Set<IpAddress> has = held.of(decision.service());
    return switch (decision) {
      case Decision.Release _ -> has.isEmpty();
      case Decision.Keep _, Decision.Assign _, Decision.Hold _, Decision.Refuse _ ->
          has.containsAll(decision.addresses());
    };
  }

  private StatusContent content(ServiceView service, Decision decision) {
    List<Condition> conditions =
        AllocatedCondition.of(decision).stream()
            .flatMap(condition -> Stream.of(condition, announced(decision.addresses())))
            .toList();
    return new StatusContent(service.uid(), decision.addresses(), conditions);
  }

  private Condition announced(List<IpAddress> addresses) {
    return AnnouncedCondition.of(addresses, seen.orElseThrow().announcing());
  }
}
