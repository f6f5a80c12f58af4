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
import io.gitlb.speaker.bgp.packet.PathAttribute.As4Path;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LargeCommunities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LocalPref;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MultiExitDisc;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Opaque;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.PathAttribute.Segment;
import io.gitlb.speaker.bgp.packet.PathAttribute.SegmentKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// One message as value and as octets; the same datum drives encoding and decoding.
///
/// @param body hexadecimal with any white space, without the header
record Golden(String name, AsWidth asWidth, Message message, String body) {

  private static final AddressFamily V4 = AddressFamily.IPV4_UNICAST;
  private static final AddressFamily V6 = AddressFamily.IPV6_UNICAST;

  /// The whole message.
  byte[] octets() {
    byte[] octets = hex(body);
    return ByteBuffer.allocate(19 + octets.length)
        .putLong(-1)
        .putLong(-1)
        .putShort((short) (19 + octets.length))
        .put((byte) message.type().code())
        .put(octets)
        .array();
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  static Octets octets(String text) {
    return Octets.of(hex(text));
  }

  @Override
  public String toString() {
    return name;
  }

  private static Golden of(String name, Message message, String body) {
    return new Golden(name, AsWidth.FOUR_OCTETS, message, body);
  }

  private static AsPath sequence(long asn) {
    return AsPath.of(new Asn(asn));
  }

  /// Messages in the one form that we write.
  static List<Golden> canonical() {
    return List.of(
        of("KEEPALIVE", new Keepalive(), ""),
        of(
            "OPEN without parameters",
            new Open(64513, Duration.ofSeconds(90), v4("192.0.2.10"), List.of()),
            "04 fc01 005a c000020a 00"),
        of(
            "OPEN of ours",
            new Open(
                64513,
                Duration.ofSeconds(90),
                v4("192.0.2.10"),
                List.of(
                    new Multiprotocol(V4),
                    new Multiprotocol(V6),
                    new RouteRefreshRequest(),
                    new FourOctetAs(64513),
                    new EnhancedRouteRefresh())),
            """
            04 fc01 005a c000020a 18
              02 16
                01 04 0001 00 01
                01 04 0002 00 01
                02 00
                41 04 0000fc01
                46 00
            """),
        of(
            "OPEN with everything",
            new Open(
                23456,
                Duration.ZERO,
                v4("198.51.100.1"),
                List.of(
                    new ExtendedNextHop(List.of(new NextHopEncoding(1, 1, 2))),
                    new ExtendedMessage(),
                    new GracefulRestart(
                        Set.of(RestartFlag.RESTARTED, RestartFlag.NOTIFICATION),
                        Duration.ofSeconds(4095),
                        List.of(
                            new PreservedFamily(V4, Forwarding.PRESERVED),
                            new PreservedFamily(V6, Forwarding.LOST))),
                    new FourOctetAs(4_200_000_000L),
                    new Unknown(73, octets("026869")))),
            """
            04 5ba0 0000 c6336401 23
              02 21
                05 06 0001 0001 0002
                06 00
                40 0a cfff 0001 01 80 0002 01 00
                41 04 fa56ea00
                49 03 026869
            """),
        of(
            "UPDATE that withdraws",
            new Update(prefixes("192.0.2.1/32", "10.0.0.0/8", "0.0.0.0/0"), List.of(), List.of()),
            "0008 20 c0000201 08 0a 00 0000"),
        of(
            "UPDATE to an eBGP peer",
            new Update(
                List.of(),
                List.of(Origin.IGP, sequence(4_200_000_000L), new NextHop(v4("192.0.2.10"))),
                prefixes("203.0.113.7/32", "203.0.113.64/26")),
            """
            0000
            0014
              40 01 01 00
              40 02 06 02 01 fa56ea00
              40 03 04 c000020a
            20 cb007107
            1a cb007140
            """),
        of(
            "UPDATE to an iBGP peer",
            new Update(
                List.of(),
                List.of(
                    Origin.IGP,
                    AsPath.EMPTY,
                    new NextHop(v4("192.0.2.10")),
                    new MultiExitDisc(4_294_967_295L),
                    new LocalPref(100),
                    new Communities(
                        List.of(
                            new Community.Standard(0xFC01_0064),
                            new Community.Standard(0xFFFF_FF01))),
                    new LargeCommunities(List.of(new Community.Large(-1, 1, 2)))),
                prefixes("203.0.113.7/32")),
            """
            0000
            0036
              40 01 01 00
              40 02 00
              40 03 04 c000020a
              80 04 04 ffffffff
              40 05 04 00000064
              c0 08 08 fc010064 ffffff01
              c0 20 0c ffffffff 00000001 00000002
            20 cb007107
            """),
        new Golden(
            "UPDATE to a peer of two octets",
            AsWidth.TWO_OCTETS,
            new Update(
                List.of(),
                List.of(
                    Origin.IGP,
                    sequence(23456),
                    new NextHop(v4("192.0.2.10")),
                    new As4Path(sequence(4_200_000_000L).segments())),
                prefixes("203.0.113.7/32")),
            """
            0000
            001b
              40 01 01 00
              40 02 04 02 01 5ba0
              40 03 04 c000020a
              c0 11 06 02 01 fa56ea00
            20 cb007107
            """),
        of(
            "UPDATE of IPv6 with one next hop",
            new Update(
                List.of(),
                List.of(
                    new MpReach(V6, addresses("2001:db8::10"), prefixes("2001:db8:5::7/128")),
                    Origin.IGP,
                    sequence(64513)),
                List.of()),
            """
            0000
            0036
              80 0e 26 0002 01 10 20010db8000000000000000000000010 00
                80 20010db8000500000000000000000007
              40 01 01 00
              40 02 06 02 01 0000fc01
            """),
        of(
            "UPDATE of IPv6 with two next hops",
            new Update(
                List.of(),
                List.of(
                    new MpReach(
                        V6, addresses("2001:db8::10", "fe80::10"), prefixes("2001:db8:5::/48")),
                    Origin.EGP,
                    sequence(64513)),
                List.of()),
            """
            0000
            003c
              80 0e 2c 0002 01 20
                20010db8000000000000000000000010 fe800000000000000000000000000010 00
                30 20010db80005
              40 01 01 01
              40 02 06 02 01 0000fc01
            """),
        of(
            "UPDATE that withdraws IPv6",
            new Update(
                List.of(),
                List.of(new MpUnreach(V6, prefixes("2001:db8:5::7/128", "::/0"))),
                List.of()),
            """
            0000
            0018
              80 0f 15 0002 01 80 20010db8000500000000000000000007 00
            """),
        of("End-of-RIB of IPv4", Update.endOfRib(V4), "0000 0000"),
        of("End-of-RIB of IPv6", Update.endOfRib(V6), "0000 0006 80 0f 03 0002 01"),
        of(
            "UPDATE with a path of every segment kind and attributes of no use",
            new Update(
                List.of(),
                List.of(
                    Origin.INCOMPLETE,
                    new AsPath(
                        List.of(
                            new Segment(SegmentKind.SEQUENCE, List.of(new Asn(1), new Asn(2))),
                            new Segment(SegmentKind.SET, List.of(new Asn(3))),
                            new Segment(SegmentKind.CONFED_SEQUENCE, List.of(new Asn(4))),
                            new Segment(SegmentKind.CONFED_SET, List.of(new Asn(5))))),
                    new NextHop(v4("192.0.2.10")),
                    new Opaque(0x40, 6, Octets.EMPTY),
                    new Opaque(0xC0, 7, octets("0000fc01c0000201")),
                    new Opaque(0xE0, 99, octets("01"))),
                prefixes("203.0.113.0/25")),
            """
            0000
            003c
              40 01 01 02
              40 02 1c 02 02 00000001 00000002 01 01 00000003 03 01 00000004 04 01 00000005
              40 03 04 c000020a
              40 06 00
              c0 07 08 0000fc01 c0000201
              e0 63 01 01
            19 cb007100
            """),
        of(
            "NOTIFICATION of a shutdown",
            Notification.administrativeShutdown("bye"),
            "06 02 03 627965"),
        of("NOTIFICATION of the hold timer", Notification.holdTimerExpired(), "04 00"),
        of("ROUTE-REFRESH", new RouteRefresh(V4, RouteRefresh.REQUEST), "0001 00 01"),
        of("end of a refresh", new RouteRefresh(V6, RouteRefresh.END), "0002 02 01"));
  }

  /// Messages that are right in a form that we would not write.
  static List<Golden> foreign() {
    return List.of(
        of(
            "OPEN of FRR 8.4.4",
            new Open(
                64512,
                Duration.ofSeconds(9),
                v4("192.0.2.1"),
                List.of(
                    new Multiprotocol(V4),
                    new Multiprotocol(V6),
                    new Unknown(128, Octets.EMPTY),
                    new RouteRefreshRequest(),
                    new EnhancedRouteRefresh(),
                    new FourOctetAs(64512),
                    new ExtendedMessage(),
                    new Unknown(69, octets("0001010100020101")),
                    new Unknown(73, octets("017200")),
                    new GracefulRestart(
                        Set.of(RestartFlag.NOTIFICATION), Duration.ofMinutes(2), List.of()),
                    new Unknown(71, octets("0001018000000000020180000000")))),
            """
            04 fc00 0009 c0000201 53
              02 06 01 04 0001 00 01
              02 06 01 04 0002 00 01
              02 02 80 00
              02 02 02 00
              02 02 46 00
              02 06 41 04 0000fc00
              02 02 06 00
              02 0a 45 08 00010101 00020101
              02 05 49 03 01 72 00
              02 04 40 02 4078
              02 10 47 0e 000101 80 000000 000201 80 000000
            """),
        of(
            "OPEN with the long form of parameters",
            new Open(
                64513,
                Duration.ofSeconds(90),
                v4("192.0.2.10"),
                List.of(new RouteRefreshRequest(), new FourOctetAs(64513))),
            """
            04 fc01 005a c000020a ff ff 000e
              02 0002 02 00
              02 0006 41 04 0000fc01
            """),
        of(
            "OPEN whose capabilities have odd lengths",
            new Open(
                64513,
                Duration.ofSeconds(90),
                v4("192.0.2.10"),
                List.of(
                    new Unknown(2, octets("00")),
                    new Unknown(64, octets("407800")),
                    new Unknown(5, octets("0001")))),
            "04 fc01 005a c000020a 0e 02 0c 02 01 00 40 03 407800 05 02 0001"),
        of(
            "UPDATE with extended lengths and host bits",
            new Update(
                List.of(),
                List.of(Origin.IGP, AsPath.EMPTY, new NextHop(v4("192.0.2.10"))),
                prefixes("10.0.0.0/9")),
            """
            0000
            0011
              50 01 0001 00
              50 02 0000
              50 03 0004 c000020a
            09 0a7f
            """),
        of(
            "UPDATE of a family that we do not speak",
            new Update(
                List.of(),
                List.of(new Opaque(0x80, 14, octets("0019460000")), Origin.IGP, AsPath.EMPTY),
                List.of()),
            "0000 000f 80 0e 05 0019460000 40 01 01 00 40 02 00"),
        of(
            "ROUTE-REFRESH with a filter",
            new RouteRefresh(V4, RouteRefresh.REQUEST),
            "0001 00 01 01 80 0000"));
  }

  private static Ipv4 v4(String text) {
    return (Ipv4) IpAddress.of(text);
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return List.of(texts).stream().map(IpPrefix::of).toList();
  }

  private static List<IpAddress> addresses(String... texts) {
    return List.of(texts).stream().map(IpAddress::of).toList();
  }
}
