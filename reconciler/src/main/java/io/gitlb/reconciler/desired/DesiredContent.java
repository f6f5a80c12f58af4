// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.SortedSet;

/// What every node shall announce, before it is numbered, and what nobody announces.
///
/// @param nodes node → its content; every node of the view and every node with a speaker
/// @param placed address that has a record → the nodes that have to do with it, at least one
/// @param notAnnounced address that has a record → why no node announces it
/// @param candidates address that is announced on a link → its candidates, best first
public record DesiredContent(
    SnapshotMap<NodeName, NodeContent> nodes,
    SnapshotMap<IpAddress, SortedSet<NodeName>> placed,
    SnapshotMap<IpAddress, NotAnnounced> notAnnounced,
    SnapshotMap<IpAddress, List<NodeName>> candidates) {

  /// Without a candidate on any link.
  public DesiredContent(
      SnapshotMap<NodeName, NodeContent> nodes,
      SnapshotMap<IpAddress, SortedSet<NodeName>> placed,
      SnapshotMap<IpAddress, NotAnnounced> notAnnounced) {
    this(nodes, placed, notAnnounced, SnapshotMap.empty());
  }

  /// Nothing for nobody.
  public static final DesiredContent EMPTY =
      new DesiredContent(SnapshotMap.empty(), SnapshotMap.empty(), SnapshotMap.empty());

  /// The part of a desired state that matters to the node.
  ///
  /// @param announcements by address
  /// @param peers sorted by name
  public record NodeContent(
      SnapshotMap<IpAddress, Announcement> announcements, List<PeerSettings> peers) {

    /// Nothing to announce and nobody to tell.
    public static final NodeContent EMPTY = new NodeContent(SnapshotMap.empty(), List.of());

    public NodeContent {
      peers = peers.stream().sorted().toList();
    }
  }

  /// Why no node announces an address.
  ///
  /// @param message for people, one line
  public record NotAnnounced(Reason reason, String message) {}
}
