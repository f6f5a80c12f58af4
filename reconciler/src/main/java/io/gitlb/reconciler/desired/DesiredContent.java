// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What every node shall announce, before it is numbered, and what nobody announces.
///
/// @param nodes node → its content; every node of the view and every node with a speaker
/// @param placed address that has a record → the nodes that have to do with it, at least one
/// @param notAnnounced address that has a record → why no node announces it
public record DesiredContent(
    SortedMap<NodeName, NodeContent> nodes,
    SnapshotMap<IpAddress, SortedSet<NodeName>> placed,
    SnapshotMap<IpAddress, NotAnnounced> notAnnounced) {

  /// Nothing for nobody.
  public static final DesiredContent EMPTY =
      new DesiredContent(Collections.emptySortedMap(), SnapshotMap.empty(), SnapshotMap.empty());

  public DesiredContent {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
  }

  /// The part of a desired state that matters to the node.
  ///
  /// @param announcements sorted by address
  /// @param peers sorted by name
  public record NodeContent(List<Announcement> announcements, List<PeerSettings> peers) {

    /// Nothing to announce and nobody to tell.
    public static final NodeContent EMPTY = new NodeContent(List.of(), List.of());

    public NodeContent {
      announcements = announcements.stream().sorted().toList();
      peers = peers.stream().sorted().toList();
    }
  }

  /// Why no node announces an address.
  ///
  /// @param message for people, one line
  public record NotAnnounced(Reason reason, String message) {}
}
