// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.FakeSegmentPort.FakeSegment;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.ArpPacket.Operation;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.HolderKind;
import io.gitlb.speaker.l2.InterfaceAddress;
import io.gitlb.speaker.l2.Ipv6Groups;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.NeighborAdvertisement;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import io.gitlb.speaker.l2.NeighborSolicitation;
import io.gitlb.speaker.l2.Verdict;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import io.gitlb.speaker.watch.WatchedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What must not be answered, through the whole of layer 2: the reaction, and the one count that
/// moves. Two links; an address of either family is held on the first, one more on the second.
final class AdversarialFramesTest {

  private static final MacAddress OURS = MacAddress.of("02:00:5e:00:53:01");
  private static final MacAddress ASKER = MacAddress.of("02:00:5e:00:53:aa");
  private static final MacAddress FOREIGN = MacAddress.of("02:00:5e:00:53:bb");
  private static final MacAddress NOBODY = new MacAddress(0);
  private static final MacAddress ALL_NODES_MAC = MacAddress.of("33:33:00:00:00:01");
  private static final Ipv4 HELD = v4("192.0.2.10");
  private static final Ipv4 HELD_ELSEWHERE = v4("198.51.100.10");
  private static final Ipv4 ASKER_ADDRESS = v4("192.0.2.77");
  private static final Ipv6 HELD6 = v6("2001:db8::b0a:1");
  private static final Ipv6 ASKER6 = v6("fe80::aa");
  private static final Ipv6 ALL_NODES = v6("ff02::1");
  private static final Ipv6 UNSPECIFIED = v6("::");
  private static final Ipv6 GROUP = Ipv6Groups.solicitedNode(HELD6);
  private static final MacAddress GROUP_MAC = MacAddress.of("33:33:ff:0a:00:01");

  private static final Duration TICK = Duration.ofMillis(10);
  private static final int ARP = 14;
  private static final int IPV6 = 14;
  private static final int ICMP = IPV6 + 40;
  private static final int OPTIONS = ICMP + 24;

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final VerdictCounts verdicts = new VerdictCounts();
  private final ContentionCounts contention = new ContentionCounts();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private SortedMap<IpAddress, Conflict> conflicts = new TreeMap<>();
  private int conflictsTold;
  private final Layer2 layer2 =
      new Layer2(
          SELF,
          port,
          verdicts,
          contention,
          () -> now,
          OwnershipSettings.defaults(),
          new ConflictListener());

  private final class ConflictListener implements Layer2Listener {

    @Override
    public void gratuitous(IpAddress address, Instant at) {}

    @Override
    public void gratuitousOver() {}

    @Override
    public void squatters(SortedMap<IpAddress, Squatting> squatters) {}

    @Override
    public void conflicts(SortedMap<IpAddress, Conflict> all) {
      conflictsTold += all.keySet().equals(conflicts.keySet()) ? 0 : 1;
      conflicts = all;
    }

    @Override
    public void claims(Optional<DesiredState> inForce, ClaimsContent content) {}

    @Override
    public void watch(SortedSet<LivenessTarget> sessions, SortedSet<WatchedPeer> peers) {}

    @Override
    public void changed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {}

    @Override
    public void refusals(SortedMap<String, String> refusals) {}
  }

  @BeforeEach
  void announce() {
    port.links.put(
        "eth0",
        new Link(
            "eth0",
            2,
            OURS,
            new TreeSet<>(Set.of(IpPrefix.of("192.0.2.0/24"), IpPrefix.of("2001:db8::/64"))),
            new TreeSet<>(Set.of(new InterfaceAddress(IpAddress.of("fe80::1"), 64)))));
    port.link("eth1", 3, "02:00:5e:00:53:02", "198.51.100.0/24");
    layer2.survey(now);
    layer2.begin(new Start.Fresh(), now);
    layer2.apply(
        state(
            1,
            List.of(),
            layer2(HELD.toString(), List.of(SELF)),
            layer2(HELD_ELSEWHERE.toString(), List.of(SELF)),
            layer2(HELD6.toString(), List.of(SELF))),
        Origin.RECONCILER,
        now);
    run(Duration.ofSeconds(6));
    eth0().sent.clear();
    assertInstanceOf(Verdict.Reply.class, eth0().hears(request()), "a good request");
    assertInstanceOf(Verdict.Reply.class, eth0().hears(solicitation()), "a good solicitation");
  }

