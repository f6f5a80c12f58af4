// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node has one session with a router: no two peers of one VRF, address and port are for one
/// node. Peers whose node selectors can select no common node, whatever labels it has, are left
/// alone.
final class PeerClashChecks {

  private record Target(Optional<String> vrf, PeerEndpoint endpoint, int port) {

    /// An interface is in one VRF at most, whatever is said.
    static Target of(BgpPeer peer) {
      return switch (peer.endpoint()) {
        case PeerEndpoint.Address address -> new Target(peer.vrf(), address, peer.port());
        case PeerEndpoint.Interface link -> new Target(Optional.empty(), link, peer.port());
      };
    }
  }

  private PeerClashChecks() {}

  static List<Problem> check(Definitions definitions, Budget budget) {
    // where a session goes to → the peers for it, in the order of the text
    Map<Target, List<BgpPeer>> byTarget = new LinkedHashMap<>();
    for (BgpPeer peer : NameChecks.inOrderOfText(definitions.bgpPeers())) {
      byTarget.computeIfAbsent(Target.of(peer), _ -> new ArrayList<>()).add(peer);
    }
    List<Problem> problems = new ArrayList<>();
    for (List<BgpPeer> peers : byTarget.values()) {
      for (int i = 1; i < peers.size(); i++) {
        BgpPeer later = peers.get(i);
        peers.subList(0, i).stream()
            .filter(earlier -> budget.allowsOneMore() && areOnOneNode(earlier, later))
            .findFirst()
            .ifPresent(earlier -> problems.add(problem(earlier, later)));
      }
    }
    return problems;
  }

  private static boolean areOnOneNode(BgpPeer a, BgpPeer b) {
    return Selecting.canMeet(a.nodeSelectors(), b.nodeSelectors());
  }

  private static Problem problem(BgpPeer earlier, BgpPeer later) {
    return new Problem(
        later.place(),
        ProblemCode.PEERS_CLASH,
        "BGPPeer %s is for %s, port %d%s, as is BGPPeer %s at %s, and a node can be for both; remove one, or give them node selectors with different values of one label"
            .formatted(
                later.name(),
                inWords(later.endpoint()),
                later.port(),
                later.vrf().map(vrf -> " in VRF " + vrf).orElse(""),
                earlier.name(),
                earlier.place()));
  }

  private static String inWords(PeerEndpoint endpoint) {
    return switch (endpoint) {
      case PeerEndpoint.Address(var address) -> address.toString();
      case PeerEndpoint.Interface(var name) -> "interface " + name;
    };
  }
}
