// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Random values of the protocol from one seed.
final class RandomProtocol {

  /// With a quote, a backslash, a control character, a line break and all lengths of UTF-8.
  private static final String CHARACTERS = "abz09-._ \"\\\u0001\n/äü€😀";

  private final Random random;

  RandomProtocol(long seed) {
    random = new Random(seed);
  }

  DesiredState desiredState() {
    // address → its announcement, so that none is there twice
    Map<IpAddress, Announcement> announcements = new TreeMap<>();
    for (Announcement announcement : some(this::announcement)) {
      announcements.put(announcement.address(), announcement);
    }
    // name → its peer, so that none is there twice
    Map<PeerName, PeerSettings> peers = new TreeMap<>();
    for (PeerSettings peer : some(this::peer)) {
      peers.put(peer.name(), peer);
    }
    return new DesiredState(
            new NodeName(text()),
            text(),
            generation(),
            text(),
            text(),
            new ArrayList<>(announcements.values()),
            new ArrayList<>(peers.values()))
        .withMembers(members());
  }

  /// Another state of the same node, with some of the announcements of this one.
  DesiredState successor(DesiredState before) {
    DesiredState other = desiredState();
    Map<IpAddress, Announcement> announcements = new TreeMap<>(before.announcements());
    announcements.keySet().removeIf(_ -> random.nextInt(3) == 0);
    announcements.putAll(other.announcements());
    return new DesiredState(
            before.node(),
            before.clusterUid(),
            other.generation(),
            other.configCommit(),
            other.ledgerCommit(),
            new ArrayList<>(announcements.values()),
            random.nextBoolean() ? before.peers() : other.peers())
        .withMembers(random.nextBoolean() ? before.members() : other.members());
  }

  SpeakerStatus status() {
    return new SpeakerStatus(
            new NodeName(text()),
            text(),
            random.nextLong(Long.MAX_VALUE),
            maybe(this::generation),
            maybe(this::generation),
            some(
                () ->
                    new AnnouncementStatus(
                        address(),
                        oneOf(List.of(AnnouncementState.values())),
                        maybe(this::text),
                        instant(),
                        some(this::text),
                        random.nextInt(3) == 0 ? manyPeers() : some(() -> new PeerName(text())),
                        maybe(this::layer2Status))),
            some(
                () ->
                    new PeerStatus(
                        new PeerName(text()),
                        address(),
                        text(),
                        instant(),
                        random.nextInt(Integer.MAX_VALUE),
                        maybe(this::text),
                        new PeerSession(
                            maybe(() -> new Asn(random.nextLong(1, 0x1_0000_0000L))),
                            maybe(() -> new Asn(random.nextLong(1, 0x1_0000_0000L))),
                            maybe(() -> Duration.ofSeconds(random.nextInt(65_536))),
                            maybe(this::instant),
                            maybe(this::text),
                            maybe(this::text)),
                        new PeerTraffic(
                            random.nextInt(3),
                            random.nextLong(Long.MAX_VALUE),
                            random.nextInt(3),
                            random.nextLong(Long.MAX_VALUE),
                            random.nextInt(3)))),
            some(
                () ->
                    new InterfaceStatus(
                        text(),
                        mac(),
                        new TreeSet<>(some(this::linkAddress)),
                        new TreeSet<>(some(() -> linkAddress().prefix())))),
            some(
                () ->
                    new MemberStatus(
                        new NodeName(text()), text(), text(), instant(), maybe(this::text))),
            counters(),
            some(this::text))
        .withBfd(some(this::bfdStatus));
  }

  PushReply reply() {
    return switch (random.nextInt(3)) {
      case 0 -> new PushReply.Stored(generation(), text());
      case 1 -> new PushReply.Stale(generation());
      default -> new PushReply.Refused(text());
    };
  }

