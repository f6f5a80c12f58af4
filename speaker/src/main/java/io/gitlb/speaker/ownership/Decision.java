// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// The rules for one address.
final class Decision {

  // A better candidate that is alive claims within this, or another does: it may not know yet.
  private static final Duration PATIENCE = Duration.ofMillis(400);
  // How long "nobody answered" is good for.
  private static final Duration CLEAR = Duration.ofMillis(100);

  // Between probes that members answer; anything heard of a candidate makes it short again.
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(800);

  private final NodeName self;
  private final OwnershipSettings settings;
  private final Map<NodeName, Peer> peers;
  private final StartGate gate;
  private final Verdict verdict;
  private final BiConsumer<IpAddress, Instant> wake;

  Decision(
      NodeName self,
      OwnershipSettings settings,
      Map<NodeName, Peer> peers,
      StartGate gate,
      BiConsumer<IpAddress, Instant> wake) {
    this.self = self;
    this.settings = settings;
    this.peers = peers;
    this.gate = gate;
    this.verdict = new Verdict(self, settings, peers);
    this.wake = wake;
  }

  Standing decide(
      Seat seat, Contests state, boolean leaving, Instant now, SortedSet<IpAddress> probes) {
    if (seat.hold.isPresent()) {
      Optional<NodeName> winner = winner(seat, now);
      if (winner.isPresent()) {
        seat.drop();
        return new Standing.Standby(winner);
      }
      if (seat.rechecking) {
        begin(seat, probes);
        Seat.Hold held = seat.hold.get();
        return new Standing.Rechecking(held.term(), held.turn(), held.since(), held.interfaces());
      }
      Optional<Standing> held = held(seat, leaving, now);
      if (held.isPresent()) {
        return held.get();
      }
    }
    return free(seat, state, leaving, now, probes);
  }

