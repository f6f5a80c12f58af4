// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// The rules for an address that this node holds.
final class Tenure {

  /// How long it counts that a node was seen to answer: longer than the pauses between the first
  /// rounds of announcements, and than a claim takes.
  private static final Duration SIGHT = Duration.ofSeconds(2);

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Roster roster;
  private final Verdict verdict;
  private final Agenda agenda;

  Tenure(NodeName self, OwnershipSettings settings, Roster roster, Verdict verdict, Agenda agenda) {
    this.self = self;
    this.settings = settings;
    this.roster = roster;
    this.verdict = verdict;
    this.agenda = agenda;
  }

  /// Who makes this holder stop: a better claim on the same segment, or of a newer term; any claim
  /// there, when it means to stop anyway.
  Optional<NodeName> winner(Seat seat, Moment moment) {
    boolean yields = moment.leaving() || seat.ability.whyNotClaiming().isPresent();
    for (Map.Entry<NodeName, SpeakerClaims.Claim> entry : seat.claims.entrySet()) {
      Peer peer = roster.get(entry.getKey());
      SpeakerClaims.Claim claim = entry.getValue();
      if (peer == null || claim.state() != SpeakerClaims.ClaimState.HOLDING) {
        continue;
      }
      if (outdone(seat, peer, claim, moment.now())) {
        return Optional.of(entry.getKey());
      }
      if (seat.isBuried(entry.getKey())) {
        continue;
      }
      if ((yields || seat.beaten(self, entry.getKey(), claim))
          && binds(seat, peer, claim, moment.now())) {
        return Optional.of(entry.getKey());
      }
    }
    return yields ? heirInSight(seat) : Optional.empty();
  }

  // Whose claim cannot be read is seen to answer all the same.
  private Optional<NodeName> heirInSight(Seat seat) {
    return seat.yieldingSince.flatMap(
        since ->
            seat.contest.candidates().stream()
                .filter(node -> roster.find(node).filter(peer -> !peer.open()).isPresent())
                .filter(node -> seat.sightedSince(node, since))
                .findFirst());
  }

  // After a heal each hears the other a moment before it is heard itself.
  private boolean outdone(Seat seat, Peer peer, SpeakerClaims.Claim claim, Instant now) {
    SortedSet<String> segment = seat.hold.orElseThrow().interfaces();
    if (seat.beaten(self, peer.node, claim)) {
      return verdict.outdoes(peer, seat, segment, now);
    }
    if (verdict.outdoes(peer, seat, segment, now.minus(settings.detection()))) {
      return true;
    }
    if (verdict.outdoes(peer, seat, segment, now)) {
      agenda.lookAt(now.plus(settings.detection()), seat.address);
    }
    return false;
  }

  // Who is on another part of a segment in two leaves this part to us. Who is seen to answer, but
  // hears nobody, may be deaf: to stop for that one could leave nobody, too. A newer term binds
  // without contact, unless its holder seems to be off the segment: whoever stops for that one
  // leaves nobody. Who cannot answer has nothing to lose: one whose cable is put in again would go
  // on beside its heir until they have contact.
  private boolean binds(Seat seat, Peer peer, SpeakerClaims.Claim claim, Instant now) {
    Seat.Hold mine = seat.hold.orElseThrow();
    SortedSet<String> segment = mine.interfaces();
    return seat.ability instanceof Ability.Unable
        || peer.sessions.isUp(segment)
        || (seat.sightedSince(peer.node, now.minus(SIGHT)) && verdict.hears(peer, seat))
        || verdict.joined(peer, seat, segment)
        || (claim.term().compareTo(mine.term()) > 0
            && verdict.of(peer, seat, segment, now) == Verdict.Life.LIVE);
  }

  /// What it is as a holder; empty when it stops.
  Optional<Standing> held(Seat seat, Moment moment) {
    if (seat.rechecking) {
      seat.probeWanted = true;
      Seat.Hold held = seat.hold.orElseThrow();
      return Optional.of(
          new Standing.Rechecking(held.term(), held.turn(), held.since(), held.interfaces()));
    }
    if (moment.leaving() || seat.ability instanceof Ability.Unable) {
      return yielding(seat, moment.now());
    }
    if (seat.ability instanceof Ability.Doubtful) {
      // Yields to whoever can, for as long as that takes.
      seat.yieldingSince = Optional.of(seat.yieldingSince.orElse(moment.now()));
      return Optional.of(seat.yielding());
    }
    seat.yieldingSince = Optional.empty();
    seat.plannedCheck
        .filter(planned -> !moment.now().isBefore(planned.when()))
        .ifPresent(planned -> begin(planned, seat));
    seat.probeWanted = seat.check.isPresent();
    SortedSet<String> segment = seat.segment();
    Seat.Hold mine = seat.hold.orElseThrow();
    if (!mine.interfaces().equals(segment)) {
      seat.hold = Optional.of(new Seat.Hold(mine.term(), mine.turn(), mine.since(), segment));
    }
    boolean older = mine.term().compareTo(seat.contest.term()) < 0;
    if (older && seat.contest.candidates().contains(self) && first(seat, segment, moment.now())) {
      seat.take(segment, moment.now());
    }
    return Optional.of(seat.holding());
  }

  private void begin(Seat.PlannedCheck planned, Seat seat) {
    seat.plannedCheck = Optional.empty();
    // Of those that can be read by now the claims decide.
    boolean unread =
        seat.parties().stream()
            .map(roster::find)
            .flatMap(Optional::stream)
            .anyMatch(peer -> !peer.open());
    if (unread) {
      seat.check = Optional.of(seat.check.filter(Seat.Check.FINAL::equals).orElse(planned.check()));
    }
  }

  // The next one claims, and is waited for, for a while.
  private Optional<Standing> yielding(Seat seat, Instant now) {
    Instant since = seat.yieldingSince.orElse(now);
    Instant end = since.plus(settings.yieldLimit());
    boolean heir =
        seat.contest.candidates().stream()
            .map(roster::find)
            .flatMap(Optional::stream)
            .anyMatch(peer -> peer.open() && !peer.declines(seat.address));
    if (!heir || !now.isBefore(end)) {
      seat.drop();
      return Optional.empty();
    }
    seat.yieldingSince = Optional.of(since);
    agenda.lookAt(end, seat.address);
    return Optional.of(seat.yielding());
  }

  private boolean first(Seat seat, SortedSet<String> segment, Instant now) {
    List<NodeName> all = seat.contest.candidates();
    for (NodeName node : all.subList(0, all.indexOf(self))) {
      Peer peer = roster.get(node);
      if (peer != null
          && !peer.declines(seat.address)
          && verdict.of(peer, seat, segment, now).isHeard()) {
        return false;
      }
    }
    return true;
  }
}
