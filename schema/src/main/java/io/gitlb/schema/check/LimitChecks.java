// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PeerLimit;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Says what speakers cannot do yet, so that nothing is silently left out.
final class LimitChecks {

  private LimitChecks() {}

  static List<Problem> check(Definitions definitions) {
    List<Problem> problems = new ArrayList<>();
    for (BgpPeer peer : definitions.bgpPeers()) {
      if (!PeerLimit.isDialled(peer)) {
        problems.add(
            new Problem(
                peer.place(),
                ProblemCode.PEER_NOT_DIALLED,
                "no node dials BGPPeer %s: speakers cannot do %s yet"
                    .formatted(peer.name(), fields(peer))));
      }
    }
    return problems;
  }

  private static String fields(BgpPeer peer) {
    return PeerLimit.of(peer).stream()
        .map(limit -> "spec." + limit.field())
        .collect(Collectors.joining(", "));
  }
}
