// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.desired.AddressReach.Share;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which node has which announcements, changed address by address.
///
/// Nodes with the same announcements have the same map of them: a change that such nodes share
/// makes one new map, not one a node.
final class Placement {

  private static final SnapshotMap<IpAddress, Announcement> NOTHING = SnapshotMap.empty();

  /// address → from where it can be reached; those of records in force
  private final Map<IpAddress, AddressReach> reaches = new HashMap<>();

  /// node → what it announces
  private final Map<NodeName, SnapshotMap<IpAddress, Announcement>> announcements = new HashMap<>();

  /// node → its peers
  private final Map<NodeName, List<PeerSettings>> peers = new HashMap<>();

  /// The nodes whose content has to be put together anew.
  private final Set<NodeName> touched = new HashSet<>();

  private SnapshotMap<NodeName, NodeContent> nodes = SnapshotMap.empty();
  private SnapshotMap<IpAddress, SortedSet<NodeName>> placed = SnapshotMap.empty();
  private SnapshotMap<IpAddress, NotAnnounced> notAnnounced = SnapshotMap.empty();

  /// address → its candidates, best first
  private SnapshotMap<IpAddress, List<NodeName>> candidates = SnapshotMap.empty();

  /// Other nodes, or nodes with other peers or other passwords for them.
  ///
  /// @param ground of the definitions in force
  void nodes(DesiredInput input, Ground ground) {
    SortedSet<NodeName> all = new TreeSet<>(input.view().nodes().keySet());
    all.addAll(input.speakers());
    touched.addAll(all);
    touched.addAll(nodes.keySet());
    peers.clear();
    for (NodeName node : all) {
      peers.put(node, sessions(ground, node, input.view().passwords()));
    }
  }

  /// @param reach empty: nobody is to announce the address and nobody asks why
  void put(IpAddress address, Optional<AddressReach> reach) {
    AddressReach before = reaches.get(address);
    if (reach.equals(Optional.ofNullable(before))) {
      return;
    }
    SortedSet<NodeName> nodesBefore = nodes(Optional.ofNullable(before));
    SortedSet<NodeName> nodesNow = nodes(reach);
    new Step(address, Optional.empty())
        .apply(nodesBefore.stream().filter(node -> !nodesNow.contains(node)).toList());
    for (Share share : shares(reach)) {
      new Step(address, Optional.of(share.announcement())).apply(share.nodes());
    }
    placed =
        nodesNow.isEmpty()
            ? placed.without(address)
            : nodesNow.equals(nodesBefore) ? placed : placed.with(address, nodesNow);
    notAnnounced =
        reach.isPresent() && reach.get() instanceof AddressReach.Nowhere(NotAnnounced why)
            ? notAnnounced.with(address, why)
            : notAnnounced.without(address);
    candidates =
        candidates(reach)
            .filter(now -> candidates.find(address).filter(now::equals).isEmpty())
            .map(now -> candidates.with(address, now))
            .orElseGet(
                () -> candidates(reach).isPresent() ? candidates : candidates.without(address));
    reach.ifPresentOrElse(now -> reaches.put(address, now), () -> reaches.remove(address));
  }

  private static Optional<List<NodeName>> candidates(Optional<AddressReach> reach) {
    return shares(reach).stream()
        .flatMap(share -> share.announcement().layer2().stream())
        .map(layer2 -> layer2.candidates())
        .findFirst();
  }

  private static SortedSet<NodeName> nodes(Optional<AddressReach> reach) {
    return reach.isPresent() && reach.get() instanceof AddressReach.Somewhere somewhere
        ? somewhere.nodes()
        : Collections.emptySortedSet();
  }

  private static List<Share> shares(Optional<AddressReach> reach) {
    return reach.isPresent() && reach.get() instanceof AddressReach.Somewhere somewhere
        ? somewhere.shares()
        : List.of();
  }

  /// One announcement that comes or goes, on one node after the other.
  private final class Step {

    private final IpAddress address;
    private final Optional<Announcement> announcement;

    /// a node's announcements → the same after this step, for nodes with the same map
    private final IdentityHashMap<
            SnapshotMap<IpAddress, Announcement>, SnapshotMap<IpAddress, Announcement>>
        done = new IdentityHashMap<>();

    Step(IpAddress address, Optional<Announcement> announcement) {
      this.address = address;
      this.announcement = announcement;
    }

    @SuppressWarnings("ReferenceEquality") // Whether it is another version.
    void apply(Iterable<NodeName> nodes) {
      for (NodeName node : nodes) {
        SnapshotMap<IpAddress, Announcement> before = announcements.getOrDefault(node, NOTHING);
        SnapshotMap<IpAddress, Announcement> after = done.computeIfAbsent(before, this::after);
        if (after != before) {
          announcements.put(node, after);
          touched.add(node);
        }
      }
    }

    private SnapshotMap<IpAddress, Announcement> after(
        SnapshotMap<IpAddress, Announcement> before) {
      if (announcement.isEmpty()) {
        return before.without(address);
      }
      return before.find(address).equals(announcement)
          ? before
          : before.with(address, announcement.get());
    }
  }

  DesiredContent content() {
    touched.forEach(this::compose);
    touched.clear();
    return new DesiredContent(nodes, placed, notAnnounced, candidates);
  }

  private static List<PeerSettings> sessions(
      Ground ground, NodeName node, PasswordSecrets passwords) {
    return ground.peersOf(node).stream()
        .map(peer -> Sessions.settings(peer, ground::bfdProfile, passwords))
        .toList();
  }

  private void compose(NodeName node) {
    List<PeerSettings> own = peers.get(node);
    if (own == null) {
      announcements.remove(node);
      nodes = nodes.without(node);
      return;
    }
    NodeContent next = new NodeContent(announcements.getOrDefault(node, NOTHING), own);
    if (nodes.find(node).filter(next::equals).isEmpty()) {
      nodes = nodes.with(node, next);
    }
  }
}
