// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.PeerLimit;
import io.gitlb.schema.protocol.PeerSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The sessions that speakers can keep: what the definitions say of a peer, in the words of the
/// protocol.
final class Sessions {

  private Sessions() {}

  /// The peers that speakers dial. The others are warned about where they are read.
  static List<BgpPeer> dialled(List<BgpPeer> peers) {
    return peers.stream().filter(peer -> settings(peer).isPresent()).toList();
  }

  /// The others and why, for people; empty when there are none.
  static String notDialled(List<BgpPeer> peers) {
    return peers.stream()
        .filter(peer -> settings(peer).isEmpty())
        .map(peer -> peer.name() + " (" + reasons(peer) + ")")
        .collect(Collectors.joining(", "));
  }

  private static String reasons(BgpPeer peer) {
    return PeerLimit.of(peer).stream()
        .filter(limit -> limit.effect() == PeerLimit.Effect.NOT_DIALLED)
        .map(limit -> "spec." + limit.field())
        .collect(Collectors.joining(", "));
  }

  /// Empty for a peer that asks for what speakers cannot do yet.
  static Optional<PeerSettings> settings(BgpPeer peer) {
    if (!PeerLimit.isDialled(peer)
        || !(peer.peerAs() instanceof PeerAs.Exactly(var peerAsn))
        || !(peer.endpoint() instanceof PeerEndpoint.Address(var address))) {
      return Optional.empty();
    }
    return Optional.of(
        new PeerSettings(
            peer.name(),
            peer.myAsn(),
            peerAsn,
            address,
            peer.port(),
            peer.holdTime(),
            peer.keepaliveTime(),
            peer.connectTime(),
            peer.routerId(),
            peer.sourceAddress(),
            peer.hops()));
  }
}
