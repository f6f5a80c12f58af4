// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The addresses of the desired state, and which of them an event concerns.
final class Seats {

  private final Duration probePause;
  private final Roster roster;
  private final Agenda agenda;
  private final Slices slices;
  // Address → what is known of it (1:1).
  private final Map<IpAddress, Seat> byAddress = new HashMap<>();
  // Node → the addresses that it is a candidate for (N:M).
  private final Map<NodeName, Set<IpAddress>> byCandidate = new HashMap<>();

  /// @param probePause the first one after a probe that members answered
  Seats(Duration probePause, Roster roster, Agenda agenda, Slices slices) {
    this.probePause = probePause;
    this.roster = roster;
    this.agenda = agenda;
    this.slices = slices;
  }

  @Nullable Seat get(IpAddress address) {
    return byAddress.get(address);
  }

  Set<IpAddress> addresses() {
    return byAddress.keySet();
  }

  Collection<Seat> all() {
    return byAddress.values();
  }

  /// How many addresses a peer is a candidate for.
  int shared(NodeName peer) {
    return byCandidate.getOrDefault(peer, Set.of()).size();
  }

  /// Exactly these addresses from now on; stops at once for the others.
  void follow(Contests contests, Set<NodeName> watched) {
    for (Seat seat : List.copyOf(byAddress.values())) {
      if (!contests.byAddress().containsKey(seat.address)) {
        endProbe(seat);
        byAddress.remove(seat.address);
      }
    }
    byCandidate.clear();
    contests
        .byAddress()
        .forEach(
            (address, contest) -> {
              slices.step();
              Seat seat = byAddress.computeIfAbsent(address, key -> seat(key, contest));
              relist(seat, contest);
              seat.claims.keySet().retainAll(watched);
              for (NodeName node : contest.candidates()) {
                byCandidate.computeIfAbsent(node, key -> new HashSet<>()).add(address);
              }
            });
  }

  // Who was seen to answer before the new list came, and cannot be read, may be the one to answer.
  private void relist(Seat seat, Contest contest) {
    boolean contested =
        !contest.equals(seat.contest)
            && contest.candidates().stream()
                .filter(seat::isContestedBy)
                .anyMatch(node -> roster.find(node).filter(Peer::open).isEmpty());
    seat.contest = contest;
    if (contested) {
      seat.check = seat.check.or(() -> Optional.of(Seat.Check.BY_PLACE));
    }
  }

  private Seat seat(IpAddress address, Contest contest) {
    Seat seat = new Seat(address, contest, probePause);
    for (Peer peer : roster.all()) {
      SpeakerClaims.Claim claim = peer.claims().get(address);
      if (claim != null) {
        seat.heard(peer.node, claim);
      }
    }
    return seat;
  }

  /// A probe that runs is of no use any more.
  void endProbe(Seat seat) {
    if (seat.probing) {
      seat.probing = false;
      agenda.endProbe(seat.address);
    }
  }

  /// What a peer claims now, after what it claimed before.
  void take(Peer peer, Map<IpAddress, SpeakerClaims.Claim> before) {
    peer.claims()
        .forEach(
            (address, claim) -> {
              slices.step();
              Seat seat = byAddress.get(address);
              if (seat != null) {
                seat.heard(peer.node, claim);
                if (!claim.equals(before.get(address))) {
                  agenda.look(address);
                }
              }
            });
  }

  /// The peer was heard of: what was concluded from its silence no longer stands.
  void rise(Peer peer) {
    for (IpAddress address : byCandidate.getOrDefault(peer.node, Set.of())) {
      slices.step();
      Objects.requireNonNull(byAddress.get(address)).unbury(peer.node);
    }
    for (IpAddress address : peer.claims().keySet()) {
      Seat seat = byAddress.get(address);
      if (seat != null) {
        seat.unbury(peer.node);
      }
    }
  }

  /// The peer lives although it refused connections, and is heard: what this node has taken since
  /// then may be answered by both. So may what it held before, when the segment was in two; but the
  /// peer may read that, and is the one to stop then.
  void check(Peer peer, Instant now) {
    for (IpAddress address : byCandidate.getOrDefault(peer.node, Set.of())) {
      check(Objects.requireNonNull(byAddress.get(address)), peer, now);
    }
    for (IpAddress address : peer.claims().keySet()) {
      Seat seat = byAddress.get(address);
      if (seat != null) {
        check(seat, peer, now);
      }
    }
  }

  private void check(Seat seat, Peer peer, Instant now) {
    slices.step();
    if (seat.hold.isEmpty()) {
      return;
    }
    if (peer.sessions.isUp() && !seat.takenAt.isBefore(peer.refusedAt())) {
      seat.check = Optional.of(Seat.Check.FINAL);
      agenda.look(seat.address);
    } else {
      Instant later = now.plus(Inquest.CHECK_AGAIN);
      seat.plan(later, Seat.Check.FINAL);
      agenda.lookAt(later, seat.address);
    }
  }

  void forget(Peer peer, Collection<IpAddress> before) {
    for (IpAddress address : before) {
      Seat seat = byAddress.get(address);
      if (seat != null && !peer.claims().containsKey(address)) {
        seat.claims.remove(peer.node);
        agenda.look(address);
      }
    }
  }

  void concern(Peer peer) {
    agenda.news();
    byCandidate.getOrDefault(peer.node, Set.of()).forEach(this::afresh);
    peer.claims().keySet().forEach(this::afresh);
  }

  private void afresh(IpAddress address) {
    slices.step();
    Seat seat = byAddress.get(address);
    if (seat != null) {
      seat.probePause = probePause;
      seat.probeNotBefore = Instant.MIN;
      agenda.look(address);
    }
  }
}
