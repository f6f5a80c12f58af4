// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static io.gitlb.speaker.l2.ArpFrames.ASKER;
import static io.gitlb.speaker.l2.ArpFrames.OURS;
import static io.gitlb.speaker.l2.NeighborFrames.ADDRESS;
import static io.gitlb.speaker.l2.NeighborFrames.ASKER_ADDRESS;
import static io.gitlb.speaker.l2.NeighborFrames.GROUP;
import static io.gitlb.speaker.l2.NeighborFrames.GROUP_MAC;
import static io.gitlb.speaker.l2.NeighborFrames.OUR_ADDRESS;
import static io.gitlb.speaker.l2.NeighborFrames.v6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NeighborResponderTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Ipv6 ELSEWHERE = v6("2001:db8::e");
  private static final Ipv6 WATCHED = v6("2001:db8::c");
  private static final AnswerTable TABLE =
      new AnswerTable(
          Set.of(ADDRESS), Set.of(ELSEWHERE), Set.of(WATCHED), Optional.of(OUR_ADDRESS));
  private static final int HOPS = 14 + 7;
  private static final int ICMP = 14 + 40;

  private final Responder responder = new Responder(OURS);

  static List<ArpFrames.Golden> golden() {
    return NeighborFrames.ALL;
  }

  @ParameterizedTest
  @MethodSource("golden")
  void bytesAndValuesStandForEachOther(ArpFrames.Golden golden) {
    assertArrayEquals(golden.octets(), golden.value().encode());
    assertEquals(
        new EthernetFrame.Decoding.Decoded(golden.value()),
        EthernetFrame.decode(ByteBuffer.wrap(golden.octets())));
  }

  @Test
  void aSolicitationIsAnsweredToTheAskerAlone() {
    assertArrayEquals(
        NeighborFrames.ADVERTISEMENT.octets(), reply(NeighborFrames.SOLICITATION.octets()));
  }

  @Test
  void aCheckOfReachabilityWithoutSourceOptionIsAnsweredToo() {
    assertArrayEquals(
        NeighborFrames.ADVERTISEMENT.octets(), reply(NeighborFrames.REACHABILITY_CHECK.octets()));
  }

  @Test
  void whoWantsOurAddressIsToldThroughEverybodyThatItIsTaken() {
    assertArrayEquals(
        NeighborFrames.UNSOLICITED.octets(), reply(NeighborFrames.DUPLICATE_DETECTION.octets()));
    assertEquals(
        Optional.of(new Sighting(ADDRESS, ASKER, SightingKind.PROBE)),
        hear(NeighborFrames.DUPLICATE_DETECTION.octets()).sighting());
  }

  @Test
  void theUnaskedFormIsTheAdvertisementToAllNodes() {
    InterfaceAddress linkLocal = new InterfaceAddress(OUR_ADDRESS, 64);
    Link link = new Link("eth0", 2, OURS, new TreeSet<>(), new TreeSet<>(Set.of(linkLocal)));
    assertEquals(
        List.of(NeighborFrames.UNSOLICITED.value()), GratuitousAnnouncement.round(ADDRESS, link));
    Link without = new Link("eth0", 2, OURS, new TreeSet<>());
    assertEquals(List.of(), GratuitousAnnouncement.round(ADDRESS, without));
  }

  @Test
  void withoutALinkLocalAddressNothingIsAnswered() {
    AnswerTable table =
        new AnswerTable(Set.of(ADDRESS), Set.of(), Set.of(), Optional.<Ipv6>empty());
    assertEquals(
        new Verdict.Drop(DropReason.NO_LINK_LOCAL),
        responder.answer(ByteBuffer.wrap(NeighborFrames.SOLICITATION.octets()), table, NOW));
  }

  // Case 38 of the forty adversarial inputs.
  @Test
  void solicitationsThatBreakARuleAreDroppedForIt() {
    assertEquals(DropReason.NDP_HOP_LIMIT, dropped(changed(frame -> frame[HOPS] = (byte) 254)));
    assertEquals(DropReason.NDP_CHECKSUM, dropped(changed(frame -> frame[ICMP + 2] ^= 1)));
    assertEquals(DropReason.NDP_CODE, dropped(summed(frame -> frame[ICMP + 1] = 1)));
    assertEquals(DropReason.NDP_OPTION, dropped(summed(frame -> frame[ICMP + 25] = 0)));
    assertEquals(DropReason.NDP_OPTION, dropped(summed(frame -> frame[ICMP + 25] = 2)));
    assertEquals(
        DropReason.NDP_TARGET_MULTICAST, dropped(summed(frame -> frame[ICMP + 8] = (byte) 0xFF)));
    assertEquals(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        dropped(solicitation(Ipv6Groups.UNSPECIFIED, GROUP, Optional.of(ASKER))));
    assertEquals(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        dropped(solicitation(Ipv6Groups.UNSPECIFIED, ADDRESS, Optional.empty())));
  }

  // Case 39.
  @Test
  void fragmentsHeadersAndEndlessOptionsAreDropped() {
    for (int header : List.of(0, 43, 44, 50, 51, 60)) {
      assertEquals(
          DropReason.IPV6_EXTENSION_HEADER,
          dropped(changed(frame -> frame[14 + 6] = (byte) header)));
    }
    byte[] hundred = Arrays.copyOf(NeighborFrames.SOLICITATION.octets(), ICMP + 24 + 800);
    ByteBuffer.wrap(hundred).putShort(14 + 4, (short) 824);
    for (int at = ICMP + 24; at < hundred.length; at += 8) {
      hundred[at] = 99;
      hundred[at + 1] = 1;
    }
    sum(hundred);
    assertInstanceOf(Verdict.Reply.class, hear(hundred).verdict(), "whole, it is only long");
    assertEquals(
        DropReason.IPV6_TRUNCATED, dropped(Arrays.copyOf(hundred, 128)), "cut by the capture");
    byte[] cut = Arrays.copyOf(NeighborFrames.SOLICITATION.octets(), ICMP + 28);
    ByteBuffer.wrap(cut).putShort(14 + 4, (short) 28);
    sum(cut);
    assertEquals(DropReason.NDP_OPTION, dropped(cut));
  }

  // Case 40.
  @Test
  void advertisementsForOurAddressAreAConflictUnlessTheyAreOurs() {
    MacAddress foreign = MacAddress.of("02:00:5e:00:53:cc");
    Heard claim = hear(advertisement(foreign, ADDRESS, Set.of(Flag.OVERRIDE)));
    assertEquals(new Verdict.Drop(DropReason.FOREIGN_CLAIM), claim.verdict());
    assertEquals(Optional.of(new Sighting(ADDRESS, foreign, SightingKind.CLAIM)), claim.sighting());
    assertEquals(
        Heard.drop(DropReason.OWN_FRAME), hear(NeighborFrames.UNSOLICITED.octets()), "looped");
    byte[] ownProbe = ProbeFrames.probe(WATCHED, OURS).orElseThrow().encode();
    assertEquals(Heard.drop(DropReason.OWN_FRAME), hear(ownProbe), "looped");
    ByteBuffer.wrap(ownProbe).position(6).put(foreign.toBytes());
    assertEquals(Heard.drop(DropReason.OWN_FRAME), hear(ownProbe), "looped and rewritten");
    assertEquals(
        DropReason.NDP_SOLICITED_MULTICAST,
        dropped(advertisement(foreign, ADDRESS, Set.of(Flag.SOLICITED)).encode()));
  }

  @Test
  void whoUsesAWatchedAddressIsSeenThoughNothingIsAnswered() {
    Heard heard = hear(advertisement(ASKER, WATCHED, Set.of(Flag.OVERRIDE)));
    assertEquals(new Verdict.Drop(DropReason.NEIGHBOR_ADVERTISEMENT), heard.verdict());
    assertEquals(Optional.of(new Sighting(WATCHED, ASKER, SightingKind.CLAIM)), heard.sighting());
    Heard other = hear(advertisement(ASKER, v6("2001:db8::d"), Set.of(Flag.OVERRIDE)));
    assertEquals(Optional.empty(), other.sighting());
  }

  @Test
  void everyOtherRuleHasItsReason() {
    assertEquals(
        DropReason.SENDER_MAC_MISMATCH, dropped(changed(frame -> frame[11] ^= 1)), "relayed");
    assertEquals(DropReason.WRONG_DESTINATION, dropped(changed(frame -> frame[5] ^= 1)));
    assertEquals(DropReason.IPV6_VERSION, dropped(changed(frame -> frame[14] = 0x45)));
    assertEquals(DropReason.OTHER_IPV6, dropped(changed(frame -> frame[14 + 6] = 17)));
    assertEquals(DropReason.OTHER_IPV6, dropped(changed(frame -> frame[ICMP] = (byte) 134)));
    assertEquals(
        DropReason.SENDER_ADDRESS_INVALID,
        dropped(solicitation(v6("ff02::2"), GROUP, Optional.of(ASKER))));
    assertEquals(
        DropReason.FOREIGN_CLAIM, dropped(solicitation(ADDRESS, GROUP, Optional.of(ASKER))));
    assertEquals(DropReason.OTHER_INTERFACE, dropped(about(ELSEWHERE)));
    assertEquals(DropReason.NOT_ANNOUNCED, dropped(about(WATCHED)));
  }

  @Test
  void everyTruncationAndEveryFlippedBitIsAnsweredOrDroppedByARule() {
    List<ArpFrames.Golden> all = new ArrayList<>(NeighborFrames.ALL);
    all.addAll(ArpFrames.ALL);
    for (ArpFrames.Golden golden : all) {
      byte[] octets = golden.octets();
      for (int length = 0; length <= octets.length; length++) {
        judged(golden + " cut to " + length, Arrays.copyOf(octets, length));
      }
      for (int bit = 0; bit < octets.length * 8; bit++) {
        byte[] flipped = octets.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        judged(golden + " with bit " + bit, flipped);
      }
    }
  }

  @Test
  void mutatedFramesWithARightChecksumNeverThrow() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    EnumSet<DropReason> seen = EnumSet.noneOf(DropReason.class);
    for (int i = 0; i < 20_000 * Integer.getInteger("gitlb.random.rounds", 1); i++) {
      byte[] octets = NeighborFrames.ALL.get(random.nextInt(NeighborFrames.ALL.size())).octets();
      octets = Arrays.copyOf(octets, octets.length + random.nextInt(3) * 8);
      ByteBuffer.wrap(octets).putShort(14 + 4, (short) (octets.length - ICMP));
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        octets[ICMP + random.nextInt(octets.length - ICMP)] = (byte) random.nextInt();
      }
      sum(octets);
      if (judged("seed " + seed + " round " + i, octets)
          instanceof Verdict.Drop(DropReason reason)) {
        seen.add(reason);
      }
    }
    assertTrue(seen.size() >= 6, "seed " + seed + " saw only " + seen);
  }

  private Verdict judged(String what, byte[] octets) {
    try {
      Verdict verdict = hear(octets).verdict();
      if (verdict instanceof Verdict.Reply(EthernetFrame frame)
          && frame.payload() instanceof NeighborAdvertisement advertisement) {
        assertEquals(ADDRESS, advertisement.target(), what);
        assertEquals(OURS, frame.source(), what);
      }
      return verdict;
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  /// A change to a good solicitation.
  @FunctionalInterface
  private interface Change {
    void to(byte[] frame);
  }

  private static byte[] changed(Change change) {
    byte[] octets = NeighborFrames.SOLICITATION.octets();
    change.to(octets);
    return octets;
  }

  private static byte[] summed(Change change) {
    byte[] octets = changed(change);
    sum(octets);
    return octets;
  }

  /// Puts the right checksum in, by another way than the codec's.
  private static void sum(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets).putShort(ICMP + 2, (short) 0);
    long sum = octets.length - ICMP + 58L;
    for (int at = 14 + 8; at + 1 < octets.length; at += 2) {
      sum += Short.toUnsignedInt(frame.getShort(at));
    }
    frame.putShort(ICMP + 2, (short) (0xFFFF - sum % 0xFFFF));
  }

  private static byte[] solicitation(Ipv6 source, Ipv6 destination, Optional<MacAddress> mac) {
    MacAddress to = destination.equals(GROUP) ? GROUP_MAC : OURS;
    return new EthernetFrame(
            to,
            ASKER,
            new NeighborSolicitation(source, destination, ADDRESS, mac, OptionalLong.empty()))
        .encode();
  }

  private static byte[] about(Ipv6 target) {
    Ipv6 group = Ipv6Groups.solicitedNode(target);
    return new EthernetFrame(
            Ipv6Groups.macOf(group),
            ASKER,
            new NeighborSolicitation(
                ASKER_ADDRESS, group, target, Optional.of(ASKER), OptionalLong.empty()))
        .encode();
  }

  private static EthernetFrame advertisement(MacAddress from, IpAddress target, Set<Flag> flags) {
    return new EthernetFrame(
        MacAddress.of("33:33:00:00:00:01"),
        from,
        new NeighborAdvertisement(
            ASKER_ADDRESS, Ipv6Groups.ALL_NODES, v6(target.toString()), flags, Optional.of(from)));
  }

  private DropReason dropped(byte[] octets) {
    return assertInstanceOf(Verdict.Drop.class, hear(octets).verdict()).reason();
  }

  private byte[] reply(byte[] octets) {
    return assertInstanceOf(Verdict.Reply.class, hear(octets).verdict()).frame().encode();
  }

  private Heard hear(EthernetFrame frame) {
    return hear(frame.encode());
  }

  private Heard hear(byte[] octets) {
    return responder.hear(ByteBuffer.wrap(octets), TABLE, NOW);
  }
}
