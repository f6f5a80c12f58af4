// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.guard.MassGuard.Loss;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Keeps Services in the view that have an address and are missing without anybody having seen them
/// go: after a start, a lost watch, an empty list.
///
/// A deletion that the API server told of on a watch counts at once, and so does an edit that was
/// seen by which a Service ceases to be ours. What is merely not there is waited for, for ten
/// minutes; then it goes, unless so much goes with it that the [MassGuard] holds it, until it is
/// back or an Approval releases it.
///
/// It lives from pass to pass, with one owner, and costs what has changed.
public final class Absences {

  /// What is missing is waited for as long as this.
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  private SnapshotMap<ServiceRef, ServiceView> seenServices = SnapshotMap.empty();
  private SnapshotMap<ServiceRef, EndpointView> seenEndpoints = SnapshotMap.empty();
  private SnapshotMap<ServiceRef, Long> seenDeleted = SnapshotMap.empty();
  private SnapshotMap<IpAddress, AllocationRecord> seenRecords = SnapshotMap.empty();

  /// What the plan is to see.
  private SnapshotMap<ServiceRef, ServiceView> services = SnapshotMap.empty();

  private SnapshotMap<ServiceRef, EndpointView> endpoints = SnapshotMap.empty();

  /// Service → the addresses that it has (1:N)
  private final Map<ServiceRef, SortedSet<IpAddress>> addresses = new HashMap<>();

  /// pool → how many addresses of it somebody has
  private final Map<PoolName, Integer> had = new HashMap<>();

  private final SortedMap<ServiceRef, Ghost> ghosts = new TreeMap<>();

  /// Services that may go; they do as soon as that is recorded.
  private final Set<ServiceRef> letGo = new HashSet<>();

  private MassGuard losses = MassGuard.NONE;
  private boolean first = true;

  /// A Service that is not there.
  ///
  /// @param since when it was missed
  private record Ghost(
      ServiceView service, EndpointView endpoints, Instant since, Standing standing) {}

  private enum Standing {
    /// It is waited for.
    AWAITED,
    /// It went with too many others.
    GUARDED
  }

  /// All that it depends on.
  ///
  /// @param records as committed
  /// @param approved held addresses that Approvals release
  /// @param guarded Services that were guarded before a restart
  /// @param letting whether anything may go at all
  public record Scene(
      SnapshotMap<IpAddress, AllocationRecord> records,
      ClusterView view,
      SortedSet<IpAddress> approved,
      SortedSet<ServiceRef> guarded,
      Letting letting,
      Instant now) {}

  /// Whether anything may go at all.
  public enum Letting {
    ALLOWED,
    SUSPENDED
  }

  /// The view with those that are missing and must not go.
  public ClusterView steady(Scene scene) {
    SortedSet<ServiceRef> touched = new TreeSet<>();
    follow(scene, touched);
    for (ServiceRef ref : touched) {
      examine(ref, scene);
    }
    first = false;
    remember(scene);
    if (scene.letting() == Letting.ALLOWED && !ghosts.isEmpty()) {
      touched.addAll(judge(scene));
    }
    touched.forEach(ref -> show(ref, scene.view()));
    return ghosts.isEmpty() && letGo.isEmpty()
        ? scene.view()
        : new ClusterView(
            scene.view().clusterUid(),
            services,
            scene.view().nodes(),
            endpoints,
            scene.view().namespaceLabels(),
            scene.view().addresses(),
            scene.view().deleted());
  }

  /// Services that are held because too many are missing.
  public SortedSet<ServiceRef> guarded() {
    SortedSet<ServiceRef> guarded = new TreeSet<>();
    ghosts.forEach(
        (ref, ghost) -> {
          if (ghost.standing() == Standing.GUARDED) {
            guarded.add(ref);
          }
        });
    return Collections.unmodifiableSortedSet(guarded);
  }

