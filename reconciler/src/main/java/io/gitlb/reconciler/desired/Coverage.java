// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The nodes that a set of advertisements is for, shared by all addresses that the set is for.
final class Coverage {

  /// node → what it is told; sorted
  private final SortedMap<NodeName, Member> members = new TreeMap<>();

  /// The names of the members.
  private final List<NodeName> nodes;

  private final Ground ground;
  private final boolean isEmpty;

  /// Every member that has a speaker.
  private final Crew everybody;

  private final Ways ways;
  private final Rebalance rebalance;

  /// A node that the advertisements select.
  ///
  /// @param candidate its place among the candidates, should it be one
  /// @param candidacy whether it is one
  /// @param routing whether it tells routers
  /// @param links what it reaches; empty: not known, and taken for everything
  /// @param told what it announces when all is well
  /// @param toldWithoutRoutes what it announces when it tells no router
  record Member(
      NodeTraits traits,
      Candidates.Candidate candidate,
      Candidacy candidacy,
      Candidacy routing,
      Optional<NodeLinks> links,
      Told told,
      Told toldWithoutRoutes) {

    /// Whether it could answer for the address.
    boolean reaches(IpAddress address) {
      return links.isEmpty() || links.get().reach(address, told.interfaces().orElse(List.of()));
    }
  }

  /// Whether a node counts among those that announce in one way.
  enum Candidacy {
    STANDS,
    /// Only when no other one stands.
    WITHDRAWN;

    static Candidacy of(OnCordon cordon) {
      return cordon == OnCordon.WITHDRAW ? WITHDRAWN : STANDS;
    }
  }

  /// What a node announces for an address of the coverage. Nodes that announce the same have the
  /// same object, so that one announcement serves them all.
  static final class Told {
    private final ToldKey key;

    private Told(ToldKey key) {
      this.key = key;
    }

    /// The interfaces, none for all of them; empty when it does not announce on links.
    Optional<List<String>> interfaces() {
      return key.interfaces();
    }

    /// The routes that lead to an address.
    List<BgpRoute> routes(IpAddress address) {
      return Routes.of(address, key.bgp(), key.peers(), key.outlook());
    }

    /// In which ways it announces.
    Ways ways() {
      return new Ways(key.interfaces().map(TreeSet::new), Routes.peersTold(key.bgp(), key.peers()));
    }

    /// Whether there is anything to announce.
    boolean isAnything() {
      return key.interfaces().isPresent() || isRouted();
    }

    /// Whether a router is told.
    boolean isRouted() {
      return Routes.reachesAnybody(key.bgp(), key.peers());
    }
  }

  private record ToldKey(
      Optional<List<String>> interfaces,
      List<BgpAdvertisement> bgp,
      SortedSet<PeerName> peers,
      Outlook outlook) {

    static ToldKey withoutRoutes(Optional<List<String>> interfaces) {
      return new ToldKey(interfaces, List.of(), Collections.emptySortedSet(), Outlook.STAYING);
    }
  }

  /// @param layer2 which L2Advertisements, by index
  /// @param bgp which BGPAdvertisements, by index
  Coverage(BitSet layer2, BitSet bgp, Ground ground) {
    this.ground = ground;
    this.isEmpty = layer2.isEmpty() && bgp.isEmpty();
    Map<ToldKey, Told> tellings = new HashMap<>();
    for (NodeTraits node : ground.nodes()) {
      BitSet ownLayer2 = both(layer2, node.layer2());
      BitSet ownBgp = both(bgp, node.bgp());
      if (!ownLayer2.isEmpty() || !ownBgp.isEmpty()) {
        Optional<List<String>> interfaces = interfaces(ground.layer2(ownLayer2));
        List<BgpAdvertisement> routing = ground.bgp(ownBgp);
        OnCordon routes = cordon(node, routing.stream().map(BgpAdvertisement::onCordon));
        Outlook outlook = outlook(node, routing);
        int weight = ownLayer2.stream().map(node.weights()::get).sum();
        OnCordon cordon =
            cordon(node, ground.layer2(ownLayer2).stream().map(L2Advertisement::onCordon));
        int trouble = node.trouble() + (cordon == OnCordon.KEEP ? 0 : Trouble.CORDONED.weight());
        members.put(
            node.name(),
            new Member(
                node,
                Candidates.Candidate.of(node.name(), trouble, weight),
                Candidacy.of(cordon),
                Candidacy.of(routes),
                ground.links(node.name()),
                told(tellings, new ToldKey(interfaces, routing, node.peers(), outlook)),
                told(tellings, ToldKey.withoutRoutes(interfaces))));
      }
    }
    nodes = List.copyOf(members.keySet());
    ways = tellings.values().stream().map(Told::ways).reduce(Ways.NONE, Ways::and);
    rebalance =
        ground.layer2(layer2).stream().anyMatch(ad -> ad.rebalance() == Rebalance.NEVER)
            ? Rebalance.NEVER
            : Rebalance.GRADUAL;
    everybody = new Crew(members.values().stream().filter(this::hasSpeaker).toList());
  }

