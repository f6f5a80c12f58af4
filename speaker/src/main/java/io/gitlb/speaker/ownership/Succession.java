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

/// The rules for an address that this node does not hold: whether it is to take it, and whether the
/// segment is asked before.
final class Succession {

  // A better candidate that is alive claims within this, or another does: it may not know yet.
  private static final Duration PATIENCE = Duration.ofMillis(400);

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
    Optional<Standing.Waiting> shut = gate.shut(seat, moment.state(), now);
    if (shut.isPresent()) {
      return shut.get();
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
}
