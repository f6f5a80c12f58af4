// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/// Whether a peer is there to hold an address.
final class Verdict {

  /// What the evidence says.
  enum Life {
    LIVE,
    /// It may be dead: a probe decides.
    SUSPECT,
    GONE
  }

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Map<NodeName, Peer> peers;

  Verdict(NodeName self, OwnershipSettings settings, Map<NodeName, Peer> peers) {
    this.self = self;
    this.settings = settings;
    this.peers = peers;
  }

  Life of(Peer peer, Seat seat, SortedSet<String> segment, Instant now) {
    if (peer.refused() || seat.buried.contains(peer.node)) {
      return Life.GONE;
    }
    if (peer.up(segment)) {
      return peer.doubted() ? Life.SUSPECT : Life.LIVE;
    }
    if (!peer.everHeard(segment) && now.isBefore(peer.since.plus(settings.contactGrace()))) {
      return Life.LIVE;
    }
    if (!peer.open()) {
      return Life.SUSPECT;
    }
    SortedSet<NodeName> reported =
        peer.reportedContacts(Optional.ofNullable(seat.claims.get(peer.node)));
    if (reported.contains(self)) {
      // A peer that lives loses contact when this node does, and says so: this is old.
      return Life.SUSPECT;
    }
    Set<NodeName> mine = contacts(segment);
    // No member reaches both: the segment is in two, and each part needs a holder.
    boolean apart = !mine.isEmpty() && Collections.disjoint(mine, reported);
    return reported.size() < mine.size() || reported.isEmpty() || apart ? Life.SUSPECT : Life.LIVE;
  }

  private Set<NodeName> contacts(SortedSet<String> segment) {
    Set<NodeName> reached = new HashSet<>();
    for (Peer other : peers.values()) {
      if (other.up(segment)) {
        reached.add(other.node);
      }
    }
    return reached;
  }
}
