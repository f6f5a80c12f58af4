// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// The definitions of one commit laid over the nodes that there are: who can announce what.
///
/// Selectors of nodes are evaluated once a node, not once an address. Addresses for which the same
/// advertisements count share a [Coverage].
final class Ground {

  private final Definitions definitions;

  private final Definitions inForce;

  /// Those of the commit, the aliases of communities resolved.
  private final List<BgpAdvertisement> bgpAdvertisements;

  /// Those in force, of whatever commit the rest is.
  private final List<BgpPeer> peers;

  private final SortedSet<NodeName> speakers;

  /// node → what it reaches
  private final SnapshotMap<NodeName, NodeLinks> links;

  /// node → what matters of it
  private final SortedMap<NodeName, NodeTraits> nodes = new TreeMap<>();

  /// lowest address of a range → its pool; ranges do not overlap
  private final TreeMap<IpAddress, AddressPool> ranges = new TreeMap<>();

  /// pool → its advertisements
  private final Map<PoolName, OfPool> pools = new HashMap<>();

  /// @param layer2 the L2Advertisements for the pool, by index
  /// @param bgp the BGPAdvertisements for the pool, by index
  private record OfPool(BitSet layer2, BitSet bgp) {}

  /// Which advertisements count for an address, by index.
  private record Choice(BitSet layer2, BitSet bgp) {}

  /// The coverages that were asked for: advertisements → the nodes that they are for
  private final Map<Choice, Coverage> coverages = new HashMap<>();

  /// @param inForce whose peers count
  /// @param nodes all there are
  /// @param speakers the nodes that have one
  /// @param links node → what it reaches; a node that is missing is taken to reach everything
  Ground(
      Definitions definitions,
      Definitions inForce,
      Collection<NodeView> nodes,
      SortedSet<NodeName> speakers,
      SnapshotMap<NodeName, NodeLinks> links) {
    this.definitions = definitions;
    this.inForce = inForce;
    this.peers = inForce.bgpPeers();
    this.bgpAdvertisements = definitions.resolvedBgpAdvertisements();
    this.speakers = speakers;
    this.links = links;
    nodes.forEach(node -> this.nodes.put(node.name(), traits(node)));
    for (AddressPool pool : definitions.pools()) {
      for (IpRange range : pool.ranges()) {
        ranges.put(range.first(), pool);
      }
      pools.put(pool.name(), new OfPool(layer2(pool), bgp(pool)));
    }
  }

  private BitSet layer2(AddressPool pool) {
    BitSet selecting = new BitSet();
    for (int i = 0; i < definitions.l2Advertisements().size(); i++) {
      selecting.set(i, definitions.l2Advertisements().get(i).pools().selects(pool));
    }
    return selecting;
  }

  private BitSet bgp(AddressPool pool) {
    BitSet selecting = new BitSet();
    for (int i = 0; i < definitions.bgpAdvertisements().size(); i++) {
      selecting.set(i, definitions.bgpAdvertisements().get(i).pools().selects(pool));
    }
    return selecting;
  }

  private NodeTraits traits(NodeView node) {
    return NodeTraits.of(node, definitions, peers);
  }

  /// Whether a node that is there would be the same with this view of it.
  boolean isSame(NodeView node) {
    return traits(node).equals(nodes.get(node.name()));
  }

  /// Whether this ground was made from these definitions.
  @SuppressWarnings("ReferenceEquality") // The same object most of the time.
  boolean isOf(Definitions other) {
    return definitions == other || definitions.equals(other);
  }

  /// How sessions with peers that name it are watched.
  Optional<BfdProfile> bfdProfile(BfdProfileName name) {
    return inForce.bfdProfile(name);
  }

  /// The peers of the node, by name; none of a node that is not there.
  List<BgpPeer> peersOf(NodeName node) {
    NodeTraits traits = nodes.get(node);
    return traits == null
        ? List.of()
        : peers.stream().filter(peer -> traits.peers().contains(peer.name())).toList();
  }

  /// The pool of the address, or, when no pool has it any more, the one of that name.
  Optional<AddressPool> poolOf(IpAddress address, PoolName recorded) {
    return Optional.ofNullable(ranges.floorEntry(address))
        .map(Map.Entry::getValue)
        .filter(pool -> pool.contains(address))
        .or(() -> definitions.pool(recorded));
  }

  /// The nodes for the addresses of a pool that these Services have. An advertisement counts when
  /// it selects one of them: an address is announced or not, it cannot be announced for one of its
  /// Services only.
  Coverage coverage(AddressPool pool, List<ServiceView> services) {
    OfPool ofPool = pools.getOrDefault(pool.name(), new OfPool(new BitSet(), new BitSet()));
    BitSet layer2 = new BitSet();
    BitSet bgp = new BitSet();
    ofPool.layer2().stream()
        .filter(i -> selectsOne(definitions.l2Advertisements().get(i).serviceSelectors(), services))
        .forEach(layer2::set);
    ofPool.bgp().stream()
        .filter(
            i -> selectsOne(definitions.bgpAdvertisements().get(i).serviceSelectors(), services))
        .forEach(bgp::set);
    return coverages.computeIfAbsent(new Choice(layer2, bgp), this::coverage);
  }

  private Coverage coverage(Choice choice) {
    return new Coverage(choice.layer2(), choice.bgp(), this);
  }

  private static boolean selectsOne(List<LabelSelector> selectors, List<ServiceView> services) {
    return services.stream()
        .anyMatch(service -> NodeSelection.selects(selectors, service.labels()));
  }

  Collection<NodeTraits> nodes() {
    return nodes.values();
  }

  boolean hasSpeaker(NodeName node) {
    return speakers.contains(node);
  }

  /// What the node reaches; empty when that is not known.
  Optional<NodeLinks> links(NodeName node) {
    return links.find(node);
  }

  /// The L2Advertisements of these indices.
  List<L2Advertisement> layer2(BitSet indices) {
    return indices.stream().mapToObj(definitions.l2Advertisements()::get).toList();
  }

  /// The BGPAdvertisements of these indices.
  List<BgpAdvertisement> bgp(BitSet indices) {
    return indices.stream().mapToObj(bgpAdvertisements::get).toList();
  }
}
