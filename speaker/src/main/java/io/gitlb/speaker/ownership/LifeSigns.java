// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// What tells that a peer lives although it refuses connections, and what follows from that.
final class LifeSigns {

  private final Duration detection;
  private final Roster roster;
  private final Seats seats;

  /// @param detection a sign that comes so long after the refusal is none of a dying process
  LifeSigns(Duration detection, Roster roster, Seats seats) {
    this.detection = detection;
    this.roster = roster;
    this.seats = seats;
  }

  /// Looks for peers whose liveness packets have outlasted the refusal.
  void outlived(Instant now) {
    roster.all().stream()
        .filter(peer -> peer.outlives(detection, now))
        .forEach(peer -> found(peer, now));
  }

  /// Where liveness packets do not pass either, an answer to a probe says that a peer lives.
  void answered(SortedSet<NodeName> members, Seat seat, Instant now) {
    members.stream()
        .map(roster::find)
        .flatMap(Optional::stream)
        .filter(peer -> peer.lives(doubt(peer, seat), now))
        .forEach(peer -> found(peer, now));
  }

  // Who refused connections before it was asked, and answers, has not died in between.
  private Duration doubt(Peer peer, Seat seat) {
    return peer.refusedAfter(seat.probedAt) ? detection : Duration.ZERO;
  }

  /// Whether one of those that answered has refused connections since the probe began, and may have
  /// answered before.
  boolean areOld(SortedSet<NodeName> members, Seat seat) {
    return members.stream()
        .map(roster::find)
        .flatMap(Optional::stream)
        .anyMatch(peer -> peer.refusedAfter(seat.probedAt));
  }

  /// What is known of a peer that refuses connections and lives counts again.
  void found(Peer peer, Instant now) {
    seats.take(peer, Map.of());
    seats.concern(peer);
    // Where it is not heard both see each other's announcements, and the place decides.
    if (peer.sessions.isHeard()) {
      seats.check(peer, now);
    }
  }
}