  @Test
  @DisplayName("ARP with address lengths 8 or 16, hardware type 6 or only ten octets is dropped")
  void wrongLengthsAndTypes() {
    drops(DropReason.ARP_ADDRESS_LENGTH, request(frame -> frame.put(ARP + 4, (byte) 8)));
    drops(DropReason.ARP_ADDRESS_LENGTH, request(frame -> frame.put(ARP + 5, (byte) 16)));
    drops(DropReason.ARP_HARDWARE_TYPE, request(frame -> frame.putShort(ARP, (short) 6)));
    drops(DropReason.ARP_TRUNCATED, Arrays.copyOf(request(), ARP + 10));
  }

  @Test
  @DisplayName(
      "a sender that is a group, everybody, nobody, ourselves or not the frame's is dropped")
  void impossibleSenders() {
    drops(DropReason.SENDER_MAC_INVALID, requestFrom(MacAddress.of("01:00:5e:00:00:01")));
    drops(DropReason.SENDER_MAC_INVALID, requestFrom(MacAddress.BROADCAST));
    drops(DropReason.SENDER_MAC_INVALID, requestFrom(NOBODY));
    drops(DropReason.OWN_FRAME, requestFrom(OURS));
    drops(
        DropReason.SENDER_MAC_MISMATCH,
        new EthernetFrame(MacAddress.BROADCAST, FOREIGN, arp(Operation.REQUEST, ASKER, HELD))
            .encode());
    assertTrue(conflicts.isEmpty(), "none of them is a conflict");
  }

  @Test
  @DisplayName("one foreign claim a second is one conflict, defended at most once in 10 s")
  void foreignClaimEachSecond() {
    for (int second = 0; second < 30; second++) {
      drops(DropReason.FOREIGN_CLAIM, claim());
      run(Duration.ofSeconds(1));
    }
    assertOneConflictDefendedThreeTimes();
  }

  @Test
  @DisplayName("10,000 foreign claims a second are one conflict, defended at most once in 10 s")
  void foreignClaimStorm() {
    byte[] claim = claim();
    for (int tick = 0; tick < 3_000; tick++) {
      for (int i = 0; i < 100; i++) {
        eth0().hears(claim);
      }
      run(TICK);
    }
    assertEquals(300_000, verdicts.drops(DropReason.FOREIGN_CLAIM));
    assertOneConflictDefendedThreeTimes();
  }

  private void assertOneConflictDefendedThreeTimes() {
    assertEquals(6, eth0().sent.size(), "three announcements in both forms");
    assertEquals(3L, contention.values().get("defences"));
    assertEquals(1L, contention.values().get("conflicts_foreign"));
    assertEquals(1, conflictsTold);
    Conflict conflict = Objects.requireNonNull(conflicts.get(HELD));
    assertEquals(HolderKind.FOREIGN, conflict.kind());
    assertEquals(FOREIGN, conflict.mac());
    run(Duration.ofSeconds(62));
    assertTrue(conflicts.isEmpty(), "a minute later it is over");
  }

  @Test
  @DisplayName("a scan of a /16 is answered for our address alone")
  void scan() {
    int first = v4("192.0.0.0").bits();
    int answered = 0;
    for (int host = 0; host < 65_536; host++) {
      Ipv4 target = new Ipv4(first + host);
      byte[] octets = broadcast(arp(Operation.REQUEST, ASKER, target)).encode();
      answered += eth0().hears(octets) instanceof Verdict.Reply ? 1 : 0;
    }
    assertEquals(1, answered);
    assertEquals(65_535, verdicts.drops(DropReason.NOT_ANNOUNCED));
  }

  @Test
  @DisplayName("100,000 requests a second of one station get 1,000 answers, another one all of its")
  void flood() {
    byte[] flooding = request();
    byte[] other = requestFrom(FOREIGN);
    long before = verdicts.replies();
    int others = 0;
    for (int milli = 0; milli < 3_000; milli++) {
      for (int i = 0; i < 100; i++) {
        eth0().hears(flooding);
      }
      others += milli % 10 == 0 && eth0().hears(other) instanceof Verdict.Reply ? 1 : 0;
      run(Duration.ofMillis(1));
    }
    assertEquals(300, others);
    long answered = verdicts.replies() - before - others;
    assertTrue(answered >= 3_990 && answered <= 4_000, answered + " with the burst of 1,000");
    assertEquals(300_000 - answered, verdicts.drops(DropReason.RATE_LIMITED));
  }

