// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.AdversarialWire.ASKER;
import static io.gitlb.speaker.AdversarialWire.FOREIGN;
import static io.gitlb.speaker.AdversarialWire.HELD;
import static io.gitlb.speaker.AdversarialWire.HELD_ELSEWHERE;
import static io.gitlb.speaker.AdversarialWire.OURS;
import static io.gitlb.speaker.AdversarialWire.TICK;
import static io.gitlb.speaker.AdversarialWire.v4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.ArpPacket.Operation;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.HolderKind;
import io.gitlb.speaker.l2.Verdict;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// ARP that must not be answered: the reaction, and the one count that moves.
final class AdversarialArpTest {

  private static final MacAddress NOBODY = new MacAddress(0);
  private static final Ipv4 ASKER_ADDRESS = v4("192.0.2.77");
  private static final int ARP = 14;

  private final AdversarialWire wire = new AdversarialWire();

  @BeforeEach
  void answersWhatIsGood() {
    assertInstanceOf(Verdict.Reply.class, wire.eth0().hears(request()));
  }

  @Test
  @DisplayName("ARP with address lengths 8 or 16, hardware type 6 or only ten octets is dropped")
  void wrongLengthsAndTypes() {
    wire.drops(DropReason.ARP_ADDRESS_LENGTH, request(frame -> frame.put(ARP + 4, (byte) 8)));
    wire.drops(DropReason.ARP_ADDRESS_LENGTH, request(frame -> frame.put(ARP + 5, (byte) 16)));
    wire.drops(DropReason.ARP_HARDWARE_TYPE, request(frame -> frame.putShort(ARP, (short) 6)));
    wire.drops(DropReason.ARP_TRUNCATED, Arrays.copyOf(request(), ARP + 10));
  }

  @Test
  @DisplayName(
      "a sender that is a group, everybody, nobody, ourselves or not the frame's is dropped")
  void impossibleSenders() {
    wire.drops(DropReason.SENDER_MAC_INVALID, requestFrom(MacAddress.of("01:00:5e:00:00:01")));
    wire.drops(DropReason.SENDER_MAC_INVALID, requestFrom(MacAddress.BROADCAST));
    wire.drops(DropReason.SENDER_MAC_INVALID, requestFrom(NOBODY));
    wire.drops(DropReason.OWN_FRAME, requestFrom(OURS));
    wire.drops(
        DropReason.SENDER_MAC_MISMATCH,
        new EthernetFrame(MacAddress.BROADCAST, FOREIGN, arp(Operation.REQUEST, ASKER, HELD))
            .encode());
    assertTrue(wire.conflicts.isEmpty(), "none of them is a conflict");
  }

  @Test
  @DisplayName("one foreign claim a second is one conflict, defended at most once in 10 s")
  void foreignClaimEachSecond() {
    for (int second = 0; second < 30; second++) {
      wire.drops(DropReason.FOREIGN_CLAIM, claim());
      wire.run(Duration.ofSeconds(1));
    }
    assertOneConflictDefendedThreeTimes();
  }

  @Test
  @DisplayName("10,000 foreign claims a second are one conflict, defended at most once in 10 s")
  void foreignClaimStorm() {
    byte[] claim = claim();
    for (int tick = 0; tick < 3_000; tick++) {
      for (int i = 0; i < 100; i++) {
        wire.eth0().hears(claim);
      }
      wire.run(TICK);
    }
    assertEquals(300_000, wire.verdicts.drops(DropReason.FOREIGN_CLAIM));
    assertOneConflictDefendedThreeTimes();
  }

  private void assertOneConflictDefendedThreeTimes() {
    // The holder asks for its own address now and then, too.
    long told = wire.eth0().sent.stream().filter(frame -> !isProbe(frame)).count();
    assertEquals(6, told, "three announcements in both forms");
    assertEquals(3L, wire.contention.values().get("defences"));
    assertEquals(1L, wire.contention.values().get("conflicts_foreign"));
    assertEquals(1, wire.conflictsTold);
    Conflict conflict = Objects.requireNonNull(wire.conflicts.get(HELD));
    assertEquals(HolderKind.FOREIGN, conflict.kind());
    assertEquals(FOREIGN, conflict.mac());
    wire.run(Duration.ofSeconds(62));
    assertTrue(wire.conflicts.isEmpty(), "a minute later it is over");
  }

  private static boolean isProbe(EthernetFrame frame) {
    return frame.payload() instanceof ArpPacket packet && packet.senderAddress().bits() == 0;
  }

  @Test
  @DisplayName("a scan of a /16 is answered for our address alone")
  void scan() {
    int first = v4("192.0.0.0").bits();
    int answered = 0;
    for (int host = 0; host < 65_536; host++) {
      Ipv4 target = new Ipv4(first + host);
      byte[] octets = broadcast(arp(Operation.REQUEST, ASKER, target)).encode();
      answered += wire.eth0().hears(octets) instanceof Verdict.Reply ? 1 : 0;
    }
    assertEquals(1, answered);
    assertEquals(65_535, wire.verdicts.drops(DropReason.NOT_ANNOUNCED));
  }

  @Test
  @DisplayName("100,000 requests a second of one station get 1,000 answers, another one all of its")
  void flood() {
    byte[] flooding = request();
    byte[] other = requestFrom(FOREIGN);
    long before = wire.verdicts.replies();
    int others = 0;
    for (int milli = 0; milli < 3_000; milli++) {
      for (int i = 0; i < 100; i++) {
        wire.eth0().hears(flooding);
      }
      others += milli % 10 == 0 && wire.eth0().hears(other) instanceof Verdict.Reply ? 1 : 0;
      wire.run(Duration.ofMillis(1));
    }
    assertEquals(300, others);
    long answered = wire.verdicts.replies() - before - others;
    assertTrue(answered >= 3_990 && answered <= 4_000, answered + " with the burst of 1,000");
    assertEquals(300_000 - answered, wire.verdicts.drops(DropReason.RATE_LIMITED));
  }

  @Test
  @DisplayName("a frame with one or two tags, or from an address that no neighbour has, is dropped")
  void tagsAndImpossibleSenderAddresses() {
    wire.drops(DropReason.VLAN_TAGGED, tagged(0x8100));
    wire.drops(DropReason.VLAN_TAGGED, tagged(0x88A8, 0x8100));
    wire.drops(DropReason.VLAN_TAGGED, tagged(0x9100, 0x8100));
    for (String sender : List.of("255.255.255.255", "127.0.0.1", "0.0.0.1", "224.0.0.1")) {
      wire.drops(DropReason.SENDER_ADDRESS_INVALID, requestBy(v4(sender), HELD));
      wire.drops(DropReason.SENDER_ADDRESS_INVALID, requestBy(v4(sender), v4(sender)));
    }
    wire.drops(DropReason.NOT_ANNOUNCED, requestBy(v4("0.0.0.0"), v4("0.0.0.0")));
    wire.drops(DropReason.FOREIGN_CLAIM, requestBy(HELD_ELSEWHERE, HELD_ELSEWHERE));
    wire.drops(DropReason.OTHER_INTERFACE, requestBy(ASKER_ADDRESS, HELD_ELSEWHERE));
    wire.run(Duration.ofMillis(100));
    assertEquals(List.of(), wire.eth0().sent, "not defended on a link where it is not announced");
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
}
