// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The rules for an address that this node does not hold: whether it is to take it.
final class Succession {

  // A better candidate that is alive claims within this, or another does: it may not know yet.
  private static final Duration PATIENCE = Duration.ofMillis(400);
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

  // Between two addresses of a holder that cannot be read: 50 a second, whatever it holds.
  private static final Duration VERIFICATION_PACE = Duration.ofMillis(20);

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Roster roster;
  private final Verdict verdict;
  private final StartGate gate;
  private final Agenda agenda;

  Succession(
      NodeName self,
      OwnershipSettings settings,
      Roster roster,
      Verdict verdict,
      StartGate gate,
      Agenda agenda) {
    this.self = self;
    this.settings = settings;
    this.roster = roster;
    this.verdict = verdict;
    this.gate = gate;
    this.agenda = agenda;
  }

  Standing free(Seat seat, Moment moment) {
    Optional<String> incapable = seat.ability.whyNotClaiming();
    if (incapable.isPresent()) {
      return new Standing.Unable(incapable.get());
    }
    Instant now = moment.now();
    TreeSet<NodeName> suspects = new TreeSet<>();
    Optional<NodeName> owner = owner(seat, now, suspects);
    boolean older =
        owner.isPresent() && claimOf(seat, owner.get()).term().compareTo(seat.contest.term()) < 0;
    // Who cannot hear that it is relieved goes on: then two would answer.
    boolean kept = owner.isPresent() && (!older || !peer(owner.get()).open());
    if (moment.leaving() || !counts(seat, moment.state()) || kept) {
      seat.expectingSince = Optional.empty();
      seat.concessions = 0;
      if (kept && !moment.leaving() && counts(seat, moment.state())) {
        verify(seat, owner.get(), now);
      }
      return new Standing.Standby(owner);
    }
    Optional<String> shut = gate.shut(seat, moment.state(), now);
    if (shut.isPresent()) {
      return new Standing.Waiting(shut.get());
    }
    if (expecting(seat, owner, now, suspects)) {
      return new Standing.Standby(owner);
    }
    if (now.isBefore(seat.concededUntil)) {
      agenda.lookAt(seat.concededUntil, seat.address);
      return new Standing.Standby(owner);
    }
    boolean unsure =
        !suspects.isEmpty()
            || seat.concessions > 0
            || seat.expectingSince.isPresent()
            || (!older && (gate.cold(moment.state().origin()) || uncertain(seat, now)));
    if (unsure && !now.isBefore(seat.clearUntil)) {
      return probe(seat, owner, now);
    }
    seat.take(seat.segment(), now);
    distrust(seat, now);
    return seat.holding();
  }

  // A process that refuses connections is gone as a rule. Where only its API cannot be reached, and
  // it hears nobody on the segment either, no one else finds out that two answer.
  private void distrust(Seat seat, Instant now) {
    for (NodeName node : seat.parties()) {
      Peer peer = roster.get(node);
      if (peer != null && peer.refused() && !peer.survived()) {
        Instant when = peer.slot(now.plus(settings.detection()), VERIFICATION_PACE);
        seat.plan(when, Seat.Check.BY_PLACE);
        agenda.lookAt(when, seat.address);
        return;
      }
    }
  }

  // Beyond a full mesh only the first candidates see each other, so that no other may decide.
  private boolean counts(Seat seat, Contests state) {
    return state.members().size() <= WatchGraph.FULL_MESH
        ? seat.contest.candidates().contains(self)
        : WatchGraph.head(seat.contest).contains(self);
  }

  // The live holder; holders that may be dead are added to the suspects.
  private Optional<NodeName> owner(Seat seat, Instant now, Set<NodeName> suspects) {
    Optional<NodeName> owner = Optional.empty();
    SortedSet<String> segment = seat.segment();
    for (Map.Entry<NodeName, SpeakerClaims.Claim> entry : seat.claims.entrySet()) {
      Peer peer = roster.get(entry.getKey());
      if (peer == null
          || entry.getValue().state() == SpeakerClaims.ClaimState.YIELDING
          || peer.declines(seat.address)) {
        continue;
      }
      switch (verdict.of(peer, seat, segment, now)) {
        case LIVE, UNREAD -> owner = later(seat, owner, entry.getKey());
        case SUSPECT -> suspects.add(entry.getKey());
        case GONE -> {}
      }
    }
    return owner;
  }

  /// Of a node that is known to claim.
  private static SpeakerClaims.Claim claimOf(Seat seat, NodeName node) {
    return Objects.requireNonNull(seat.claims.get(node));
  }

