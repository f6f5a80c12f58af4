// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a node whose state may be outdated, as the reconciler cannot be asked, takes from the word
/// of its peers.
///
/// An address is given away when other candidates have a newer state, none of those states has it,
/// and one of those candidates has contact with this node where it answers. One candidate that
/// still has it is enough to go on. One without contact there proves nothing: whose links do not
/// reach an address is no candidate for it any more, and is told nothing of it. Nor does one that
/// has no address at all left of several: it was cordoned or excluded as a node. One that a node
/// selector leaves out of some addresses only is believed: nothing tells it from a release.
final class Outdated {

  /// The states of one change reach the nodes one after another.
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private final Roster roster;
  private final Seats seats;
  private final Agenda agenda;
  private boolean cutOff;

  Outdated(Roster roster, Seats seats, Agenda agenda) {
    this.roster = roster;
    this.seats = seats;
    this.agenda = agenda;
  }

  /// Whether the reconciler cannot be asked although peers have a newer state.
  ///
  /// @return whether that is news
  boolean cutOff(boolean now) {
    boolean news = now != cutOff;
    cutOff = now;
    return news;
  }

  boolean isCutOff() {
    return cutOff;
  }

  /// Whose newer state lacks the address, if it is given away. What was concluded and has settled
  /// stays while nobody says otherwise: that peer may go, the address does not come back with that.
  Optional<NodeName> givenAway(Seat seat, Moment moment) {
    if (!cutOff) {
      seat.lacking = Optional.empty();
      return Optional.empty();
    }
    List<Peer> ahead = ahead(seat, moment.state());
    Optional<Peer> witness =
        ahead.stream().filter(peer -> peer.sessions.isUp(seat.segment())).findFirst();
    if (ahead.stream().anyMatch(peer -> has(peer, seat))) {
      seat.lacking = Optional.empty();
    } else if (witness.isEmpty()) {
      seat.lacking = seat.lacking.filter(lacking -> lacking.isSettled(moment.now()));
    } else if (seat.lacking.isEmpty()
        && ahead.stream().allMatch(peer -> peer.known().isPresent())) {
      Instant settled = moment.now().plus(SETTLING);
      seat.lacking = Optional.of(new Lacking(witness.get().node, settled));
      agenda.lookAt(settled, seat.address);
    }
    return seat.lacking.filter(lacking -> lacking.isSettled(moment.now())).map(Lacking::peer);
  }

  /// Peers with a newer state lack an address.
  ///
  /// @param peer one of them
  /// @param settled from when on that counts
  record Lacking(NodeName peer, Instant settled) {

    private boolean isSettled(Instant now) {
      return !now.isBefore(settled);
    }
  }

  private List<Peer> ahead(Seat seat, Contests state) {
    return seat.contest.candidates().stream()
        .map(roster::find)
        .flatMap(Optional::stream)
        .filter(peer -> isNewer(peer.told().flatMap(SpeakerClaims::stored), state.stored()))
        .filter(peer -> !isLeftOut(peer))
        .toList();
  }

  private boolean isLeftOut(Peer peer) {
    return seats.shared(peer.node) > 1 && peer.known().filter(all -> all.isEmpty()).isPresent();
  }

  private static boolean has(Peer peer, Seat seat) {
    return peer.known().filter(all -> all.contains(seat.address)).isPresent();
  }

  /// Whether one state comes after another; any after none.
  static boolean isNewer(Optional<Generation> one, Optional<Generation> other) {
    return one.isPresent() && (other.isEmpty() || one.get().compareTo(other.get()) > 0);
  }
}