  /// The addresses that only guarded Services have.
  public List<AllocationRecord> guardedRecords() {
    return guarded().stream()
        .flatMap(ref -> addressesOf(ref).stream())
        .distinct()
        .flatMap(address -> seenRecords.find(address).stream())
        .filter(record -> record.holders().stream().allMatch(h -> isMissing(h.service())))
        .sorted()
        .toList();
  }

  /// When the next one has been waited for long enough.
  public Optional<Instant> next() {
    return ghosts.values().stream()
        .filter(ghost -> ghost.standing() == Standing.AWAITED)
        .map(ghost -> ghost.since().plus(PATIENCE))
        .min(Instant::compareTo);
  }

  private void follow(Scene scene, SortedSet<ServiceRef> touched) {
    for (Change<IpAddress, AllocationRecord> change : scene.records().changesSince(seenRecords)) {
      change.before().filter(Absences::isHad).ifPresent(record -> count(record, -1, touched));
      change.after().filter(Absences::isHad).ifPresent(record -> count(record, 1, touched));
      if (first) {
        change.after().ifPresent(record -> rememberLoss(record, scene.now()));
      }
    }
    seenRecords = scene.records();
    scene.view().services().changesSince(seenServices).forEach(change -> touched.add(change.key()));
    scene
        .view()
        .endpoints()
        .changesSince(seenEndpoints)
        .forEach(change -> touched.add(change.key()));
    scene.view().deleted().changesSince(seenDeleted).forEach(change -> touched.add(change.key()));
    scene.approved().stream()
        .flatMap(address -> seenRecords.find(address).stream())
        .flatMap(record -> record.holders().stream())
        .forEach(holder -> touched.add(holder.service()));
  }

  private static boolean isHad(AllocationRecord record) {
    return record.state() == State.ALLOCATED || record.state() == State.HELD;
  }

  private void count(AllocationRecord record, int step, SortedSet<ServiceRef> touched) {
    had.merge(record.pool(), step, Integer::sum);
    for (Holder holder : record.holders()) {
      SortedSet<IpAddress> own = addresses.computeIfAbsent(holder.service(), _ -> new TreeSet<>());
      if (step > 0) {
        own.add(record.address());
      } else {
        own.remove(record.address());
      }
      if (own.isEmpty()) {
        addresses.remove(holder.service());
      }
      touched.add(holder.service());
    }
  }

  /// Before a restart things may have gone for any reason: all of it counts.
  private void rememberLoss(AllocationRecord record, Instant now) {
    if (!isHad(record) && record.since().isAfter(now.minus(MassGuard.WINDOW))) {
      losses = losses.with(new Loss(record.since(), record.pool()));
    }
  }

  private SortedSet<IpAddress> addressesOf(ServiceRef ref) {
    return addresses.getOrDefault(ref, Collections.emptySortedSet());
  }

  private void examine(ServiceRef ref, Scene scene) {
    Optional<ServiceView> there = scene.view().services().find(ref);
    if (addressesOf(ref).isEmpty() || there.filter(Absences::isOurs).isPresent()) {
      ghosts.remove(ref);
      letGo.remove(ref);
      return;
    }
    Optional<ServiceView> before = seenServices.find(ref).filter(Absences::isOurs);
    boolean wasSeenToGo =
        scene.view().deleted().containsKey(ref) || (there.isPresent() && before.isPresent());
    if (letGo.contains(ref) || wasSeenToGo || isApproved(ref, scene)) {
      ghosts.remove(ref);
      letGo.add(ref);
    } else if (!ghosts.containsKey(ref)) {
      ghosts.put(ref, ghost(ref, before, scene));
    }
  }

  private static boolean isOurs(ServiceView service) {
    return service.scope() == Scope.OURS;
  }

  private boolean isApproved(ServiceRef ref, Scene scene) {
    return scene.letting() == Letting.ALLOWED && scene.approved().containsAll(addressesOf(ref));
  }

