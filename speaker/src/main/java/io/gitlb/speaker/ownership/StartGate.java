// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.speaker.ownership.Standing.Hindrance;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether a state may be announced yet after a start.
final class StartGate {

  private final OwnershipSettings settings;
  private final Roster roster;
  private Start start = new Start.Fresh();
  private Instant begun = Instant.MIN;

  StartGate(OwnershipSettings settings, Roster roster) {
    this.settings = settings;
    this.roster = roster;
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
    return now.isBefore(heardAt()) && !roster.all().stream().allMatch(Peer::certain);
  }

  /// Why an address is not to be claimed yet, if so.
  Optional<Standing.Waiting> shut(Seat seat, Contests state, Instant now) {
    if (hearing(now)) {
      return Optional.of(new Standing.Waiting(Hindrance.UNHEARD, "hears its peers first"));
    }
    if (state.origin() == Origin.RECONCILER || !(start instanceof Start.Cold cold)) {
      return Optional.empty();
    }
    boolean heard =
        seat.contest.candidates().stream()
            .map(roster::find)
            .flatMap(Optional::stream)
            .anyMatch(peer -> peer.told().isPresent());
    if (!heard) {
      return lonely(cold.stateAge(), now);
    }
    return givenAway(seat, state).or(() -> unsaid(seat, state));
  }

  /// Why an address of a state from disk is none of this node's any more, if so.
  Optional<Standing.Waiting> givenAway(Seat seat, Contests state) {
    if (!cold(state.origin())) {
      return Optional.empty();
    }
    return ahead(seat, state)
        .filter(peer -> peer.known().filter(all -> !all.contains(seat.address)).isPresent())
        .findFirst()
        .map(
            peer ->
                new Standing.Waiting(
                    Hindrance.GIVEN_AWAY, "given away: not in the newer state of " + peer.node));
  }

  private Optional<Standing.Waiting> unsaid(Seat seat, Contests state) {
    return ahead(seat, state)
        .filter(peer -> peer.known().isEmpty())
        .findFirst()
        .map(
            peer ->
                new Standing.Waiting(
                    Hindrance.UNHEARD,
                    peer.node + " has a newer state and has not said what it knows"));
  }

  // The other candidates with a newer state.
  private Stream<Peer> ahead(Seat seat, Contests state) {
    return seat.contest.candidates().stream()
        .map(roster::find)
        .flatMap(Optional::stream)
        .filter(
            peer -> Outdated.isNewer(peer.told().flatMap(SpeakerClaims::stored), state.stored()));
  }

  private Optional<Standing.Waiting> lonely(Duration age, Instant now) {
    if (age.compareTo(settings.maxStateAge()) >= 0) {
      return Optional.of(
          new Standing.Waiting(
              Hindrance.TOO_OLD, "the state on disk is too old and no peer can be asked"));
    }
    return now.isBefore(lonelyUntil())
        ? Optional.of(
            new Standing.Waiting(
                Hindrance.UNCONFIRMED, "no peer can be asked; waits before it announces from disk"))
        : Optional.empty();
  }
}