  @Test
  @DisplayName("a frame with one or two tags, or from an address that no neighbour has, is dropped")
  void tagsAndImpossibleSenderAddresses() {
    drops(DropReason.VLAN_TAGGED, tagged(0x8100));
    drops(DropReason.VLAN_TAGGED, tagged(0x88A8, 0x8100));
    drops(DropReason.VLAN_TAGGED, tagged(0x9100, 0x8100));
    for (String sender : List.of("255.255.255.255", "127.0.0.1", "0.0.0.1", "224.0.0.1")) {
      drops(DropReason.SENDER_ADDRESS_INVALID, requestBy(v4(sender), HELD));
      drops(DropReason.SENDER_ADDRESS_INVALID, requestBy(v4(sender), v4(sender)));
    }
    drops(DropReason.NOT_ANNOUNCED, requestBy(v4("0.0.0.0"), v4("0.0.0.0")));
    drops(DropReason.FOREIGN_CLAIM, requestBy(HELD_ELSEWHERE, HELD_ELSEWHERE));
    drops(DropReason.OTHER_INTERFACE, requestBy(ASKER_ADDRESS, HELD_ELSEWHERE));
    run(Duration.ofMillis(100));
    assertEquals(List.of(), eth0().sent, "nothing is defended on a link where it is not announced");
  }

  @Test
  @DisplayName("a solicitation that breaks a rule of RFC 4861 section 7.1.1 is dropped in silence")
  void invalidSolicitations() {
    drops(DropReason.NDP_HOP_LIMIT, solicitation(frame -> frame.put(IPV6 + 7, (byte) 254)));
    byte[] wrongSum = solicitation();
    wrongSum[ICMP + 2] ^= 1;
    drops(DropReason.NDP_CHECKSUM, wrongSum);
    drops(DropReason.NDP_CODE, solicitation(frame -> frame.put(ICMP + 1, (byte) 1)));
    drops(DropReason.NDP_OPTION, solicitation(frame -> frame.put(OPTIONS + 1, (byte) 0)));
    drops(DropReason.NDP_TARGET_MULTICAST, solicitation(frame -> frame.put(ICMP + 8, (byte) 0xFF)));
    drops(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        solicitation(UNSPECIFIED, GROUP, GROUP_MAC, Optional.of(ASKER)));
    drops(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        solicitation(UNSPECIFIED, HELD6, OURS, Optional.empty()));
  }

  @Test
  @DisplayName("fragments and headers before a solicitation are dropped, as is what is cut")
  void fragmentsHeadersAndCutOptions() {
    for (int header : List.of(0, 43, 44, 50, 51, 60)) {
      drops(
          DropReason.IPV6_EXTENSION_HEADER,
          solicitation(frame -> frame.put(IPV6 + 6, (byte) header)));
    }
    byte[] cutOption = Arrays.copyOf(solicitation(), OPTIONS + 4);
    ByteBuffer.wrap(cutOption).putShort(IPV6 + 4, (short) 28);
    drops(DropReason.NDP_OPTION, summed(cutOption));
    drops(DropReason.IPV6_TRUNCATED, Arrays.copyOf(solicitation(), OPTIONS + 4));
  }

  @Test
  @DisplayName("a hundred options are walked over once, and what the capture cut off is dropped")
  void hundredOptions() {
    byte[] hundred = Arrays.copyOf(solicitation(), OPTIONS + 800);
    ByteBuffer frame = ByteBuffer.wrap(hundred).putShort(IPV6 + 4, (short) 824);
    for (int at = OPTIONS; at < hundred.length; at += 8) {
      frame.putShort(at, (short) 0x6301);
    }
    summed(hundred);
    assertInstanceOf(Verdict.Reply.class, eth0().hears(hundred), "it is valid, only long");
    drops(DropReason.IPV6_TRUNCATED, Arrays.copyOf(hundred, 128));
  }

  @Test
  @DisplayName("an advertisement of our address by a foreign station is a conflict, defended once")
  void foreignAdvertisement() {
    byte[] claim = advertisement(FOREIGN, Set.of(Flag.OVERRIDE));
    drops(DropReason.FOREIGN_CLAIM, claim);
    drops(DropReason.FOREIGN_CLAIM, claim);
    run(Duration.ofMillis(100));
    assertEquals(Set.of(HELD6), conflicts.keySet());
    assertEquals(1, eth0().sent.size());
    assertEquals(1L, contention.values().get("conflicts_foreign"));
  }

  @Test
  @DisplayName("our own advertisement that comes back is ignored")
  void loopedAdvertisement() {
    drops(DropReason.OWN_FRAME, advertisement(OURS, Set.of(Flag.OVERRIDE)));
    run(Duration.ofMillis(100));
    assertTrue(conflicts.isEmpty());
  }

