// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which peers said last that they hold an address: tells a speaker's answer from that of another
/// program on the node.
final class Claimants {

  // Peer → what it said to hold last (1:1).
  private final SortedMap<NodeName, Set<IpAddress>> held = new TreeMap<>();

  void told(SpeakerClaims claims) {
    Set<IpAddress> addresses = new HashSet<>();
    claims.claims().forEach(claim -> addresses.add(claim.address()));
    held.put(claims.node(), addresses);
  }

  /// The process has ended, and its claims with it: what its node still answers is not ours.
  void gone(NodeName peer) {
    held.remove(peer);
  }

  Set<NodeName> of(IpAddress address) {
    Set<NodeName> nodes = new HashSet<>();
    held.forEach(
        (node, addresses) -> {
          if (addresses.contains(address)) {
            nodes.add(node);
          }
        });
    return nodes;
  }
}
