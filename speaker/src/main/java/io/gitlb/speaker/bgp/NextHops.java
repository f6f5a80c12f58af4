// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.Optional;

/// Our own addresses as the peer can reach them.
///
/// @param ipv4 empty: IPv4 routes cannot be sent
/// @param ipv6 a global one; empty: IPv6 routes cannot be sent
public record NextHops(Optional<Ipv4> ipv4, Optional<Ipv6> ipv6) {

  /// The local end of the connection, which serves its own family.
  public static NextHops of(IpAddress local) {
    return switch (local) {
      case Ipv4 address -> new NextHops(Optional.of(address), Optional.empty());
      case Ipv6 address -> new NextHops(Optional.empty(), Optional.of(address));
    };
  }

  /// Whether there is one for prefixes of that family.
  public boolean has(IpFamily family) {
    return switch (family) {
      case IPV4 -> ipv4.isPresent();
      case IPV6 -> ipv6.isPresent();
    };
  }
}