  /// What the node's cordon means: the word that keeps most counts. Without a cordon nothing does.
  private static OnCordon cordon(NodeTraits node, Stream<OnCordon> words) {
    return node.scheduling() == Scheduling.SCHEDULABLE
        ? OnCordon.KEEP
        : words.min(Comparator.naturalOrder()).orElse(OnCordon.KEEP);
  }

  /// Leaving only where that makes a difference, as nodes that are told the same share it.
  private static Outlook outlook(NodeTraits node, List<BgpAdvertisement> advertisements) {
    return node.scheduling() == Scheduling.CORDONED
            && advertisements.stream().anyMatch(ad -> Routes.cordoned(ad) == Outlook.LEAVING)
        ? Outlook.LEAVING
        : Outlook.STAYING;
  }

  private static BitSet both(BitSet one, BitSet other) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    return both;
  }

  private static Told told(Map<ToldKey, Told> tellings, ToldKey key) {
    return tellings.computeIfAbsent(key, Told::new);
  }

  /// The interfaces that the advertisements name, or all when one names none.
  private static Optional<List<String>> interfaces(List<L2Advertisement> advertisements) {
    if (advertisements.isEmpty()) {
      return Optional.empty();
    }
    boolean all = advertisements.stream().anyMatch(ad -> ad.interfaces().isEmpty());
    Stream<String> named = advertisements.stream().flatMap(ad -> ad.interfaces().stream());
    return Optional.of(all ? List.of() : named.distinct().sorted().toList());
  }

  private boolean hasSpeaker(Member member) {
    return ground.hasSpeaker(member.traits().name());
  }

  /// Whether its addresses move for the sake of balance.
  Rebalance rebalance() {
    return rebalance;
  }

  /// No advertisement at all.
  boolean isEmpty() {
    return isEmpty;
  }

  /// The nodes that may announce, sorted.
  List<NodeName> nodes() {
    return nodes;
  }

  boolean hasNodes() {
    return !members.isEmpty();
  }

  /// Every node that may announce and has a speaker.
  Crew everybody() {
    return everybody;
  }

  /// Those of the nodes that may announce and have a speaker.
  ///
  /// @param nodes few of many, as a rule
  Crew only(SortedSet<NodeName> nodes) {
    return new Crew(
        nodes.stream()
            .flatMap(node -> Optional.ofNullable(members.get(node)).stream())
            .filter(this::hasSpeaker)
            .toList());
  }

  /// Whether the node has a speaker, whether it may announce or not.
  boolean isHeard(NodeName node) {
    return ground.hasSpeaker(node);
  }

  /// In which ways all its nodes may announce.
  Ways ways() {
    return ways;
  }

  /// In which ways those of the nodes may announce that are in it.
  Ways ways(SortedSet<NodeName> only) {
    return only.stream()
        .flatMap(node -> Optional.ofNullable(members.get(node)).stream())
        .map(member -> member.told().ways())
        .reduce(Ways.NONE, Ways::and);
  }

  /// Those of the nodes that may announce.
  List<NodeName> among(SortedSet<NodeName> nodes) {
    return nodes.stream().filter(node -> members.containsKey(node)).toList();
  }
}