  @Test
  @DisplayName("our own probe that comes back, even from another hardware address, is ignored")
  void loopedProbe() {
    Ipv6 free = v6("2001:db8::f");
    layer2.detect(new TreeSet<>(Set.of(free)), _ -> {}, now);
    run(Duration.ofMillis(50));
    byte[] probe = eth0().sent.getFirst().encode();
    drops(DropReason.OWN_FRAME, probe);
    ByteBuffer.wrap(probe).put(6, FOREIGN.toBytes());
    drops(DropReason.OWN_FRAME, probe);
    // The last octet of the nonce: now somebody else wants the address.
    probe[probe.length - 1] ^= 1;
    drops(DropReason.NOT_ANNOUNCED, summed(probe));
  }

  @Test
  @DisplayName("an advertisement to all nodes that says it was asked for is dropped")
  void solicitedAdvertisementToAll() {
    drops(
        DropReason.NDP_SOLICITED_MULTICAST,
        advertisement(FOREIGN, Set.of(Flag.SOLICITED, Flag.OVERRIDE)));
    run(Duration.ofMillis(100));
    assertTrue(conflicts.isEmpty());
  }

  /// Not answered, for this reason, and nothing else is counted.
  private void drops(DropReason reason, byte[] octets) {
    SortedMap<String, Long> expected = new TreeMap<>(verdicts.values());
    expected.merge("frames_dropped_" + reason.name().toLowerCase(Locale.ROOT), 1L, Long::sum);
    assertEquals(new Verdict.Drop(reason), eth0().hears(octets));
    assertEquals(expected, verdicts.values());
  }

  private FakeSegment eth0() {
    return port.segment("eth0");
  }

  private void run(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      layer2.tick(now);
      now = now.plus(TICK.compareTo(time) < 0 ? TICK : time);
    }
  }

  private static byte[] request() {
    return requestFrom(ASKER);
  }

  private static byte[] request(Consumer<ByteBuffer> change) {
    byte[] octets = request();
    change.accept(ByteBuffer.wrap(octets));
    return octets;
  }

  private static byte[] requestFrom(MacAddress sender) {
    return new EthernetFrame(MacAddress.BROADCAST, sender, arp(Operation.REQUEST, sender, HELD))
        .encode();
  }

  private static byte[] requestBy(Ipv4 sender, Ipv4 target) {
    return broadcast(new ArpPacket(Operation.REQUEST, ASKER, sender, NOBODY, target)).encode();
  }

  private static ArpPacket arp(Operation operation, MacAddress sender, Ipv4 target) {
    return new ArpPacket(operation, sender, ASKER_ADDRESS, NOBODY, target);
  }

  private static EthernetFrame broadcast(ArpPacket packet) {
    return new EthernetFrame(MacAddress.BROADCAST, packet.senderMac(), packet);
  }

  private static byte[] claim() {
    return broadcast(new ArpPacket(Operation.REPLY, FOREIGN, HELD, NOBODY, HELD)).encode();
  }

  private static byte[] tagged(int... tags) {
    byte[] plain = request();
    ByteBuffer frame = ByteBuffer.allocate(plain.length + 4 * tags.length).put(plain, 0, 12);
    for (int tag : tags) {
      frame.putShort((short) tag).putShort((short) 5);
    }
    return frame.put(plain, 12, plain.length - 12).array();
  }

  private static byte[] solicitation() {
    return solicitation(ASKER6, GROUP, GROUP_MAC, Optional.of(ASKER));
  }

  /// A good one, changed, with the right checksum.
  private static byte[] solicitation(Consumer<ByteBuffer> change) {
    byte[] octets = solicitation();
    change.accept(ByteBuffer.wrap(octets));
    return summed(octets);
  }

  private static byte[] solicitation(
      Ipv6 source, Ipv6 destination, MacAddress to, Optional<MacAddress> sourceMac) {
    return new EthernetFrame(
            to,
            ASKER,
            new NeighborSolicitation(source, destination, HELD6, sourceMac, OptionalLong.empty()))
        .encode();
  }

  private static byte[] advertisement(MacAddress sender, Set<Flag> flags) {
    return new EthernetFrame(
            ALL_NODES_MAC,
            sender,
            new NeighborAdvertisement(ASKER6, ALL_NODES, HELD6, flags, Optional.of(sender)))
        .encode();
  }

  /// Puts the right checksum in, by another way than the codec's.
  private static byte[] summed(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets).putShort(ICMP + 2, (short) 0);
    long sum = octets.length - ICMP + 58L;
    for (int at = IPV6 + 8; at + 1 < octets.length; at += 2) {
      sum += Short.toUnsignedInt(frame.getShort(at));
    }
    frame.putShort(ICMP + 2, (short) (0xFFFF - sum % 0xFFFF));
    return octets;
  }

  private static Ipv4 v4(String text) {
    return new Ipv4(IpAddress.of(text).toNumber().intValue());
  }

  private static Ipv6 v6(String text) {
    return (Ipv6) IpAddress.of(text);
  }
}
