// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.List;
import java.util.Optional;

/// Our own addresses as the peer can reach them.
///
/// @param ipv4 empty: IPv4 routes need an IPv6 next hop (RFC 8950)
/// @param ipv6 as in MP_REACH (RFC 2545 section 3): a global one, a link-local one, or both in this
///   order; none: IPv6 routes cannot be sent
public record NextHops(Optional<Ipv4> ipv4, List<Ipv6> ipv6) {

  public NextHops {
    ipv6 = List.copyOf(ipv6);
    if (ipv6.size() > 2) {
      throw new IllegalArgumentException("at most two IPv6 next hops, not " + ipv6);
    }
  }

  /// The local end of the connection, which serves its own family.
  public static NextHops of(IpAddress local) {
    return switch (local) {
      case Ipv4 address -> new NextHops(Optional.of(address), List.of());
      case Ipv6 address -> new NextHops(Optional.empty(), List.of(address));
    };
  }
}
