// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The frames that tell everybody on the link, unasked, where an address is now.
public final class GratuitousAnnouncement {

  private static final MacAddress ZERO = new MacAddress(0);

  private GratuitousAnnouncement() {}

  /// One round, in the order of sending. IPv4 goes out in both forms, since some switches and hosts
  /// take only the request (RFC 5227 section 3) and some only the reply (RFC 5944 section 4.6).
  /// IPv6 goes out as an unsolicited advertisement to all nodes (RFC 4861 section 7.2.6).
  ///
  /// @return empty for IPv6 where the link has no link-local address
  public static List<EthernetFrame> round(IpAddress address, Link link) {
    return switch (address) {
      case Ipv4 v4 -> round(v4, link.macAddress());
      case Ipv6 v6 ->
          link.linkLocal()
              .map(source -> List.of(advertisement(v6, source, link.macAddress())))
              .orElse(List.of());
    };
  }

  /// A round, or its first frame.
  public static List<EthernetFrame> round(
      IpAddress address, Link link, GratuitousSchedule.Extent extent) {
    List<EthernetFrame> whole = round(address, link);
    return switch (extent) {
      case WHOLE -> whole;
      case ONE_FRAME -> whole.isEmpty() ? whole : whole.subList(0, 1);
    };
  }

  /// One round of IPv4.
  ///
  /// @param ownMac of the interface that sends it
  public static List<EthernetFrame> round(Ipv4 address, MacAddress ownMac) {
    return List.of(request(address, ownMac), reply(address, ownMac));
  }

  /// To everybody, replacing what they have; it is also how an address is defended against a
  /// station that wants it (RFC 4862 section 5.4.3).
  static EthernetFrame advertisement(Ipv6 address, Ipv6 source, MacAddress ownMac) {
    return new EthernetFrame(
        Ipv6Groups.macOf(Ipv6Groups.ALL_NODES),
        ownMac,
        new NeighborAdvertisement(
            source,
            Ipv6Groups.ALL_NODES,
            address,
            Set.of(NeighborAdvertisement.Flag.OVERRIDE),
            Optional.of(ownMac)));
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
