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

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class NeighborResponderTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Ipv6 ELSEWHERE = v6("2001:db8::e");
  private static final Ipv6 WATCHED = v6("2001:db8::c");
  private static final AnswerTable TABLE =
      new AnswerTable(
          Set.of(ADDRESS), Set.of(ELSEWHERE), Set.of(WATCHED), Optional.of(OUR_ADDRESS));
  private static final int ICMP = 14 + 40;

  private final Responder responder = new Responder(OURS);

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

  @Test
  void advertisementsForOurAddressAreAConflictUnlessTheyAreOurs() {
    MacAddress foreign = MacAddress.of("02:00:5e:00:53:cc");
    Heard claim = hear(advertisement(foreign, ADDRESS, Set.of(Flag.OVERRIDE)));
    assertEquals(new Verdict.Drop(DropReason.FOREIGN_CLAIM), claim.verdict());
    assertEquals(Optional.of(new Sighting(ADDRESS, foreign, SightingKind.CLAIM)), claim.sighting());
    assertEquals(
        Heard.drop(DropReason.OWN_FRAME), hear(NeighborFrames.UNSOLICITED.octets()), "looped");
    EthernetFrame probe = ProbeFrames.probe(WATCHED, OURS, new Random(1));
    responder.sending(probe);
    byte[] ownProbe = probe.encode();
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
