// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.ownership.Channel;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which peers said last that they hold an address: tells a speaker's answer from that of another
/// program on the node.
final class Claimants {

  // Peer → what it said to hold last (1:1).
  private final SortedMap<NodeName, Set<IpAddress>> held = new TreeMap<>();

  // Peers that live, for all that is known, and whose claims do not come.
  private final Set<NodeName> unread = new HashSet<>();

  /// What a peer began to hold and what it gave up.
  record Change(Set<IpAddress> begun, Set<IpAddress> ended) {}

  Change told(SpeakerClaims claims) {
    Set<IpAddress> addresses = new HashSet<>();
    claims.claims().forEach(claim -> addresses.add(claim.address()));
    Set<IpAddress> before = held.put(claims.node(), addresses);
    Set<IpAddress> ended = before == null ? new HashSet<>() : before;
    Set<IpAddress> begun = new HashSet<>(addresses);
    begun.removeAll(ended);
    ended.removeAll(addresses);
    return new Change(begun, ended);
  }

  /// How the polls of a peer do. Where they are silent it may hold whatever it is heard to answer
  /// for, as when many speakers start at once.
  ///
  /// @return what it held and holds no more: the process has ended, and its claims with it
  Set<IpAddress> channel(NodeName peer, Channel channel) {
    return switch (channel) {
      case OPEN -> {
        unread.remove(peer);
        yield Set.of();
      }
      case SILENT -> {
        unread.add(peer);
        yield Set.of();
      }
      case REFUSED -> {
        unread.remove(peer);
        yield gone(peer);
      }
    };
  }

  // What its node still answers is not ours.
  private Set<IpAddress> gone(NodeName peer) {
    Set<IpAddress> before = held.remove(peer);
    return before == null ? Set.of() : before;
  }

  /// What a peer said last that it holds.
  Set<IpAddress> heldBy(NodeName peer) {
    return held.getOrDefault(peer, Set.of());
  }

  /// Who holds the address, or may do so.
  Set<NodeName> of(IpAddress address) {
    Set<NodeName> nodes = new HashSet<>(unread);
    held.forEach(
        (node, addresses) -> {
          if (addresses.contains(address)) {
            nodes.add(node);
          }
        });
    return nodes;
  }
}
