// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.Optional;
import java.util.OptionalLong;

/// Asks who has an address ([RFC 4861](https://www.rfc-editor.org/rfc/rfc4861) section 4.3), with
/// the part of the IPv6 header that matters.
///
/// @param source `::` when the asker wants the address itself (RFC 4862 section 5.4.2)
/// @param destination the target's solicited-node group, or the target where reachability is
///   checked
/// @param sourceMac the option "source link-layer address"
/// @param nonce the 48 bits that tell a looped copy (RFC 7527 section 4.1)
public record NeighborSolicitation(
    Ipv6 source, Ipv6 destination, Ipv6 target, Optional<MacAddress> sourceMac, OptionalLong nonce)
    implements EthernetFrame.Payload {

  /// Whether the asker has no address yet: it detects duplicates.
  boolean isProbe() {
    return source.equals(Ipv6Groups.UNSPECIFIED);
  }
}