  // Who makes this holder stop: a better claim with contact, or a newer term.
  private Optional<NodeName> winner(Seat seat, Instant now) {
    for (Map.Entry<NodeName, Claim> entry : seat.claims.entrySet()) {
      Peer peer = peers.get(entry.getKey());
      Claim claim = entry.getValue();
      if (peer == null
          || claim.state() != ClaimState.HOLDING
          || seat.buried.contains(entry.getKey())) {
        continue;
      }
      if (binds(seat, peer, claim, now) && seat.beaten(self, entry.getKey(), claim)) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  // A newer term binds without contact, unless its holder seems to be off the segment: whoever
  // stops for that one leaves nobody.
  private boolean binds(Seat seat, Peer peer, Claim claim, Instant now) {
    Seat.Hold mine = seat.hold.orElseThrow();
    return peer.up(mine.interfaces())
        || (claim.term().compareTo(mine.term()) > 0
            && verdict.of(peer, seat, mine.interfaces(), now) == Verdict.Life.LIVE);
  }

  // Empty when it stops.
  private Optional<Standing> held(Seat seat, boolean leaving, Instant now) {
    if (leaving || seat.ability instanceof Ability.Unable) {
      return yielding(seat, now);
    }
    if (seat.ability instanceof Ability.Doubtful) {
      return Optional.of(onOffer(seat, now));
    }
    seat.yieldingSince = Optional.empty();
    SortedSet<String> segment = segment(seat);
    Seat.Hold mine = seat.hold.orElseThrow();
    if (!mine.interfaces().equals(segment)) {
      seat.hold = Optional.of(new Seat.Hold(mine.term(), mine.turn(), mine.since(), segment));
    }
    boolean older = mine.term().compareTo(seat.contest.term()) < 0;
    if (older && seat.contest.candidates().contains(self) && first(seat, segment, now)) {
      seat.take(segment, now);
    }
    Seat.Hold held = seat.hold.orElseThrow();
    return Optional.of(
        new Standing.Holding(held.term(), held.turn(), held.since(), held.interfaces()));
  }

  // Yields to whoever can, for as long as that takes.
  private static Standing onOffer(Seat seat, Instant now) {
    seat.yieldingSince = Optional.of(seat.yieldingSince.orElse(now));
    Seat.Hold held = seat.hold.orElseThrow();
    return new Standing.Yielding(held.term(), held.turn(), held.since(), held.interfaces());
  }

  private Optional<Standing> yielding(Seat seat, Instant now) {
    Instant since = seat.yieldingSince.orElse(now);
    Instant end = since.plus(settings.yieldLimit());
    boolean heir =
        seat.contest.candidates().stream()
            .map(peers::get)
            .anyMatch(peer -> peer != null && peer.open() && !peer.declines(seat.address));
    if (!heir || !now.isBefore(end)) {
      seat.drop();
      return Optional.empty();
    }
    seat.yieldingSince = Optional.of(since);
    wake.accept(seat.address, end);
    Seat.Hold held = seat.hold.orElseThrow();
    return Optional.of(
        new Standing.Yielding(held.term(), held.turn(), held.since(), held.interfaces()));
  }

  private boolean first(Seat seat, SortedSet<String> segment, Instant now) {
    for (NodeName node : before(seat)) {
      Peer peer = peers.get(node);
      if (peer != null
          && !peer.declines(seat.address)
          && verdict.of(peer, seat, segment, now) == Verdict.Life.LIVE) {
        return false;
      }
    }
    return true;
  }

  private List<NodeName> before(Seat seat) {
    List<NodeName> all = seat.contest.candidates();
    int mine = all.indexOf(self);
    return mine < 0 ? all : all.subList(0, mine);
  }

  private Standing free(
      Seat seat, Contests state, boolean leaving, Instant now, SortedSet<IpAddress> probes) {
    if (seat.ability.whyNotClaiming().isPresent()) {
      return new Standing.Unable(seat.ability.whyNotClaiming().get());
    }
    TreeSet<NodeName> suspects = new TreeSet<>();
    SortedSet<String> segment = segment(seat);
    Optional<NodeName> owner = owner(seat, segment, now, suspects);
    boolean older =
        owner.isPresent() && claimOf(seat, owner.get()).term().compareTo(seat.contest.term()) < 0;
    // Who cannot hear that it is relieved goes on: then two would answer.
    boolean kept = owner.isPresent() && (!older || !peer(owner.get()).open());
    if (leaving || !counts(seat, state) || kept) {
      seat.expectingSince = Optional.empty();
      return new Standing.Standby(owner);
    }
    Optional<String> shut = gate.shut(seat, state, now);
    if (shut.isPresent()) {
      return new Standing.Waiting(shut.get());
    }
    if (expecting(seat, segment, owner, now, suspects)) {
      return new Standing.Standby(owner);
    }
    boolean unsure =
        !suspects.isEmpty()
            || seat.expectingSince.isPresent()
            || (!older && (gate.cold(state.origin()) || uncertain(seat)));
    if (unsure && !now.isBefore(seat.clearUntil)) {
      return probe(seat, owner, now, probes);
    }
    seat.take(segment, now);
    Seat.Hold held = seat.hold.orElseThrow();
    return new Standing.Holding(held.term(), held.turn(), held.since(), held.interfaces());
  }

  private static SortedSet<String> segment(Seat seat) {
    return switch (seat.ability) {
      case Ability.Able(SortedSet<String> interfaces) -> interfaces;
      case Ability.Doubtful(SortedSet<String> interfaces, String _) -> interfaces;
      case Ability.Unable _ -> Collections.emptySortedSet();
    };
  }

  // Beyond a full mesh only the first candidates see each other, so that no other may decide.
  private boolean counts(Seat seat, Contests state) {
    return state.members().size() <= WatchGraph.FULL_MESH
        ? seat.contest.candidates().contains(self)
        : WatchGraph.head(seat.contest).contains(self);
  }

  // The live holder; holders that may be dead are added to the suspects.
  private Optional<NodeName> owner(
      Seat seat, SortedSet<String> segment, Instant now, Set<NodeName> suspects) {
    Optional<NodeName> owner = Optional.empty();
    for (Map.Entry<NodeName, Claim> entry : seat.claims.entrySet()) {
      Peer peer = peers.get(entry.getKey());
      if (peer == null
          || entry.getValue().state() == ClaimState.YIELDING
          || peer.declines(seat.address)) {
        continue;
      }
      switch (verdict.of(peer, seat, segment, now)) {
        case LIVE -> owner = later(seat, owner, entry.getKey());
        case SUSPECT -> suspects.add(entry.getKey());
        case GONE -> {}
      }
    }
    return owner;
  }

  /// Of a node that is known to claim.
  private static Claim claimOf(Seat seat, NodeName node) {
    return Objects.requireNonNull(seat.claims.get(node));
  }

  /// Of a node that is known.
  private Peer peer(NodeName node) {
    return Objects.requireNonNull(peers.get(node));
  }

  private static Optional<NodeName> later(Seat seat, Optional<NodeName> one, NodeName other) {
    boolean stays =
        one.isPresent()
            && claimOf(seat, one.get()).term().compareTo(claimOf(seat, other).term()) >= 0;
    return stays ? one : Optional.of(other);
  }

  // Whether a better candidate is alive and is to claim; those that may be dead are suspects.
  private boolean expecting(
      Seat seat,
      SortedSet<String> segment,
      Optional<NodeName> owner,
      Instant now,
      Set<NodeName> suspects) {
    boolean expected = false;
    for (NodeName node : before(seat)) {
      Peer peer = peers.get(node);
      if (peer == null || peer.declines(seat.address)) {
        continue;
      }
      Verdict.Life life = verdict.of(peer, seat, segment, now);
      expected |= life == Verdict.Life.LIVE;
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
    wake.accept(seat.address, since.plus(PATIENCE));
    return owner.isPresent() || now.isBefore(since.plus(PATIENCE));
  }

  private boolean uncertain(Seat seat) {
    return seat.contest.candidates().stream()
        .map(peers::get)
        .anyMatch(peer -> peer != null && !peer.certain());
  }

  private Standing probe(
      Seat seat, Optional<NodeName> owner, Instant now, SortedSet<IpAddress> probes) {
    if (!seat.probing && now.isBefore(seat.probeNotBefore)) {
      wake.accept(seat.address, seat.probeNotBefore);
      return new Standing.Standby(owner);
    }
    begin(seat, probes);
    return new Standing.Probing();
  }

  private static void begin(Seat seat, SortedSet<IpAddress> probes) {
    if (!seat.probing) {
      seat.probing = true;
      probes.add(seat.address);
    }
  }

  void probed(Seat seat, ProbeOutcome outcome, Instant now) {
    seat.probing = false;
    boolean held = outcome.members().stream().anyMatch(node -> stands(seat, node));
    if (seat.rechecking) {
      seat.rechecking = false;
      if (held) {
        seat.drop();
      }
    }
    if (held) {
      seat.probeNotBefore = now.plus(seat.probePause);
      Duration longer = seat.probePause.multipliedBy(2);
      seat.probePause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      return;
    }
    seat.clearUntil = now.plus(CLEAR);
    seat.contest.candidates().forEach(node -> bury(seat, node, now));
    List.copyOf(seat.claims.keySet()).forEach(node -> bury(seat, node, now));
  }

  // Who is about to stop, or belongs to an older list and cannot be heard, is in nobody's way.
  private boolean stands(Seat seat, NodeName node) {
    Peer peer = peers.get(node);
    Claim claim = seat.claims.get(node);
    if (peer == null) {
      return seat.contest.candidates().contains(node);
    }
    boolean yields = claim != null && claim.state() == ClaimState.YIELDING;
    return !yields && !peer.declines(seat.address);
  }

  private void bury(Seat seat, NodeName node, Instant now) {
    Peer peer = peers.get(node);
    if (peer != null && verdict.of(peer, seat, segment(seat), now) == Verdict.Life.SUSPECT) {
      seat.buried.add(node);
    }
  }
}
