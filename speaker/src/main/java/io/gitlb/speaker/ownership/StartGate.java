// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Whether a state may be announced yet after a start.
final class StartGate {

  private final OwnershipSettings settings;
  private final Map<NodeName, Peer> peers;
  private Start start = new Start.Fresh();
  private Instant begun = Instant.MIN;

  StartGate(OwnershipSettings settings, Map<NodeName, Peer> peers) {
    this.settings = settings;
    this.peers = peers;
  }

  void begin(Start how, Instant now) {
    start = how;
    begun = now;
  }

  Instant heardAt() {
    return begun.plus(settings.hearing());
  }

  Instant lonelyUntil() {
    return begun.plus(settings.lonelyWait());
  }

  boolean cold(Origin origin) {
    return origin == Origin.DISK && start instanceof Start.Cold;
  }

  boolean hearing(Instant now) {
    return now.isBefore(heardAt()) && !peers.values().stream().allMatch(Peer::certain);
  }

  /// Why an address is not to be claimed yet, if so.
  Optional<String> shut(Seat seat, Contests state, Instant now) {
    if (hearing(now)) {
      return Optional.of("hears its peers first");
    }
    if (state.origin() == Origin.RECONCILER || !(start instanceof Start.Cold cold)) {
      return Optional.empty();
    }
    if (peers.values().stream().noneMatch(peer -> peer.told().isPresent())) {
      return lonely(cold.stateAge(), now);
    }
    for (NodeName node : seat.contest.candidates()) {
      Optional<String> shut =
          Optional.ofNullable(peers.get(node))
              .flatMap(Peer::told)
              .flatMap(told -> givenAway(told, seat.address, state.stored()));
      if (shut.isPresent()) {
        return shut;
      }
    }
    return Optional.empty();
  }

  private Optional<String> lonely(Duration age, Instant now) {
    if (age.compareTo(settings.maxStateAge()) >= 0) {
      return Optional.of("the state on disk is too old and no peer can be asked");
    }
    return now.isBefore(lonelyUntil())
        ? Optional.of("no peer can be asked; waits before it announces from disk")
        : Optional.empty();
  }

  private static Optional<String> givenAway(
      PeerClaims told, IpAddress address, Optional<Generation> stored) {
    boolean newer =
        told.stored().isPresent()
            && (stored.isEmpty() || told.stored().get().compareTo(stored.get()) > 0);
    if (!newer) {
      return Optional.empty();
    }
    if (told.known().isEmpty()) {
      return Optional.of(told.node().value() + " has a newer state and has not said what it knows");
    }
    return told.known().get().contains(address)
        ? Optional.empty()
        : Optional.of("given away: not in the newer state of " + told.node().value());
  }
}
