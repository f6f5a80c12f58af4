// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One address: what is claimed, what this node holds, and its probe.
final class Seat {

  /// What this node holds.
  record Hold(Generation term, long turn, Instant since, SortedSet<String> interfaces) {}

  final IpAddress address;
  Contest contest;
  Ability ability = new Ability.Unable("its links are not known yet");
  Optional<Hold> hold = Optional.empty();
  Optional<Instant> yieldingSince = Optional.empty();
  boolean rechecking;
  boolean probing;
  Instant probeNotBefore = Instant.MIN;
  Duration probePause;
  Instant clearUntil = Instant.MIN;
  Optional<Instant> expectingSince = Optional.empty();

  final TreeMap<NodeName, Claim> claims = new TreeMap<>();

  /// Suspects that did not answer a probe, until they are heard of again.
  final TreeSet<NodeName> buried = new TreeSet<>();

  private Optional<Generation> heardTerm = Optional.empty();
  private long heardTurn;

  Seat(IpAddress address, Contest contest, Duration probePause) {
    this.probePause = probePause;
    this.address = address;
    this.contest = contest;
  }

  void heard(NodeName node, Claim claim) {
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
    yieldingSince = Optional.empty();
    expectingSince = Optional.empty();
  }

  void drop() {
    hold = Optional.empty();
    yieldingSince = Optional.empty();
    rechecking = false;
  }

  /// Whether a peer's claim comes before what is held here: newer term, later turn, better place.
  boolean beaten(NodeName self, NodeName peer, Claim claim) {
    Hold mine = hold.orElseThrow();
    int order = claim.term().compareTo(mine.term());
    order = order != 0 ? order : Long.compare(claim.turn(), mine.turn());
    order = order != 0 ? order : Integer.compare(contest.position(self), contest.position(peer));
    return order > 0 || (order == 0 && peer.compareTo(self) < 0);
  }
}
