// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.SharedPools;
import io.gitlb.reconciler.plan.Plan.Skipped;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Addresses of pools that somebody outside the ledger uses: nodes, the API server, cluster IPs,
/// pods, and whoever a ReservedRange speaks for. They are never given.
final class Foreign {

  private final PoolIndex pools;
  private final List<Hole> holes = new ArrayList<>();

  /// address in a pool → who uses it, in words; several in the order of their words
  private final TreeMap<IpAddress, TreeSet<String>> single = new TreeMap<>();

  private final SharedPools shared;
  private ClusterView view;
  private Fleet fleet;

  /// @param words who uses it
  private record Hole(IpRange range, Reason reason, String words) {}

  /// Why an address is not to be had.
  ///
  /// @param words who uses it
  record Use(Reason reason, String words) {}

  Foreign(Definitions definitions, PoolIndex pools, ClusterView view, Fleet fleet) {
    this.pools = pools;
    this.view = view;
    this.fleet = fleet;
    this.shared = new SharedPools(definitions);
    fleet.elsewhere().forEach((range, words) -> addHole(range, Reason.OTHER_CLUSTER, words));
    for (ReservedRange reserved : definitions.reservedRanges()) {
      if (!reserved.isClosed()) {
        // The checks saw to it that no pool has too many of these.
        continue;
      }
      String words = "ReservedRange " + reserved.name() + " (" + reserved.reason() + ")";
      reserved.ranges().forEach(range -> addHole(range, Reason.RESERVED, words));
    }
    view.addresses()
        .ranges()
        .forEach((range, words) -> addHole(range, Reason.CLUSTER_ADDRESS, words));
    for (NodeView node : view.nodes().values()) {
      for (IpPrefix prefix : node.podCidrs()) {
        addHole(prefix.toRange(), Reason.CLUSTER_ADDRESS, "the pods of node " + node.name());
      }
      node.addresses().forEach(address -> add(address, words(node.name())));
    }
    view.addresses().single().forEach(this::add);
  }

  /// Ranges that meet no pool are of no interest, which is nearly all of them.
  private void addHole(IpRange range, Reason reason, String words) {
    if (!pools.overlapping(range).isEmpty()) {
      holes.add(new Hole(range, reason, words));
    }
  }

  private static String words(NodeName node) {
    return "node " + node;
  }

  private void add(IpAddress address, String words) {
    if (isPooled(address)) {
      single.computeIfAbsent(address, _ -> new TreeSet<>()).add(words);
    }
  }

  private void remove(IpAddress address, String words) {
    TreeSet<String> users = single.get(address);
    if (users != null) {
      users.remove(words);
      if (users.isEmpty()) {
        single.remove(address);
      }
    }
  }

  private boolean isPooled(IpAddress address) {
    return pools.poolOf(address).isPresent();
  }

  /// Whether another view uses other ranges, so that this has to be made anew.
  boolean hasOtherRanges(ClusterView next) {
    return !next.addresses().ranges().equals(view.addresses().ranges())
        || next.nodes().changesSince(view.nodes()).stream()
            .anyMatch(change -> !podCidrs(change.before()).equals(podCidrs(change.after())));
  }

  private static List<IpPrefix> podCidrs(Optional<NodeView> node) {
    return node.map(NodeView::podCidrs).orElse(List.of());
  }

  /// Takes in the single addresses of another view.
  ///
  /// @return those in pools whose use may have changed, sorted
  List<IpAddress> follow(ClusterView next) {
    TreeSet<IpAddress> changed = new TreeSet<>();
    for (SnapshotMap.Change<IpAddress, String> change :
        next.addresses().single().changesSince(view.addresses().single())) {
      change.before().ifPresent(words -> remove(change.key(), words));
      change.after().ifPresent(words -> add(change.key(), words));
      changed.add(change.key());
    }
    next.addresses()
        .squatters()
        .changesSince(view.addresses().squatters())
        .forEach(change -> changed.add(change.key()));
    for (SnapshotMap.Change<NodeName, NodeView> change : next.nodes().changesSince(view.nodes())) {
      List<IpAddress> before = change.before().map(NodeView::addresses).orElse(List.of());
      List<IpAddress> after = change.after().map(NodeView::addresses).orElse(List.of());
      if (!before.equals(after)) {
        before.forEach(address -> remove(address, words(change.key())));
        after.forEach(address -> add(address, words(change.key())));
        changed.addAll(before);
        changed.addAll(after);
      }
    }
    view = next;
    return changed.stream().filter(this::isPooled).toList();
  }