  /// Of a node that is known.
  private Peer peer(NodeName node) {
    return Objects.requireNonNull(roster.get(node));
  }

  private static Optional<NodeName> later(Seat seat, Optional<NodeName> one, NodeName other) {
    if (one.isEmpty()) {
      return Optional.of(other);
    }
    SpeakerClaims.Claim mine = claimOf(seat, one.get());
    SpeakerClaims.Claim its = claimOf(seat, other);
    int order = mine.term().compareTo(its.term());
    order = order != 0 ? order : Long.compare(mine.turn(), its.turn());
    return order >= 0 ? one : Optional.of(other);
  }

  // Whether a better candidate is alive and is to claim; those that may be dead are suspects.
  private boolean expecting(
      Seat seat, Optional<NodeName> owner, Instant now, Set<NodeName> suspects) {
    boolean expected = false;
    for (NodeName node : before(seat)) {
      Peer peer = roster.get(node);
      if (peer == null || peer.declines(seat.address)) {
        continue;
      }
      Verdict.Life life = verdict.of(peer, seat, seat.segment(), now);
      expected |= life.isHeard();
      if (life == Verdict.Life.SUSPECT) {
        suspects.add(node);
      }
    }
    if (!expected) {
      seat.expectingSince = Optional.empty();
      return false;
    }
    Instant since = seat.expectingSince.orElse(now);
    seat.expectingSince = Optional.of(since);
    agenda.lookAt(since.plus(PATIENCE), seat.address);
    return owner.isPresent() || now.isBefore(since.plus(PATIENCE));
  }

  private List<NodeName> before(Seat seat) {
    List<NodeName> all = seat.contest.candidates();
    int mine = all.indexOf(self);
    return mine < 0 ? all : all.subList(0, mine);
  }

  // Whether a candidate may hold what it has not told.
  private boolean uncertain(Seat seat, Instant now) {
    for (NodeName node : seat.contest.candidates()) {
      Peer peer = roster.get(node);
      if (peer != null && (!peer.certain() || unknown(peer, seat, now))) {
        return true;
      }
    }
    return false;
  }

  private boolean unknown(Peer peer, Seat seat, Instant now) {
    // Also of one that was found not to hold what it once claimed: it may have taken it since.
    return switch (verdict.evidence(peer, seat, seat.segment(), now)) {
      case UNREAD -> true;
      case SUSPECT -> peer.refused() && !seat.isBuried(peer.node);
      case LIVE, GONE -> false;
    };
  }

  private Standing probe(Seat seat, Optional<NodeName> owner, Instant now) {
    if (!seat.probing && now.isBefore(seat.probeNotBefore)) {
      agenda.lookAt(seat.probeNotBefore, seat.address);
      return new Standing.Standby(owner);
    }
    seat.probeWanted = true;
    return new Standing.Probing();
  }

  // Who is heard and cannot be read may have stopped answering without anybody knowing: the next
  // candidate asks the segment now and then.
  private void verify(Seat seat, NodeName owner, Instant now) {
    Peer holder = peer(owner);
    if (verdict.of(holder, seat, seat.segment(), now) != Verdict.Life.UNREAD
        || hasBetter(seat, owner, now)) {
      seat.verifyAt = Optional.empty();
      return;
    }
    if (seat.probing) {
      seat.probeWanted = true;
      return;
    }
    Instant earliest = now.isBefore(seat.verifyNotBefore) ? seat.verifyNotBefore : now;
    Instant when = seat.verifyAt.orElseGet(() -> holder.slot(earliest, VERIFICATION_PACE));
    if (now.isBefore(when)) {
      seat.verifyAt = Optional.of(when);
      agenda.lookAt(when, seat.address);
    } else {
      seat.verifyAt = Optional.empty();
      seat.verifyNotBefore = now.plus(settings.verification());
      seat.probeWanted = true;
    }
  }

  private boolean hasBetter(Seat seat, NodeName owner, Instant now) {
    for (NodeName node : before(seat)) {
      Peer peer = roster.get(node);
      if (peer != null
          && !node.equals(owner)
          && !peer.declines(seat.address)
          && verdict.of(peer, seat, seat.segment(), now) == Verdict.Life.LIVE) {
        return true;
      }
    }
    return false;
  }

  /// A probe is over.
  void probed(Seat seat, ProbeOutcome outcome, Moment moment) {
    Instant now = moment.now();
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

  // Two that probe at the same time, and do not hear each other answer, would both take it (RFC 5227
  // section 2.1.1). The one that comes later in the list asks again, and hears the other by then.
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
