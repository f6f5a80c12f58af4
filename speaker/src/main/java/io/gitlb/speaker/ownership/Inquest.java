// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a probe leads to, for an address that this node would take, or holds.
final class Inquest {

  // How long "nobody answered" is good for.
  private static final Duration CLEAR = Duration.ofMillis(100);

  // Between probes that members answer; anything heard of a candidate makes it short again.
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(800);

  /// For the other one of two to stop first, of which not both can read each other's claims.
  static final Duration CHECK_AGAIN = Duration.ofMillis(200);

  // So often in a row whoever probes at the same time and comes before in the list is given way:
  // once is enough as a rule. More come from lists that differ, and then the names decide.
  private static final int CONCESSIONS_BY_LIST = 2;

  // Beyond that somebody only pretends to probe.
  private static final int MOST_CONCESSIONS = 4;

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Roster roster;
  private final Verdict verdict;
  private final Agenda agenda;

  Inquest(
      NodeName self, OwnershipSettings settings, Roster roster, Verdict verdict, Agenda agenda) {
    this.self = self;
    this.settings = settings;
    this.roster = roster;
    this.verdict = verdict;
    this.agenda = agenda;
  }

  /// A probe is over.
  void probed(Seat seat, ProbeOutcome outcome, Instant now) {
    seat.probing = false;
    List<NodeName> standing =
        outcome.members().stream().filter(node -> stands(seat, node, now)).toList();
    boolean held = !standing.isEmpty();
    // One that kept quiet before, and was taken for dead, may have taken it since.
    standing.forEach(seat::unbury);
    checked(seat, standing, now);
    boolean conceded = !held && concedes(seat, outcome.probers(), now);
    if (seat.rechecking) {
      seat.rechecking = false;
      if (held || conceded) {
        seat.drop();
      }
    }
    if (conceded) {
      return;
    }
    seat.concessions = 0;
    if (held) {
      seat.clearUntil = Instant.MIN;
      seat.probeNotBefore = now.plus(seat.probePause);
      Duration longer = seat.probePause.multipliedBy(2);
      seat.probePause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      return;
    }
    seat.clearUntil = now.plus(CLEAR);
    seat.contest.candidates().forEach(node -> bury(seat, node, now));
    List.copyOf(seat.claims.keySet()).forEach(node -> bury(seat, node, now));
  }

  // Two that probe at the same time, and do not hear each other answer, would both take it
  // (RFC 5227 section 2.1.1). The one that comes later in the list asks again, and hears the other
  // by then.
  private boolean concedes(Seat seat, Set<NodeName> probers, Instant now) {
    boolean answers = seat.hold.isPresent() && !seat.rechecking;
    if (answers
        || seat.concessions >= MOST_CONCESSIONS
        || probers.stream().noneMatch(node -> precedes(seat, node))) {
      return false;
    }
    seat.concessions++;
    seat.clearUntil = Instant.MIN;
    seat.concededUntil = now.plus(settings.probeAgain());
    return true;
  }

  private boolean precedes(Seat seat, NodeName prober) {
    return seat.concessions < CONCESSIONS_BY_LIST
        ? seat.contest.isBefore(prober, self)
        : prober.compareTo(self) < 0;
  }

  private void checked(Seat seat, List<NodeName> standing, Instant now) {
    Optional<Seat.Check> check = seat.check;
    seat.check = Optional.empty();
    List<NodeName> unread =
        standing.stream().filter(node -> roster.find(node).filter(Peer::open).isEmpty()).toList();
    if (check.isEmpty() || unread.isEmpty()) {
      return;
    }
    int mine = seat.contest.position(self);
    boolean yields =
        switch (check.get()) {
          case FINAL -> true;
          case BY_PLACE -> unread.stream().anyMatch(node -> seat.contest.position(node) < mine);
        };
    if (yields) {
      seat.drop();
    } else {
      // The other asks the segment, too, and comes later: it stops, unless it cannot see us.
      Instant again = now.plus(CHECK_AGAIN);
      seat.plan(again, Seat.Check.FINAL);
      agenda.lookAt(again, seat.address);
    }
  }

  // Who is about to stop, or belongs to an older list and cannot be heard, is in nobody's way.
  private boolean stands(Seat seat, NodeName node, Instant now) {
    Peer peer = roster.get(node);
    SpeakerClaims.Claim claim = seat.claims.get(node);
    if (peer == null) {
      return seat.contest.candidates().contains(node);
    }
    boolean yields = claim != null && claim.state() == SpeakerClaims.ClaimState.YIELDING;
    return !yields
        && !peer.declines(seat.address)
        && verdict.evidence(peer, seat, seat.segment(), now) != Verdict.Life.GONE;
  }

  private void bury(Seat seat, NodeName node, Instant now) {
    Peer peer = roster.get(node);
    if (peer == null) {
      return;
    }
    switch (verdict.of(peer, seat, seat.segment(), now)) {
      case SUSPECT -> seat.bury(node);
      case UNREAD -> {
        // It lives, but what it claimed when it was last read it does not hold any more.
        if (seat.claims.containsKey(node)) {
          seat.bury(node);
        }
      }
      case LIVE, GONE -> {}
    }
  }
}