  private Announcement announcement() {
    return new Announcement(
        address(),
        new Announcement.Owner.Services(new TreeSet<>(atLeastOne(this::service))),
        text(),
        maybe(
            () ->
                new Announcement.Layer2(
                    generation(), atLeastOne(() -> new NodeName(text())), some(this::text))),
        some(this::route),
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(65_535)));
  }

  private Member member(NodeName node) {
    return new Member(
        node,
        maybe(() -> new Member.Endpoint(text(), 1 + random.nextInt(65_535))),
        some(() -> new Member.Link(text(), mac(), new TreeSet<>(some(this::linkAddress)))));
  }

  private LinkAddress linkAddress() {
    IpAddress address = address();
    return new LinkAddress(address, random.nextInt(address.family().bits() + 1));
  }

  private MacAddress mac() {
    return new MacAddress(random.nextLong() >>> 16);
  }

  private List<Member> members() {
    // node → the member, so that none is there twice
    Map<NodeName, Member> members = new TreeMap<>();
    for (NodeName node : some(() -> new NodeName(text()))) {
      members.put(node, member(node));
    }
    return new ArrayList<>(members.values());
  }

  SpeakerClaims claims() {
    TreeMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    for (String name : some(this::text)) {
      contacts.put(name, new TreeSet<>(some(() -> new NodeName(text()))));
    }
    return new SpeakerClaims(
        new NodeName(text()),
        text(),
        random.nextLong(Long.MAX_VALUE),
        maybe(this::generation),
        oneOf(List.of(SpeakerClaims.Presence.values())),
        some(
            () ->
                new SpeakerClaims.Claim(
                    address(),
                    generation(),
                    1 + random.nextLong(Long.MAX_VALUE - 1),
                    oneOf(List.of(SpeakerClaims.ClaimState.values())),
                    some(this::text))),
        new TreeSet<>(some(this::address)),
        contacts,
        maybe(() -> new TreeSet<>(some(this::address))));
  }

  ProbeRequest probeRequest() {
    return new ProbeRequest(some(this::address));
  }

  ProbeReply probeReply() {
    return new ProbeReply(
        some(
            () ->
                new ProbeReply.ProbeResult(
                    address(),
                    oneOf(List.of(ProbeReply.ProbeVerdict.values())),
                    some(this::mac),
                    maybe(this::text))));
  }

  private Layer2Status layer2Status() {
    return new Layer2Status(
        maybe(() -> new NodeName(text())),
        random.nextInt(Integer.MAX_VALUE),
        random.nextLong(Long.MAX_VALUE),
        maybe(this::instant),
        maybe(
            () ->
                new Conflict(mac(), oneOf(List.of(ConflictKind.values())), instant(), instant())));
  }

  private SortedMap<String, Long> counters() {
    TreeMap<String, Long> counters = new TreeMap<>();
    some(this::text).forEach(name -> counters.put(name, random.nextLong(Long.MAX_VALUE)));
    return counters;
  }

  private BgpRoute route() {
    IpAddress address = address();
    return new BgpRoute(
        new IpPrefix(address, random.nextInt(address.family().bits() + 1)),
        random.nextBoolean()
            ? OptionalLong.empty()
            : OptionalLong.of(Integer.toUnsignedLong(random.nextInt())),
        some(this::community),
        new TreeSet<>(
            random.nextInt(3) == 0 ? manyPeers() : atLeastOne(() -> new PeerName(text()))),
        oneOf(List.of(Outlook.values())));
  }

  /// Of few such lists, so that a document has some of them twice.
  private List<PeerName> manyPeers() {
    int first = random.nextInt(2);
    return IntStream.range(first, first + 7 + random.nextInt(3))
        .mapToObj(i -> new PeerName("tor-" + (10 + i)))
        .toList();
  }

  private Community community() {
    return random.nextBoolean()
        ? new Community.Standard(random.nextInt())
        : new Community.Large(random.nextInt(), random.nextInt(), random.nextInt());
  }

  private PeerSettings peer() {
    return new PeerSettings(
        new PeerName(text()),
        new Asn(1 + random.nextLong(0xFFFF_FFFFL)),
        random.nextInt(3) == 0
            ? oneOf(List.of(RemoteAs.Dynamic.values()))
            : new RemoteAs.Exactly(new Asn(1 + random.nextLong(0xFFFF_FFFFL))),
        address(),
        1 + random.nextInt(65_535),
        random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(3 + random.nextInt(65_533)),
        maybe(() -> Duration.ofMillis(random.nextInt(1_000_000))),
        maybe(() -> Duration.ofNanos(random.nextLong(Long.MAX_VALUE))),
        maybe(() -> new Ipv4(random.nextInt())),
        maybe(this::address),
        oneOf(List.of(Hops.values())),
        new Extras(
                families(),
                maybe(() -> Duration.ofSeconds(random.nextInt(4_096))),
                maybe(this::password))
            .withBfd(maybe(this::bfd))
            .withTtlSecurity(
                random.nextBoolean()
                    ? OptionalInt.of(1 + random.nextInt(254))
                    : OptionalInt.empty())
            .withInitiative(oneOf(List.of(Initiative.values())))
            .withInterface(maybe(this::text))
            .withVrf(maybe(this::text)));
  }

  private PeerPassword password() {
    byte[] octets = new byte[1 + random.nextInt(80)];
    random.nextBytes(octets);
    return oneOf(
        List.of(
            new PeerPassword.InFile(text()),
            new PeerPassword.Given(Password.of(octets)),
            new PeerPassword.Missing(text())));
  }

  private SpeakerStatus.BfdStatus bfdStatus() {
    return new SpeakerStatus.BfdStatus(
        address(),
        new TreeSet<>(some(() -> new PeerName(text()))),
        text(),
        instant(),
        maybe(this::text),
        Duration.ofNanos(random.nextLong(Long.MAX_VALUE)),
        Duration.ofNanos(random.nextLong(Long.MAX_VALUE)),
        Duration.ofMillis(random.nextInt(1_000)),
        random.nextInt(3));
  }

  private BfdSettings bfd() {
    return new BfdSettings(
        Duration.ofMillis(10 + random.nextInt(59_991)),
        Duration.ofMillis(10 + random.nextInt(59_991)),
        1 + random.nextInt(255),
        oneOf(List.of(BfdSettings.Role.values())),
        1 + random.nextInt(255),
        maybe(
            () ->
                new BfdSettings.Signature(
                    oneOf(List.of(BfdSettings.SignatureKind.values())),
                    random.nextInt(256),
                    password())));
  }

  private SortedSet<IpFamily> families() {
    return new TreeSet<>(
        random.nextBoolean()
            ? List.of(IpFamily.values())
            : List.of(oneOf(List.of(IpFamily.values()))));
  }

  private Generation generation() {
    return new Generation(1 + random.nextLong(Long.MAX_VALUE), 1 + random.nextLong(Long.MAX_VALUE));
  }

  private IpAddress address() {
    return switch (random.nextInt(3)) {
      case 0 -> new Ipv4(random.nextInt());
      case 1 -> new Ipv6(random.nextLong(), random.nextLong());
      default -> new Ipv6(0, 0xFFFF_0000_0000L | random.nextInt());
    };
  }

  private ServiceRef service() {
    return new ServiceRef(text().replace('/', 'x'), text().replace('/', 'x'));
  }

  private Instant instant() {
    return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
  }

  private String text() {
    int[] choices = CHARACTERS.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.appendCodePoint(choices[random.nextInt(choices.length)]);
    }
    return text.toString();
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> some(Supplier<T> value) {
    List<T> values = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      values.add(value.get());
    }
    return values;
  }

  private <T> List<T> atLeastOne(Supplier<T> value) {
    List<T> values = some(value);
    values.add(value.get());
    return values;
  }
}
