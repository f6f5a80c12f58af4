// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;

/// Whether a peer is there to hold an address.
final class Verdict {

  /// What the evidence says.
  enum Life {
    LIVE,
    /// It is heard on the segment, but what it claims cannot be read: a probe tells.
    UNREAD,
    /// It may be dead: a probe decides.
    SUSPECT,
    GONE;

    /// Whether it is heard on the segment.
    boolean isHeard() {
      return this == LIVE || this == UNREAD;
    }
  }

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Roster roster;

  Verdict(NodeName self, OwnershipSettings settings, Roster roster) {
    this.self = self;
    this.settings = settings;
    this.roster = roster;
  }

  Life of(Peer peer, Seat seat, SortedSet<String> segment, Instant now) {
    if (outdoes(peer, seat, segment, now)) {
      return Life.LIVE;
    }
    return seat.isBuried(peer.node) ? Life.GONE : evidence(peer, seat, segment, now);
  }

  /// The same, whatever a probe said.
  Life evidence(Peer peer, Seat seat, SortedSet<String> segment, Instant now) {
    if (peer.refused()) {
      return refusing(peer, segment, now);
    }
    if (peer.sessions.isUp(segment)) {
      if (peer.doubted()) {
        return Life.SUSPECT;
      }
      return peer.open() ? Life.LIVE : Life.UNREAD;
    }
    if (isNew(peer, segment, now)) {
      return Life.LIVE;
    }
    if (!peer.open()) {
      return Life.SUSPECT;
    }
    return byContacts(peer, seat, segment);
  }

  // The kernel of a killed process refuses at once, and its session is up for a moment yet. When it
  // stays up, or the peer answers a probe later, only the way to the API is at fault.
  private Life refusing(Peer peer, SortedSet<String> segment, Instant now) {
    if (peer.sessions.isUp(segment)) {
      return peer.survived() ? Life.UNREAD : Life.GONE;
    }
    return peer.survived() || isNew(peer, segment, now) ? Life.SUSPECT : Life.GONE;
  }

  private boolean isNew(Peer peer, SortedSet<String> segment, Instant now) {
    return !peer.sessions.wasUp(segment) && now.isBefore(peer.since.plus(settings.contactGrace()));
  }

  // Who hears fewer than we do is the one that is off the segment.
  private Life byContacts(Peer peer, Seat seat, SortedSet<String> segment) {
    SortedSet<NodeName> reported = reported(peer, seat);
    if (reported.contains(self)) {
      // A peer that lives loses contact when this node does, and says so: this is old.
      return Life.SUSPECT;
    }
    SortedSet<NodeName> mine = roster.reached(segment);
    int others = 0;
    boolean apart = !mine.isEmpty();
    for (NodeName node : reported) {
      if (!denies(node, peer.node)) {
        others++;
        apart &= !mine.contains(node);
      }
    }
    // When no member reaches both, the segment is in two, and each part needs a holder.
    return others < mine.size() || others == 0 || apart ? Life.SUSPECT : Life.LIVE;
  }

  // Whether a member is known to have no contact with the peer: then what the peer says is old.
  private boolean denies(NodeName node, NodeName peer) {
    Peer other = roster.get(node);
    return other != null && other.open() && !other.reportedContacts(null).contains(peer);
  }

  /// Whether the peer answers and hears others than members, and this node hears it and is not
  /// heard by it: then what this node sends gets lost, or only what it sends to the peer, and the
  /// peer is the one to answer. One that is deaf hears nobody.
  ///
  /// @param before it has been so since then
  boolean outdoes(Peer peer, Seat seat, SortedSet<String> segment, Instant before) {
    SpeakerClaims.Claim claim = seat.claims.get(peer.node);
    return claim != null
        && claim.state() == SpeakerClaims.ClaimState.HOLDING
        && peer.open()
        && !peer.sessions.isUp(segment)
        && peer.sessions.isHeardOnly(segment, before)
        && peer.hearsOthers(claim)
        && !reported(peer, seat).contains(self);
  }

  /// Whether some member has contact with both, so that both are on one segment.
  boolean joined(Peer peer, Seat seat, SortedSet<String> segment) {
    return peer.open() && !Collections.disjoint(roster.reached(segment), reported(peer, seat));
  }

  /// Whether the peer has contact with any member on the segment.
  boolean hears(Peer peer, Seat seat) {
    return peer.open() && !reported(peer, seat).isEmpty();
  }

  private static SortedSet<NodeName> reported(Peer peer, Seat seat) {
    return peer.reportedContacts(seat.claims.get(peer.node));
  }
}
