// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One address: what is claimed, what this node holds, and its probe.
final class Seat {

  /// What this node holds.
  record Hold(Generation term, long turn, Instant since, SortedSet<String> interfaces) {}

  /// A probe that is to tell, while this node goes on to answer, whether somebody does so, too,
  /// whose claim cannot be read. Among those that can be read the claims decide.
  enum Check {
    /// It stops when the other comes before it in the list; else it asks again.
    BY_PLACE,
    /// It stops.
    FINAL
  }

  /// A check that is to be made.
  ///
  /// @param check what an answer leads to
  record PlannedCheck(Instant when, Check check) {}

  final IpAddress address;
  Contest contest;
  Ability ability = new Ability.Unable("its links are not known yet");
  Optional<Hold> hold = Optional.empty();
  Optional<Instant> yieldingSince = Optional.empty();
  boolean rechecking;
  boolean probing;

  /// What an answer to the check that runs, or is to run, leads to.
  Optional<Check> check = Optional.empty();

  Optional<PlannedCheck> plannedCheck = Optional.empty();

  /// When the probe that runs was asked for.
  Instant probedAt = Instant.MIN;

  /// When this node claimed it last.
  Instant takenAt = Instant.MIN;

  /// What the decision that is made now wants.
  boolean probeWanted;

  Instant probeNotBefore = Instant.MIN;
  Duration probePause;
  Instant clearUntil = Instant.MIN;

  /// Another that probed at the same time may take it until then.
  Instant concededUntil = Instant.MIN;

  /// How often in a row this node has given way to such a one.
  int concessions;

  Optional<Instant> expectingSince = Optional.empty();

  /// When to probe whether a holder that cannot be read still answers.
  Optional<Instant> verifyAt = Optional.empty();

  Instant verifyNotBefore = Instant.MIN;

  /// A recheck for what was seen on the segment is not done again before.
  Instant recheckNotBefore = Instant.MIN;

  /// Peers with a newer state than this node's lack the address.
  Optional<Outdated.Lacking> lacking = Optional.empty();

  // Node → when it was last seen on the segment to answer for the address (1:1).
  private final TreeMap<NodeName, Instant> sightings = new TreeMap<>();

  final TreeMap<NodeName, SpeakerClaims.Claim> claims = new TreeMap<>();

  /// Suspects that did not answer a probe, until they are heard of again.
  private SortedSet<NodeName> buried = Collections.emptySortedSet();

  private Optional<Generation> heardTerm = Optional.empty();
  private long heardTurn;

  Seat(IpAddress address, Contest contest, Duration probePause) {
    this.probePause = probePause;
    this.address = address;
    this.contest = contest;
  }

  boolean isBuried(NodeName suspect) {
    return buried.contains(suspect);
  }

  /// A suspect did not answer a probe.
  void bury(NodeName suspect) {
    SortedSet<NodeName> more = new TreeSet<>(buried);
    more.add(suspect);
    buried = FixedSortedSet.copyOf(more);
  }

  /// One that is heard of is no suspect.
  void unbury(NodeName heard) {
    if (buried.contains(heard)) {
      SortedSet<NodeName> fewer = new TreeSet<>(buried);
      fewer.remove(heard);
      buried = FixedSortedSet.copyOf(fewer);
    }
  }

  void heard(NodeName node, SpeakerClaims.Claim claim) {
    claims.put(node, claim);
    turn(claim.term(), claim.turn());
  }

  private void turn(Generation term, long turn) {
    int order = heardTerm.isEmpty() ? 1 : term.compareTo(heardTerm.get());
    if (order > 0) {
      heardTerm = Optional.of(term);
      heardTurn = turn;
    } else if (order == 0) {
      heardTurn = Math.max(heardTurn, turn);
    }
  }

  /// Holds from now, in the term of the contest, after everybody that was heard of.
  void take(SortedSet<String> interfaces, Instant now) {
    long next = heardTerm.filter(contest.term()::equals).isPresent() ? heardTurn + 1 : 1;
    Instant since = hold.map(Hold::since).orElse(now);
    hold = Optional.of(new Hold(contest.term(), next, since, interfaces));
    turn(contest.term(), next);
    takenAt = now;
    concessions = 0;
    yieldingSince = Optional.empty();
    expectingSince = Optional.empty();
  }

  /// What this node tells of it, if it holds it.
  Optional<SpeakerClaims.Claim> claim() {
    return hold.map(
        held ->
            new SpeakerClaims.Claim(
                address,
                held.term(),
                held.turn(),
                yieldingSince.isPresent()
                    ? SpeakerClaims.ClaimState.YIELDING
                    : SpeakerClaims.ClaimState.HOLDING,
                List.copyOf(held.interfaces())));
  }

  /// Of an address that is held.
  Standing.Holding holding() {
    Hold held = hold.orElseThrow();
    return new Standing.Holding(held.term(), held.turn(), held.since(), held.interfaces());
  }

  /// Of an address that is held until another claims it.
  Standing.Yielding yielding() {
    Hold held = hold.orElseThrow();
    return new Standing.Yielding(held.term(), held.turn(), held.since(), held.interfaces());
  }

  void sighted(NodeName node, Instant now) {
    sightings.put(node, now);
  }

  /// Whether the node was seen on the segment to answer since `from`.
  boolean sightedSince(NodeName node, Instant from) {
    Instant seen = sightings.get(node);
    return seen != null && !seen.isBefore(from);
  }

  /// Who may answer for it: the candidates, and whoever claims it.
  Set<NodeName> parties() {
    Set<NodeName> parties = new LinkedHashSet<>(contest.candidates());
    parties.addAll(claims.keySet());
    return parties;
  }

  void plan(Instant when, Check later) {
    plannedCheck = Optional.of(new PlannedCheck(when, later));
  }

  /// Whether the node was seen on the segment to answer while this node has held the address.
  boolean isContestedBy(NodeName node) {
    return hold.filter(held -> sightedSince(node, held.since())).isPresent();
  }

  /// The links of a node that can answer, none of one that cannot.
  SortedSet<String> segment() {
    return switch (ability) {
      case Ability.Able(SortedSet<String> interfaces) -> interfaces;
      case Ability.Doubtful(SortedSet<String> interfaces, String _) -> interfaces;
      case Ability.Unable _ -> Collections.emptySortedSet();
    };
  }

  void drop() {
    hold = Optional.empty();
    yieldingSince = Optional.empty();
    rechecking = false;
    check = Optional.empty();
    plannedCheck = Optional.empty();
  }

  /// What was concluded before a pause of this process is worth nothing.
  void paused() {
    rechecking = hold.isPresent();
    check = Optional.empty();
    plannedCheck = Optional.empty();
    probing = false;
    clearUntil = Instant.MIN;
    probeNotBefore = Instant.MIN;
    concededUntil = Instant.MIN;
    concessions = 0;
    expectingSince = Optional.empty();
    verifyAt = Optional.empty();
  }

  /// Whether a peer's claim comes before what is held here: newer term, later turn, better place.
  boolean beaten(NodeName self, NodeName peer, SpeakerClaims.Claim claim) {
    Hold mine = hold.orElseThrow();
    int order = claim.term().compareTo(mine.term());
    order = order != 0 ? order : Long.compare(claim.turn(), mine.turn());
    return order > 0 || (order == 0 && contest.isBefore(peer, self));
  }
}
