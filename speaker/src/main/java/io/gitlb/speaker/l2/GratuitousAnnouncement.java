// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.List;

/// The frames that tell everybody on the link, unasked, where an address is now.
public final class GratuitousAnnouncement {

  private static final MacAddress ZERO = new MacAddress(0);

  private GratuitousAnnouncement() {}

  /// One round, in the order of sending. IPv4 goes out in both forms, since some switches and hosts
  /// take only the request (RFC 5227 section 3) and some only the reply (RFC 5944 section 4.6).
  /// IPv6 has none until neighbour discovery is there.
  ///
  /// @param ownMac of the interface that sends it
  public static List<EthernetFrame> round(IpAddress address, MacAddress ownMac) {
    return switch (address) {
      case Ipv4 v4 -> List.of(request(v4, ownMac), reply(v4, ownMac));
      case Ipv6 _ -> List.of();
    };
  }

  private static EthernetFrame request(Ipv4 address, MacAddress ownMac) {
    return broadcast(
        new ArpPacket(ArpPacket.Operation.REQUEST, ownMac, address, ZERO, address), ownMac);
  }

  private static EthernetFrame reply(Ipv4 address, MacAddress ownMac) {
    return broadcast(
        new ArpPacket(ArpPacket.Operation.REPLY, ownMac, address, ownMac, address), ownMac);
  }

  private static EthernetFrame broadcast(ArpPacket packet, MacAddress ownMac) {
    return new EthernetFrame(MacAddress.BROADCAST, ownMac, packet);
  }
}
