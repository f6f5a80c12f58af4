// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Says for every node which addresses it has to do with and which peers it keeps.
///
/// Only addresses with a record are in: those that are allocated, and those that are held, under
/// the definitions of the commit that their record names. Peers are always those in force.
public final class DesiredStateBuilder {

  private final DesiredInput input;
  private final Advertisements current;

  /// config commit → its advertisements
  private final Map<String, Advertisements> frozen = new HashMap<>();

  /// node → its peers' names
  private final Map<NodeName, SortedSet<PeerName>> peerNames = new HashMap<>();

  /// node → what it announces so far
  private final SortedMap<NodeName, List<Announcement>> announcements = new TreeMap<>();

  /// address → the nodes that have to do with it
  private final SortedMap<IpAddress, SortedSet<NodeName>> placed = new TreeMap<>();

  private final SortedMap<IpAddress, NotAnnounced> notAnnounced = new TreeMap<>();

  private DesiredStateBuilder(DesiredInput input) {
    this.input = input;
    this.current = new Advertisements(input.definitions());
    for (Map.Entry<String, Definitions> entry : input.frozen().entrySet()) {
      frozen.put(entry.getKey(), new Advertisements(entry.getValue()));
    }
    for (NodeView node : input.view().nodes().values()) {
      SortedSet<PeerName> names = new TreeSet<>();
      peersOf(node).forEach(peer -> names.add(peer.name()));
      peerNames.put(node.name(), names);
    }
  }

  /// Builds the content of every node's desired state.
  public static DesiredContent build(DesiredInput input) {
    return new DesiredStateBuilder(input).run();
  }

  private DesiredContent run() {
    for (AllocationRecord record : input.ledger().records().values()) {
      if (record.state() != State.RELEASING) {
        add(record);
      }
    }
    SortedMap<NodeName, NodeContent> nodes = new TreeMap<>();
    input.speakers().forEach(node -> nodes.put(node, NodeContent.EMPTY));
    for (NodeView node : input.view().nodes().values()) {
      List<Announcement> own = announcements.getOrDefault(node.name(), List.of());
      nodes.put(
          node.name(),
          new NodeContent(own, peersOf(node).stream().map(DesiredStateBuilder::settings).toList()));
    }
    return new DesiredContent(nodes, SnapshotMap.copyOf(placed), SnapshotMap.copyOf(notAnnounced));
  }

  private void add(AllocationRecord record) {
    Advertisements advertisements =
        record.state() == State.HELD
            ? frozen.getOrDefault(record.configCommit(), current)
            : current;
    switch (AddressReach.of(input, record, advertisements, peerNames)) {
      case AddressReach.Nowhere(NotAnnounced why) -> notAnnounced.put(record.address(), why);
      case AddressReach.Somewhere(SortedMap<NodeName, Announcement> byNode) -> {
        placed.put(record.address(), new TreeSet<>(byNode.keySet()));
        byNode.forEach(
            (node, announcement) ->
                announcements.computeIfAbsent(node, _ -> new ArrayList<>()).add(announcement));
      }
    }
  }

  private List<BgpPeer> peersOf(NodeView node) {
    return input.definitions().bgpPeers().stream()
        .filter(peer -> NodeSelection.selects(peer.nodeSelectors(), node))
        .toList();
  }

  private static PeerSettings settings(BgpPeer peer) {
    return new PeerSettings(
        peer.name(),
        peer.myAsn(),
        peer.peerAsn(),
        peer.peerAddress(),
        peer.port(),
        peer.holdTime(),
        peer.keepaliveTime(),
        peer.connectTime(),
        peer.routerId(),
        peer.sourceAddress(),
        peer.hops());
  }
}
