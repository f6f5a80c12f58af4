// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.Optional;
import java.util.Set;

/// Says who has an address (RFC 4861 section 4.4), with the part of the IPv6 header that matters.
///
/// @param targetMac the option "target link-layer address"
public record NeighborAdvertisement(
    Ipv6 source, Ipv6 destination, Ipv6 target, Set<Flag> flags, Optional<MacAddress> targetMac)
    implements EthernetFrame.Payload {

  public NeighborAdvertisement {
    flags = Set.copyOf(flags);
  }

  /// What the advertisement says beside the address.
  public enum Flag {
    /// R: the station is a router.
    ROUTER(0x8000_0000),
    /// S: it was asked for.
    SOLICITED(0x4000_0000),
    /// O: replaces what a neighbour has in its cache.
    OVERRIDE(0x2000_0000);

    private final int bit;

    Flag(int bit) {
      this.bit = bit;
    }

    int bit() {
      return bit;
    }
  }
}