  /// Ranges of which nothing may be given.
  List<IpRange> ranges() {
    return holes.stream().map(Hole::range).toList();
  }

  /// Single addresses of pools that are used now.
  List<IpAddress> addresses() {
    TreeSet<IpAddress> used = new TreeSet<>(single.keySet());
    view.addresses().squatters().keySet().stream()
        .filter(address -> isPooled(address))
        .forEach(address -> used.add(address));
    return List.copyOf(used);
  }

  /// Who uses the address, if it lies in a pool.
  Optional<Use> use(IpAddress address) {
    TreeSet<String> users = single.get(address);
    if (users != null) {
      return Optional.of(new Use(Reason.CLUSTER_ADDRESS, String.join(" and ", users)));
    }
    return holes.stream()
        .filter(hole -> hole.range().contains(address))
        .findFirst()
        .map(hole -> new Use(hole.reason(), hole.words()))
        .or(() -> squatter(address))
        .or(() -> shared.isEmpty() ? Optional.empty() : lease(address));
  }

  private Optional<Use> squatter(IpAddress address) {
    return isPooled(address)
        ? view.addresses().squatters().find(address).map(words -> new Use(Reason.CONFLICT, words))
        : Optional.empty();
  }

  /// Whether somebody on the link uses addresses of the pool that nobody was given.
  boolean hasSquatters(AddressPool pool) {
    return view.addresses().squatters().keySet().stream()
        .anyMatch(address -> pools.poolOf(address).filter(pool::equals).isPresent());
  }

  /// Of a shared pool only the addresses of this cluster's blocks are to be had.
  private Optional<Use> lease(IpAddress address) {
    if (shared.poolOf(address).isEmpty()) {
      return Optional.empty();
    }
    Optional<Lease> lease = fleet.leaseOf(address);
    if (lease.isEmpty()) {
      return Optional.of(
          new Use(Reason.WAITING_FOR_BLOCK, "nobody: its block is yet to be leased"));
    }
    return lease
        .filter(found -> !fleet.isOwn(found))
        .map(
            found ->
                new Use(
                    Reason.LEASED_ELSEWHERE,
                    "cluster " + found.cluster() + ", which has leased " + found.block()));
  }

  /// Takes in other leases.
  ///
  /// @return the blocks of shared pools that somebody else has now, or nobody, ascending
  List<Block> follow(Fleet next) {
    List<Block> changed =
        next.leases().changesSince(fleet.leases()).stream()
            .filter(
                change ->
                    !change.before().map(Lease::cluster).equals(change.after().map(Lease::cluster)))
            .map(SnapshotMap.Change::key)
            .filter(block -> !shared.spacesOf(block).isEmpty())
            .toList();
    fleet = next;
    return changed;
  }

  SharedPools shared() {
    return shared;
  }

  Fleet fleet() {
    return fleet;
  }

  /// What of the pools is never given, sorted.
  List<Skipped> skipped() {
    SortedMap<IpRange, Skipped> skipped = new TreeMap<>();
    Stream<Hole> addresses =
        single.entrySet().stream()
            .map(
                entry ->
                    new Hole(
                        new IpRange(entry.getKey(), entry.getKey()),
                        Reason.CLUSTER_ADDRESS,
                        String.join(" and ", entry.getValue())));
    Stream.concat(holes.stream(), addresses)
        .forEach(
            hole ->
                pools
                    .overlapping(hole.range())
                    .forEach(
                        (range, pool) -> {
                          IpRange common = common(range, hole.range());
                          skipped.putIfAbsent(
                              common, new Skipped(pool.name(), common, hole.words()));
                        }));
    return List.copyOf(skipped.values());
  }

  private static IpRange common(IpRange a, IpRange b) {
    IpAddress first = a.first().compareTo(b.first()) > 0 ? a.first() : b.first();
    IpAddress last = a.last().compareTo(b.last()) < 0 ? a.last() : b.last();
    return new IpRange(first, last);
  }
}
