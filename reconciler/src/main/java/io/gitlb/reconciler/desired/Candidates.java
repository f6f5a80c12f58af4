// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.L2Advertisement.PreferredNodes;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The order in which nodes may announce an address on its link.
///
/// Nodes in trouble come last but stay in: when all are in trouble somebody still announces. Then
/// preferred weights decide, then who announces now, so that nothing moves without need, and last
/// rendezvous hashing, which spreads new addresses over the nodes and moves only a departed node's
/// addresses.
final class Candidates {

  private static final long FNV_OFFSET_BASIS = 0xCBF2_9CE4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01B3L;

  private Candidates() {}

  /// Sorts the eligible nodes, best first.
  ///
  /// @param advertisements those for the address
  /// @param owner the node that announces it now
  static List<NodeName> rank(
      IpAddress address,
      List<NodeView> eligible,
      List<L2Advertisement> advertisements,
      Optional<NodeName> owner) {
    return eligible.stream()
        .map(
            node ->
                new Ranked(
                    node.name(),
                    trouble(node),
                    weight(node, advertisements),
                    owner.filter(node.name()::equals).isPresent() ? 0 : 1,
                    score(node.name(), address)))
        .sorted(Ranked.ORDER)
        .map(Ranked::node)
        .toList();
  }

  /// @param trouble 0 for a sound node
  /// @param weight sum of the preferences that match
  /// @param distance 0 for the present owner, 1 for others
  /// @param score the rendezvous hash; the highest wins
  private record Ranked(NodeName node, int trouble, int weight, int distance, long score) {

    static final Comparator<Ranked> ORDER =
        Comparator.comparingInt(Ranked::trouble)
            .thenComparing(Comparator.comparingInt(Ranked::weight).reversed())
            .thenComparingInt(Ranked::distance)
            .thenComparing(Comparator.comparingLong(Ranked::score).reversed())
            .thenComparing(Ranked::node);
  }

  /// How badly a node is off. A node whose network is reported down is worse than one that is not
  /// ready; a cordoned node works, but is about to go.
  private static int trouble(NodeView node) {
    int trouble = node.scheduling() == Scheduling.CORDONED ? 1 : 0;
    trouble += node.readiness() == Readiness.NOT_READY ? 2 : 0;
    trouble += node.network() == Network.UNAVAILABLE ? 4 : 0;
    return trouble;
  }

  private static int weight(NodeView node, List<L2Advertisement> advertisements) {
    return advertisements.stream()
        .filter(ad -> NodeSelection.selects(ad.nodeSelectors(), node))
        .flatMap(ad -> ad.preferredNodes().stream())
        .filter(preferred -> preferred.preference().matches(node.labels()))
        .mapToInt(PreferredNodes::weight)
        .sum();
  }

  /// FNV-1a over node and address, then mixed so that close names are far apart.
  private static long score(NodeName node, IpAddress address) {
    long hash = FNV_OFFSET_BASIS;
    for (byte octet : node.value().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xFF)) * FNV_PRIME;
    }
    // No name holds this octet, so that name and address cannot run into each other.
    hash = (hash ^ 0xFF) * FNV_PRIME;
    for (byte octet : address.toBytes()) {
      hash = (hash ^ (octet & 0xFF)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /// The finaliser of MurmurHash3 (64 bits): every input bit changes every output bit.
  private static long mix(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
    return mixed ^ mixed >>> 33;
  }
}
