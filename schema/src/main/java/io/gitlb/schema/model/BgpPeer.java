// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A BGPPeer.
///
/// @param port 1 to 65535
/// @param holdTime 0 or 3 s to 65535 s, whole seconds (RFC 4271 section 4.2)
/// @param keepaliveTime empty: a third of the negotiated hold time
/// @param connectTime how long to wait between attempts to connect
/// @param routerId empty: chosen by the speaker
/// @param sourceAddress empty: chosen by the kernel
/// @param nodeSelectors one must match; empty means every node dials the peer
public record BgpPeer(
    PeerName name,
    SourcePlace place,
    Asn myAsn,
    Asn peerAsn,
    IpAddress peerAddress,
    int port,
    Duration holdTime,
    Optional<Duration> keepaliveTime,
    Optional<Duration> connectTime,
    Optional<Ipv4> routerId,
    Optional<IpAddress> sourceAddress,
    Hops hops,
    List<LabelSelector> nodeSelectors)
    implements Definition {

  public BgpPeer {
    nodeSelectors = List.copyOf(nodeSelectors);
  }

  @Override
  public String documentName() {
    return name.value();
  }
}
