// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import java.util.Optional;

/// How the TCP connection to a peer is made.
///
/// @param port 1 to 65535
/// @param sourceAddress empty: the kernel chooses
public record Transport(
    IpAddress peerAddress, int port, Optional<IpAddress> sourceAddress, Hops hops) {

  /// IANA's port of BGP.
  public static final int BGP_PORT = 179;

  public Transport {
    if (port < 1 || port > 0xFFFF) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (sourceAddress.isPresent() && sourceAddress.get().family() != peerAddress.family()) {
      throw new IllegalArgumentException(
          "source address " + sourceAddress.get() + " is not of the family of " + peerAddress);
    }
  }

  /// A peer on a shared link at the usual port.
  public static Transport to(IpAddress peerAddress) {
    return new Transport(peerAddress, BGP_PORT, Optional.empty(), Hops.SINGLE);
  }
}
