// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import java.util.SortedSet;

/// All that decides what a route looks like to a peer, besides the route: sessions with equal terms
/// are sent the same octets.
///
/// @param families that may be sent
/// @param extendedNextHop whether IPv4 prefixes may have an IPv6 next hop (RFC 8950)
/// @param nextHops our addresses
record WireTerms(
    SessionKind kind,
    Asn localAsn,
    AsWidth asWidth,
    SortedSet<AddressFamily> families,
    boolean extendedNextHop,
    NextHops nextHops) {

  static WireTerms of(Negotiated session, NextHops nextHops) {
    return new WireTerms(
        session.kind(),
        session.localAsn(),
        session.asWidth(),
        session.families(),
        session.has(Extra.EXTENDED_NEXT_HOP),
        nextHops);
  }

  /// Whether there is a next hop for prefixes of that family.
  boolean isServed(IpFamily family) {
    return switch (family) {
      case IPV4 -> nextHops.ipv4().isPresent() || isExtended(family);
      case IPV6 -> !nextHops.ipv6().isEmpty();
    };
  }

  /// Whether prefixes of that family go with our IPv6 address in MP_REACH. IPv4 prefixes do where
  /// the peer can, as that address is the one that the connection proves to work.
  boolean isExtended(IpFamily family) {
    return switch (family) {
      case IPV4 -> extendedNextHop && !nextHops.ipv6().isEmpty();
      case IPV6 -> true;
    };
  }
}
