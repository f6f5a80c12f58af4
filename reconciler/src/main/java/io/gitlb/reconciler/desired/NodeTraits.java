// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.L2Advertisement.PreferredNodes;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// All of a node that matters under one commit's definitions. Two looks at a node that have equal
/// traits give the same announcements, whatever else differs.
///
/// @param trouble 0 for a sound node, cordoned or not
/// @param layer2 which of the commit's L2Advertisements select it, by index; none when excluded
/// @param weights for each of the L2Advertisements the sum of the preferences that it meets
/// @param bgp which of the commit's BGPAdvertisements select it, by index; none when excluded
/// @param peers those in force that select it
record NodeTraits(
    NodeName name,
    int trouble,
    Scheduling scheduling,
    Network network,
    BitSet layer2,
    List<Integer> weights,
    BitSet bgp,
    SortedSet<PeerName> peers) {

  /// @param definitions the commit's
  /// @param peers those in force
  static NodeTraits of(NodeView node, Definitions definitions, List<BgpPeer> peers) {
    BitSet layer2 = new BitSet();
    BitSet bgp = new BitSet();
    List<Integer> weights = new ArrayList<>();
    for (int i = 0; i < definitions.l2Advertisements().size(); i++) {
      L2Advertisement ad = definitions.l2Advertisements().get(i);
      layer2.set(i, !node.isExcluded() && NodeSelection.selects(ad.nodeSelectors(), node));
      weights.add(layer2.get(i) ? weight(node, ad) : 0);
    }
    for (int i = 0; i < definitions.bgpAdvertisements().size(); i++) {
      bgp.set(
          i,
          !node.isExcluded()
              && NodeSelection.selects(
                  definitions.bgpAdvertisements().get(i).nodeSelectors(), node));
    }
    SortedSet<PeerName> names = new TreeSet<>();
    peers.stream()
        .filter(peer -> NodeSelection.selects(peer.nodeSelectors(), node))
        .forEach(peer -> names.add(peer.name()));
    return new NodeTraits(
        node.name(),
        trouble(node),
        node.scheduling(),
        node.network(),
        layer2,
        List.copyOf(weights),
        bgp,
        Collections.unmodifiableSortedSet(names));
  }

  /// How badly a node is off. A node whose network is reported down is worse than one that is not
  /// ready. A cordoned node works, but is about to go: what that means is said by advertisements.
  private static int trouble(NodeView node) {
    int trouble = node.readiness() == Readiness.NOT_READY ? Trouble.NOT_READY.weight() : 0;
    trouble += node.network() == Network.UNAVAILABLE ? Trouble.NETWORK_UNAVAILABLE.weight() : 0;
    return trouble;
  }

  private static int weight(NodeView node, L2Advertisement ad) {
    return ad.preferredNodes().stream()
        .filter(preferred -> preferred.preference().matches(node.labels()))
        .mapToInt(PreferredNodes::weight)
        .sum();
  }
}
