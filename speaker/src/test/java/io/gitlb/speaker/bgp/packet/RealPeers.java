// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.Capability.EnhancedRouteRefresh;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedMessage;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedNextHop;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Capability.FourOctetAs;
import io.gitlb.speaker.bgp.packet.Capability.GracefulRestart;
import io.gitlb.speaker.bgp.packet.Capability.Multiprotocol;
import io.gitlb.speaker.bgp.packet.Capability.NextHopEncoding;
import io.gitlb.speaker.bgp.packet.Capability.PreservedFamily;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Capability.RouteRefreshRequest;
import io.gitlb.speaker.bgp.packet.Capability.Unknown;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LargeCommunities;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MultiExitDisc;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Messages that routers of other makes have sent us in the lab, as they were on the wire. All are
/// of AS 64513 with the router id 10.78.0.1.
final class RealPeers {

  private static final AddressFamily V4 = AddressFamily.IPV4_UNICAST;
  private static final AddressFamily V6 = AddressFamily.IPV6_UNICAST;
  private static final Ipv4 ROUTER_ID = (Ipv4) IpAddress.of("10.78.0.1");
  private static final IpAddress ROUTER_6 = IpAddress.of("2001:db8:78::1");
  private static final AsPath PATH = AsPath.of(new Asn(64_513));
  private static final Communities MARK =
      new Communities(List.of(new Community.Standard(0xFC01_0007)));
  private static final LargeCommunities LARGE_MARK =
      new LargeCommunities(List.of(new Community.Large(64_513, 1, 2)));
  private static final List<IpPrefix> ROUTE = List.of(IpPrefix.of("198.51.100.0/24"));
  private static final List<IpPrefix> ROUTE_6 = List.of(IpPrefix.of("2001:db8:1::/48"));

  private RealPeers() {}

  static List<Golden> all() {
    return List.of(
        frrOpen(),
        frrUpdate(),
        frrExtendedNextHop(),
        frrUpdate6(),
        birdOpen(),
        birdExtendedNextHop(),
        birdUpdate6(),
        gobgpOpen(),
        gobgpUpdate(),
        gobgpExtendedNextHop(),
        gobgpUpdate6(),
        openBgpdOpen(),
        openBgpdUpdate(),
        openBgpdUpdate6());
  }

  private static Golden of(String name, Message message, String body) {
    return new Golden(name, AsWidth.FOUR_OCTETS, message, body);
  }

  private static Open open(Duration holdTime, Capability... capabilities) {
    return new Open(64_513, holdTime, ROUTER_ID, List.of(capabilities));
  }

  private static Update update(List<IpPrefix> prefixes, PathAttribute... attributes) {
    return new Update(List.of(), List.of(attributes), prefixes);
  }

  private static MpReach reach(AddressFamily family, List<IpPrefix> prefixes) {
    return new MpReach(family, List.of(ROUTER_6), prefixes);
  }

  private static Golden frrOpen() {
    return of(
        "OPEN of FRR 8.4.4 with extended next hop, just started",
        open(
            Duration.ofMinutes(3),
            new Multiprotocol(V4),
            new ExtendedNextHop(List.of(NextHopEncoding.IPV4_UNICAST_OVER_IPV6)),
            new Multiprotocol(V6),
            new Unknown(128, Octets.EMPTY),
            new RouteRefreshRequest(),
            new EnhancedRouteRefresh(),
            new FourOctetAs(64_513),
            new ExtendedMessage(),
            new Unknown(69, Golden.octets("0001010100020101")),
            new Unknown(73, Golden.octets("02766d00")),
            new GracefulRestart(EnumSet.allOf(RestartFlag.class), Duration.ofMinutes(2), List.of()),
            new Unknown(71, Golden.octets("0001018000000000020180000000"))),
        """
        04 fc01 00b4 0a4e0001 5e
          02 06 01 04 0001 00 01
          02 08 05 06 0001 0001 0002
          02 06 01 04 0002 00 01
          02 02 80 00
          02 02 02 00
          02 02 46 00
          02 06 41 04 0000fc01
          02 02 06 00
          02 0a 45 08 00010101 00020101
          02 06 49 04 02 766d 00
          02 04 40 02 c078
          02 10 47 0e 000101 80 000000 000201 80 000000
        """);
  }

