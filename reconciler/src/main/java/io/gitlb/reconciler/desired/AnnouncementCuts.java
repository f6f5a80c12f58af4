// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.HolderIndex;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds the addresses that the definitions in force would announce in fewer ways than those that
/// announced them until now: a commit must not cut live traffic.
///
/// Both are laid over the nodes, Services and peers that there are now, so that only what a commit
/// changed makes a difference: not the health of anything, not an edit of a Service, and not a peer
/// that is gone, which is a session and no right. A node less is no cut as long as another one may
/// announce.
///
/// It lives from pass to pass, with one owner, and looks only at addresses that a difference
/// concerns; what it finds is what a new one would find.
public final class AnnouncementCuts {

  private static final CutInput NOTHING =
      new CutInput(
          "",
          Definitions.NONE,
          Optional.empty(),
          Collections.emptySortedMap(),
          Ledger.EMPTY,
          new ClusterView(
              "",
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              ClusterAddresses.NONE));

  private CutInput last = NOTHING;
  private Ground current = ground(NOTHING, NOTHING.definitions());
  private Optional<Ground> former = Optional.empty();

  /// config commit → its ground
  private final Map<String, Ground> frozen = new HashMap<>();

  private final HolderIndex addresses = new HolderIndex();

  private SnapshotMap<IpAddress, Refusal> cuts = SnapshotMap.empty();

  /// All that it depends on.
  ///
  /// @param commit of the definitions in force
  /// @param former those that were in force until now, while the ones in force are not accepted
  ///   yet; empty when nothing has changed
  /// @param frozen config commit → its definitions, for the records that are held under it
  /// @param ledger as committed
  public record CutInput(
      String commit,
      Definitions definitions,
      Optional<Definitions> former,
      SortedMap<String, Definitions> frozen,
      Ledger ledger,
      ClusterView view) {

    public CutInput {
      frozen = Collections.unmodifiableSortedMap(new TreeMap<>(frozen));
    }
  }

  /// What a new object finds.
  public static SnapshotMap<IpAddress, Refusal> findOnce(CutInput input) {
    return new AnnouncementCuts().find(input);
  }

  /// @return address that somebody has → why it would no longer be announced as before
  public SnapshotMap<IpAddress, Refusal> find(CutInput input) {
    SortedSet<IpAddress> concerned = new TreeSet<>();
    follow(input.ledger().records().changesSince(last.ledger().records()), concerned);
    if (renewGrounds(input)) {
      concerned.addAll(input.ledger().records().keySet());
    } else {
      concernedByCluster(input, concerned);
    }
    last = input;
    concerned.forEach(this::look);
    return cuts;
  }

  private void follow(
      Iterable<Change<IpAddress, AllocationRecord>> changes, SortedSet<IpAddress> concerned) {
    for (Change<IpAddress, AllocationRecord> change : changes) {
      change.before().ifPresent(addresses::remove);
      change.after().ifPresent(addresses::add);
      concerned.add(change.key());
    }
  }

  /// @return whether every address is concerned
  private boolean renewGrounds(CutInput input) {
    if (current.isOf(input.definitions())
        && input.commit().equals(last.commit())
        && input.former().equals(last.former())
        && input.frozen().equals(last.frozen())
        && areNodesSame(input)) {
      return false;
    }
    current = ground(input, input.definitions());
    former = input.former().map(its -> ground(input, its));
    frozen.clear();
    input.frozen().forEach((commit, its) -> frozen.put(commit, ground(input, its)));
    return true;
  }

  private boolean areNodesSame(CutInput input) {
    return input.view().nodes().changesSince(last.view().nodes()).stream()
        .allMatch(change -> change.after().filter(this::isSame).isPresent());
  }

  private boolean isSame(NodeView node) {
    return current.isSame(node)
        && former.stream().allMatch(ground -> ground.isSame(node))
        && frozen.values().stream().allMatch(ground -> ground.isSame(node));
  }

  /// Whether there is a speaker is health, and so is what it reaches.
  private static Ground ground(CutInput input, Definitions definitions) {
    return new Ground(
        definitions,
        input.definitions(),
        input.view().nodes().values(),
        Collections.emptySortedSet(),
        SnapshotMap.empty());
  }

  private void concernedByCluster(CutInput input, SortedSet<IpAddress> concerned) {
    input
        .view()
        .services()
        .changesSince(last.view().services())
        .forEach(change -> concerned.addAll(addresses.of(change.key())));
    input
        .view()
        .endpoints()
        .changesSince(last.view().endpoints())
        .forEach(change -> concerned.addAll(addresses.of(change.key())));
  }

  private void look(IpAddress address) {
    Optional<Refusal> cut = last.ledger().records().find(address).flatMap(this::cut);
    if (!cut.equals(cuts.find(address))) {
      cuts = cut.map(found -> cuts.with(address, found)).orElseGet(() -> cuts.without(address));
    }
  }

  private Optional<Refusal> cut(AllocationRecord record) {
    return switch (record.state()) {
      case ALLOCATED ->
          // What was given under the commit in force was never announced under another one.
          record.configCommit().equals(last.commit())
              ? Optional.empty()
              : former.flatMap(before -> cut(record, before));
      case HELD -> heldUnder(record);
      case PROBING, CONFLICTED, RELEASING, RETAINED, RESTING -> Optional.empty();
    };
  }

  private Optional<Refusal> heldUnder(AllocationRecord record) {
    if (record.configCommit().equals(last.commit())) {
      return Optional.empty();
    }
    Ground before = frozen.get(record.configCommit());
    return before == null
        ? Optional.of(
            Refusal.of(
                Reason.ADVERTISEMENT_GONE,
                "config commit "
                    + record.configCommit()
                    + ", under which "
                    + record.address()
                    + " is held, cannot be read; until it can, or an Approval releases the"
                    + " address, it is announced as the definitions in force say"))
        : cut(record, before);
  }

  private Optional<Refusal> cut(AllocationRecord record, Ground before) {
    return ways(record, before)
        .lackingIn(ways(record, current))
        .map(
            lost ->
                Refusal.of(
                    Reason.ADVERTISEMENT_GONE,
                    "no advertisement announces " + record.address() + " " + lost + " any more"));
  }

  private Ways ways(AllocationRecord record, Ground ground) {
    List<ServiceView> services =
        record.holders().stream()
            .flatMap(holder -> last.view().services().find(holder.service()).stream())
            .filter(service -> service.scope() == Scope.OURS)
            .toList();
    Optional<AddressPool> pool = ground.poolOf(record.address(), record.pool());
    if (pool.isEmpty() || pool.get().rules().presence() == Presence.SILENT) {
      return Ways.NONE;
    }
    Coverage coverage = ground.coverage(pool.get(), services);
    SortedSet<NodeName> local = localNodes(services);
    return local.isEmpty() ? coverage.ways() : coverage.ways(local);
  }

  /// The only nodes that pass traffic on; empty when any does, or when there is nothing to pass it
  /// to anywhere.
  private SortedSet<NodeName> localNodes(List<ServiceView> services) {
    SortedSet<NodeName> nodes = new TreeSet<>();
    for (ServiceView service : services) {
      if (service.trafficPolicy() == TrafficPolicy.CLUSTER) {
        return Collections.emptySortedSet();
      }
      nodes.addAll(last.view().endpointsOf(service.ref()).nodes());
    }
    return nodes;
  }
}
