// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.Optional;

/// A BGP peer that the node keeps a session with.
///
/// @param port 1 to 65535
/// @param holdTime 0 or 3 s to 65535 s, whole seconds
/// @param keepaliveTime empty: a third of the negotiated hold time
/// @param connectTime empty: the speaker's own back-off
/// @param routerId empty: chosen by the speaker
/// @param sourceAddress empty: chosen by the kernel
public record PeerSettings(
    PeerName name,
    Asn myAsn,
    Asn peerAsn,
    IpAddress peerAddress,
    int port,
    Duration holdTime,
    Optional<Duration> keepaliveTime,
    Optional<Duration> connectTime,
    Optional<Ipv4> routerId,
    Optional<IpAddress> sourceAddress,
    Hops hops)
    implements Comparable<PeerSettings> {

  public PeerSettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is between 1 and 65535, not " + port);
    }
    long seconds = holdTime.getSeconds();
    if (holdTime.getNano() != 0
        || seconds < 0
        || seconds > 65_535
        || seconds == 1
        || seconds == 2) {
      throw new IllegalArgumentException(
          "a hold time is 0 or 3 to 65535 whole seconds (RFC 4271 section 4.2), not " + holdTime);
    }
  }

  @Override
  public int compareTo(PeerSettings other) {
    return name.compareTo(other.name);
  }
}