  private static Golden frrUpdate() {
    return of(
        "UPDATE of FRR 8.4.4",
        update(
            ROUTE,
            Origin.IGP,
            PATH,
            new NextHop(ROUTER_ID),
            new MultiExitDisc(0),
            MARK,
            LARGE_MARK),
        """
        0000 0032
          40 01 01 00
          50 02 0006 02 01 0000fc01
          40 03 04 0a4e0001
          80 04 04 00000000
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        18 c63364
        """);
  }

  private static Golden frrExtendedNextHop() {
    return of(
        "UPDATE of FRR 8.4.4 for IPv4 with two IPv6 next hops",
        update(
            List.of(),
            reachByTwo(V4, "fe80::f483:81ff:fe5e:3bef", ROUTE),
            Origin.IGP,
            PATH,
            new MultiExitDisc(0),
            MARK,
            LARGE_MARK),
        """
        0000 0058
          90 0e 0029 0001 01 20
            20010db8007800000000000000000001 fe80000000000000f48381fffe5e3bef 00 18 c63364
          40 01 01 00
          50 02 0006 02 01 0000fc01
          80 04 04 00000000
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static Golden frrUpdate6() {
    return of(
        "UPDATE of FRR 8.4.4 for IPv6",
        update(
            List.of(),
            reachByTwo(V6, "fe80::f483:81ff:fe5e:3bef", ROUTE_6),
            Origin.IGP,
            PATH,
            new MultiExitDisc(0),
            MARK,
            LARGE_MARK),
        """
        0000 005b
          90 0e 002c 0002 01 20
            20010db8007800000000000000000001 fe80000000000000f48381fffe5e3bef 00 30 20010db80001
          40 01 01 00
          50 02 0006 02 01 0000fc01
          80 04 04 00000000
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static MpReach reachByTwo(
      AddressFamily family, String linkLocal, List<IpPrefix> prefixes) {
    return new MpReach(family, List.of(ROUTER_6, IpAddress.of(linkLocal)), prefixes);
  }

  private static Golden birdOpen() {
    return of(
        "OPEN of BIRD 2.0.12",
        open(
            Duration.ofMinutes(4),
            new Multiprotocol(V4),
            new Multiprotocol(V6),
            new RouteRefreshRequest(),
            new ExtendedNextHop(List.of(NextHopEncoding.IPV4_UNICAST_OVER_IPV6)),
            new GracefulRestart(Set.of(), Duration.ofMinutes(2), List.of()),
            new FourOctetAs(64_513),
            new EnhancedRouteRefresh(),
            new Unknown(71, Octets.EMPTY)),
        """
        04 fc01 00f0 0a4e0001 26
          02 24
            01 04 0001 00 01
            01 04 0002 00 01
            02 00
            05 06 0001 0001 0002
            40 02 0078
            41 04 0000fc01
            46 00
            47 00
        """);
  }

  private static Golden birdExtendedNextHop() {
    return of(
        "UPDATE of BIRD 2.0.12 for IPv4 with two IPv6 next hops",
        update(
            List.of(),
            reachByTwo(V4, "fe80::dcb5:35ff:fe39:585f", ROUTE),
            Origin.IGP,
            PATH,
            MARK,
            LARGE_MARK),
        """
        0000 0050
          90 0e 0029 0001 01 20
            20010db8007800000000000000000001 fe80000000000000dcb535fffe39585f 00 18 c63364
          40 01 01 00
          40 02 06 02 01 0000fc01
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static Golden birdUpdate6() {
    return of(
        "UPDATE of BIRD 2.0.12 for IPv6",
        update(
            List.of(),
            reachByTwo(V6, "fe80::dcb5:35ff:fe39:585f", ROUTE_6),
            Origin.IGP,
            PATH,
            MARK,
            LARGE_MARK),
        """
        0000 0053
          90 0e 002c 0002 01 20
            20010db8007800000000000000000001 fe80000000000000dcb535fffe39585f 00 30 20010db80001
          40 01 01 00
          40 02 06 02 01 0000fc01
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static Golden gobgpOpen() {
    return of(
        "OPEN of GoBGP 3.10",
        open(
            Duration.ofSeconds(90),
            new RouteRefreshRequest(),
            new Unknown(73, Golden.octets("02766d00")),
            new Multiprotocol(V4),
            new Multiprotocol(V6),
            new FourOctetAs(64_513),
            new GracefulRestart(
                Set.of(),
                Duration.ofMinutes(1),
                List.of(
                    new PreservedFamily(V4, Forwarding.LOST),
                    new PreservedFamily(V6, Forwarding.LOST))),
            new ExtendedNextHop(List.of(NextHopEncoding.IPV4_UNICAST_OVER_IPV6))),
        """
        04 fc01 005a 0a4e0001 30
          02 2e
            02 00
            49 04 02 766d 00
            01 04 0001 00 01
            01 04 0002 00 01
            41 04 0000fc01
            40 0a 003c 0001 01 00 0002 01 00
            05 06 0001 0001 0002
        """);
  }

  private static Golden gobgpUpdate() {
    return of(
        "UPDATE of GoBGP 3.10",
        update(ROUTE, Origin.IGP, PATH, new NextHop(ROUTER_ID), MARK, LARGE_MARK),
        """
        0000 002a
          40 01 01 00
          40 02 06 02 01 0000fc01
          40 03 04 0a4e0001
          c0 08 04 fc010007
          c0 20 0c 0000fc01 00000001 00000002
        18 c63364
        """);
  }

  private static Golden gobgpExtendedNextHop() {
    return of(
        "UPDATE of GoBGP 3.10 for IPv4 with an IPv6 next hop",
        update(List.of(), Origin.IGP, PATH, MARK, reach(V4, ROUTE), LARGE_MARK),
        """
        0000 003f
          40 01 01 00
          40 02 06 02 01 0000fc01
          c0 08 04 fc010007
          80 0e 19 0001 01 10 20010db8007800000000000000000001 00 18 c63364
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static Golden gobgpUpdate6() {
    return of(
        "UPDATE of GoBGP 3.10 for IPv6",
        update(List.of(), Origin.IGP, PATH, MARK, reach(V6, ROUTE_6), LARGE_MARK),
        """
        0000 0042
          40 01 01 00
          40 02 06 02 01 0000fc01
          c0 08 04 fc010007
          80 0e 1c 0002 01 10 20010db8007800000000000000000001 00 30 20010db80001
          c0 20 0c 0000fc01 00000001 00000002
        """);
  }

  private static Golden openBgpdOpen() {
    return of(
        "OPEN of OpenBGPD 7.7",
        open(
            Duration.ofSeconds(90),
            new Multiprotocol(V4),
            new Multiprotocol(V6),
            new RouteRefreshRequest(),
            new GracefulRestart(Set.of(RestartFlag.RESTARTED), Duration.ZERO, List.of()),
            new FourOctetAs(64_513)),
        """
        04 fc01 005a 0a4e0001 1a
          02 18
            01 04 0001 00 01
            01 04 0002 00 01
            02 00
            40 02 8000
            41 04 0000fc01
        """);
  }

  private static Golden openBgpdUpdate() {
    return of(
        "UPDATE of OpenBGPD 7.7",
        update(ROUTE, Origin.IGP, PATH, new NextHop(ROUTER_ID), MARK),
        """
        0000 001b
          40 01 01 00
          40 02 06 02 01 0000fc01
          40 03 04 0a4e0001
          c0 08 04 fc010007
        18 c63364
        """);
  }

  private static Golden openBgpdUpdate6() {
    return of(
        "UPDATE of OpenBGPD 7.7 for IPv6",
        update(List.of(), Origin.IGP, PATH, LARGE_MARK, reach(V6, ROUTE_6)),
        """
        0000 003c
          40 01 01 00
          40 02 06 02 01 0000fc01
          c0 20 0c 0000fc01 00000001 00000002
          90 0e 001c 0002 01 10 20010db8007800000000000000000001 00 30 20010db80001
        """);
  }
}
