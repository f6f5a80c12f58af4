// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.l2.Rivals;
import io.gitlb.speaker.ownership.Channel;
import io.gitlb.speaker.ownership.Ownership;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;

/// What peers say and are heard to hold of the addresses that this node answers for: tells
/// ownership, and knows of which the neighbours have to be told again. Runs on the owner's thread.
final class Contention {

  private final Claimants claimants = new Claimants();
  private final Rivals rivals = new Rivals();
  private final Ownership ownership;
  private final Fence fence;
  private final Predicate<IpAddress> answered;

  /// @param answered whether this node answers for an address now
  Contention(Ownership ownership, Fence fence, Predicate<IpAddress> answered) {
    this.ownership = ownership;
    this.fence = fence;
    this.answered = answered;
  }

  /// See [Claimants#of].
  Set<NodeName> claimantsOf(IpAddress address) {
    return claimants.of(address);
  }

  /// There is contact with a peer.
  void met(NodeName peer, Instant now) {
    beside(peer, claimants.heldBy(peer), now);
  }

  /// A peer told what it claims.
  void told(SpeakerClaims claims, Instant now) {
    fence.atWork();
    Claimants.Change change = claimants.told(claims);
    fence.atWork();
    ownership.told(claims, now);
    fence.atWork();
    beside(claims.node(), change.begun(), now);
    stopped(change.ended(), now);
  }

  /// How the polls of a peer do.
  void channel(NodeName peer, Channel channel, Instant now) {
    fence.atWork();
    stopped(claimants.channel(peer, channel), now);
    ownership.channel(peer, channel, now);
  }

  /// Members are heard to announce what is announced here.
  ///
  /// @return whether ownership has to hear of more peers than before
  boolean sighted(SortedMap<IpAddress, Set<NodeName>> claimed, Instant now) {
    boolean others = false;
    for (Map.Entry<IpAddress, Set<NodeName>> claim : claimed.entrySet()) {
      for (NodeName node : claim.getValue()) {
        others |= ownership.sighted(claim.getKey(), node, now);
        if (ownership.outranks(claim.getKey(), node)) {
          rivals.heard(claim.getKey(), now);
        }
      }
    }
    return others;
  }

  // Held here and by a peer: on another part of a segment that was in two, its neighbours know it.
  private void beside(NodeName peer, Set<IpAddress> addresses, Instant now) {
    fence.slowly(
        addresses,
        address -> {
          if (answered.test(address) && ownership.outranks(address, peer)) {
            rivals.began(address, now);
          }
        });
  }

  // Whoever gives way does so in silence.
  private void stopped(Set<IpAddress> addresses, Instant now) {
    fence.slowly(
        addresses,
        address -> {
          if (answered.test(address)) {
            rivals.ended(address, now);
          }
        });
  }

  /// The address is not announced here any more.
  void released(IpAddress address) {
    rivals.released(address);
  }

  /// The addresses of which the neighbours have to be told again now.
  List<IpAddress> takeDue(Instant now) {
    return rivals.takeDue(now);
  }

  /// When [#takeDue] has something to do again.
  Optional<Instant> nextDue() {
    return rivals.nextDue();
  }
}
