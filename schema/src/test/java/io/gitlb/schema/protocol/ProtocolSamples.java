// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the golden documents hold.
final class ProtocolSamples {

  private ProtocolSamples() {}

  /// Has one of everything.
  static final DesiredState DESIRED =
      new DesiredState(
              new NodeName("node-a"),
              "8b1f7a52-6f1d-4c9f-9d3a-0c2f5f1e7a10",
              new Generation(3, 42),
              "1".repeat(40),
              "2".repeat(40),
              List.of(
                  new Announcement(
                      IpAddress.of("2001:db8::7"),
                      services("default/six"),
                      "ü€😀",
                      Optional.of(
                          new Announcement.Layer2(
                              new Generation(3, 7), List.of(new NodeName("node-a")), List.of())),
                      List.of(
                          leaving("2001:db8::7/128", "tor-1"),
                          route("2001:db8::/64", OptionalLong.empty(), List.of(), "tor-1"))),
                  new Announcement(
                      IpAddress.of("192.0.2.11"),
                      services("default/api"),
                      "r",
                      Optional.empty(),
                      List.of(
                          route(
                              "192.0.2.11/32",
                              OptionalLong.of(0xFFFF_FFFFL),
                              List.of(
                                  new Community.Large((int) 4_200_000_000L, 1, 2),
                                  new Community.Standard(64512 << 16 | 100)),
                              "tor-2",
                              "tor-1")),
                      OptionalInt.of(30_123)),
                  new Announcement(
                      IpAddress.of("192.0.2.10"),
                      services("shop/cart", "default/web"),
                      "address: 192.0.2.10\npool: \"front\"\n",
                      Optional.of(
                          new Announcement.Layer2(
                              new Generation(3, 7),
                              List.of(new NodeName("node-b"), new NodeName("node-a")),
                              List.of("eth1", "eth0"))),
                      List.of())),
              List.of(
                  new PeerSettings(
                      new PeerName("tor-2"),
                      new Asn(64512),
                      PeerSettings.RemoteAs.Dynamic.EXTERNAL,
                      IpAddress.of("2001:db8:1::1"),
                      1179,
                      Duration.ZERO,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Hops.SINGLE,
                      new PeerSettings.Extras(
                              new TreeSet<>(List.of(IpFamily.values())),
                              Optional.of(Duration.ofMinutes(2)),
                              Optional.of(new PeerPassword.InFile("/etc/gitlb/tor-2")))
                          .withBfd(
                              Optional.of(
                                  new BfdSettings(
                                      Duration.ofMillis(300),
                                      Duration.ofMillis(50),
                                      3,
                                      BfdSettings.Role.PASSIVE,
                                      254)))
                          .withTtlSecurity(OptionalInt.of(1))),
                  new PeerSettings(
                      new PeerName("tor-1"),
                      new Asn(64512),
                      new Asn(4_200_000_000L),
                      IpAddress.of("198.51.100.1"),
                      179,
                      Duration.ofSeconds(90),
                      Optional.of(Duration.ofSeconds(30)),
                      Optional.of(Duration.ofSeconds(10)),
                      Optional.of((Ipv4) IpAddress.of("10.0.0.1")),
                      Optional.of(IpAddress.of("198.51.100.2")),
                      Hops.MULTIPLE)))
          .withMembers(
              List.of(
                  new Member(
                      new NodeName("node-b"),
                      Optional.of(new Member.Endpoint("10.0.0.2", 7480)),
                      List.of(
                          new Member.Link(
                              "eth0",
                              MacAddress.of("02:00:5e:00:53:02"),
                              new TreeSet<>(
                                  List.of(
                                      new LinkAddress(IpAddress.of("2001:db8::2"), 64),
                                      new LinkAddress(IpAddress.of("192.0.2.2"), 24)))))),
                  new Member(new NodeName("node-a"), Optional.empty(), List.of())));

  /// Has one of everything.
  static final SpeakerStatus STATUS =
      new SpeakerStatus(
              new NodeName("node-a"),
              "f00d",
              17,
              Optional.of(new Generation(3, 42)),
              Optional.of(new Generation(3, 41)),
              List.of(
                  new AnnouncementStatus(
                      IpAddress.of("192.0.2.10"),
                      AnnouncementState.ANNOUNCED,
                      Optional.empty(),
                      Instant.parse("2026-01-31T12:00:00.250Z"),
                      List.of("eth0"),
                      List.of(new PeerName("tor-1")),
                      Optional.of(
                          new Layer2Status(
                              Optional.of(new NodeName("node-a")),
                              1,
                              2,
                              Optional.of(Instant.parse("2026-01-31T12:00:00.251Z")),
                              Optional.of(
                                  new Conflict(
                                      MacAddress.of("02:00:5e:00:53:66"),
                                      ConflictKind.FOREIGN,
                                      Instant.parse("2026-01-31T12:00:02Z"),
                                      Instant.parse("2026-01-31T12:00:03Z")))))),
                  new AnnouncementStatus(
                      IpAddress.of("192.0.2.11"),
                      AnnouncementState.NOT_ANNOUNCED,
                      Optional.of("NoEstablishedPeer"),
                      Instant.parse("2026-01-31T12:00:01Z"),
                      List.of(),
                      List.of())),
              List.of(
                  new PeerStatus(
                      new PeerName("tor-1"),
                      IpAddress.of("198.51.100.1"),
                      "Idle",
                      Instant.parse("2026-01-31T11:59:59Z"),
                      0,
                      Optional.of("connection refused"))),
              List.of(
                  new InterfaceStatus(
                      "eth0",
                      MacAddress.of("02:00:5e:00:53:01"),
                      new TreeSet<>(List.of(new LinkAddress(IpAddress.of("192.0.2.2"), 24))),
                      new TreeSet<>(List.of(IpPrefix.of("192.0.2.0/24"))))),
              List.of(
                  new MemberStatus(
                      new NodeName("node-b"),
                      "eth0",
                      "Up",
                      Instant.parse("2026-01-31T11:59:58Z"),
                      Optional.empty())),
              new TreeMap<>(Map.of("NotAnnounced", 5L)),
              List.of("the state file was damaged"))
          .withBfd(
              List.of(
                  new SpeakerStatus.BfdStatus(
                      IpAddress.of("198.51.100.1"),
                      new TreeSet<>(List.of(new PeerName("tor-1"))),
                      "Down",
                      Instant.parse("2026-01-31T11:59:57Z"),
                      Optional.of("DETECTION_TIME_EXPIRED"),
                      Duration.ofSeconds(1),
                      Duration.ofMillis(900),
                      Duration.ZERO,
                      2)));

  static Announcement.Owner services(String... names) {
    TreeSet<ServiceRef> services = new TreeSet<>();
    for (String name : names) {
      services.add(ServiceRef.parse(name).orElseThrow());
    }
    return new Announcement.Owner.Services(services);
  }

  static BgpRoute leaving(String prefix, String peer) {
    return new BgpRoute(
        IpPrefix.of(prefix),
        OptionalLong.empty(),
        List.of(),
        new TreeSet<>(List.of(new PeerName(peer))),
        Outlook.LEAVING);
  }

  static BgpRoute route(
      String prefix, OptionalLong preference, List<Community> communities, String... peers) {
    TreeSet<PeerName> names = new TreeSet<>();
    for (String peer : peers) {
      names.add(new PeerName(peer));
    }
    return new BgpRoute(IpPrefix.of(prefix), preference, communities, names);
  }
}
