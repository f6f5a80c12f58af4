// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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

  private final OwnershipSettings settings;
  private final Map<NodeName, Peer> peers;

  Verdict(OwnershipSettings settings, Map<NodeName, Peer> peers) {
    this.settings = settings;
    this.peers = peers;
  }

  Life of(Peer peer, Seat seat, SortedSet<String> segment, Instant now) {
    if (peer.refused() || seat.buried.contains(peer.node)) {
      return Life.GONE;
    }
    if (peer.up(segment)) {
      return Life.LIVE;
    }
    if (!peer.everHeard(segment) && now.isBefore(peer.since.plus(settings.contactGrace()))) {
      return Life.LIVE;
    }
    if (!peer.open()) {
      return Life.SUSPECT;
    }
    long mine = peers.values().stream().filter(other -> other.up(segment)).count();
    int reported = peer.reportedContacts(Optional.ofNullable(seat.claims.get(peer.node)));
    return reported < mine || reported == 0 ? Life.SUSPECT : Life.LIVE;
  }
}