  private Ghost ghost(ServiceRef ref, Optional<ServiceView> before, Scene scene) {
    List<AllocationRecord> records =
        addressesOf(ref).stream().flatMap(address -> seenRecords.find(address).stream()).toList();
    return new Ghost(
        before.orElseGet(() -> Ghosts.service(ref, records)),
        seenEndpoints
            .find(ref)
            .filter(_ -> before.isPresent())
            .orElseGet(
                () -> before.isPresent() ? EndpointView.NONE : Ghosts.endpoints(scene.view())),
        scene.now(),
        scene.guarded().contains(ref) ? Standing.GUARDED : Standing.AWAITED);
  }

  private void remember(Scene scene) {
    seenServices = scene.view().services();
    seenEndpoints = scene.view().endpoints();
    seenDeleted = scene.view().deleted();
  }

  /// Lets those go that were waited for long enough, unless they are too many.
  ///
  /// @return those that go
  private SortedSet<ServiceRef> judge(Scene scene) {
    Instant missedBefore = scene.now().minus(PATIENCE);
    SortedSet<ServiceRef> ripe = new TreeSet<>();
    ghosts.forEach(
        (ref, ghost) -> {
          if (ghost.standing() == Standing.AWAITED && !ghost.since().isAfter(missedBefore)) {
            ripe.add(ref);
          }
        });
    if (ripe.isEmpty()) {
      return ripe;
    }
    losses = losses.at(scene.now());
    Map<PoolName, SortedSet<IpAddress>> going = going(ripe);
    SortedSet<PoolName> tooMuch = new TreeSet<>();
    going.forEach(
        (pool, lost) -> {
          if (losses.isTooMuch(pool, lost.size(), had.getOrDefault(pool, 0))) {
            tooMuch.add(pool);
          }
        });
    SortedSet<ServiceRef> gone = new TreeSet<>();
    for (ServiceRef ref : ripe) {
      if (poolsOf(ref).anyMatch(pool -> tooMuch.contains(pool))) {
        ghosts.computeIfPresent(
            ref,
            (_, ghost) ->
                new Ghost(ghost.service(), ghost.endpoints(), ghost.since(), Standing.GUARDED));
      } else {
        ghosts.remove(ref);
        letGo.add(ref);
        gone.add(ref);
      }
    }
    going.forEach(
        (pool, lost) -> {
          if (!tooMuch.contains(pool)) {
            lost.forEach(_ -> losses = losses.with(new Loss(scene.now(), pool)));
          }
        });
    return gone;
  }

  private Stream<PoolName> poolsOf(ServiceRef ref) {
    return addressesOf(ref).stream()
        .flatMap(address -> seenRecords.find(address).stream())
        .map(AllocationRecord::pool);
  }

  /// pool → what nobody has any more when these go
  private Map<PoolName, SortedSet<IpAddress>> going(SortedSet<ServiceRef> ripe) {
    Map<PoolName, SortedSet<IpAddress>> going = new TreeMap<>();
    for (ServiceRef ref : ripe) {
      for (IpAddress address : addressesOf(ref)) {
        seenRecords
            .find(address)
            .filter(record -> record.holders().stream().allMatch(h -> isMissing(h.service())))
            .ifPresent(
                record -> going.computeIfAbsent(record.pool(), _ -> new TreeSet<>()).add(address));
      }
    }
    return going;
  }

  private boolean isMissing(ServiceRef ref) {
    return ghosts.containsKey(ref) || letGo.contains(ref);
  }

  private void show(ServiceRef ref, ClusterView view) {
    Ghost ghost = ghosts.get(ref);
    Optional<ServiceView> service =
        ghost == null ? view.services().find(ref) : Optional.of(ghost.service());
    services =
        service.map(found -> services.with(ref, found)).orElseGet(() -> services.without(ref));
    Optional<EndpointView> own =
        view.endpoints()
            .find(ref)
            .or(() -> ghost == null ? Optional.empty() : Optional.of(ghost.endpoints()));
    endpoints =
        own.map(found -> endpoints.with(ref, found)).orElseGet(() -> endpoints.without(ref));
  }
}
