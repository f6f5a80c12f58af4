// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.AdversarialWire.ASKER;
import static io.gitlb.speaker.AdversarialWire.FOREIGN;
import static io.gitlb.speaker.AdversarialWire.HELD6;
import static io.gitlb.speaker.AdversarialWire.OURS;
import static io.gitlb.speaker.AdversarialWire.v6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Ipv6Groups;
import io.gitlb.speaker.l2.NeighborAdvertisement;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import io.gitlb.speaker.l2.NeighborSolicitation;
import io.gitlb.speaker.l2.Verdict;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Neighbour discovery that must not be answered: the reaction, and the one count that moves.
final class AdversarialNeighborTest {

  private static final MacAddress ALL_NODES_MAC = MacAddress.of("33:33:00:00:00:01");
  private static final Ipv6 ASKER6 = v6("fe80::aa");
  private static final Ipv6 ALL_NODES = v6("ff02::1");
  private static final Ipv6 UNSPECIFIED = v6("::");
  private static final Ipv6 GROUP = Ipv6Groups.solicitedNode(HELD6);
  private static final MacAddress GROUP_MAC = MacAddress.of("33:33:ff:0a:00:01");
  private static final int IPV6 = 14;
  private static final int ICMP = IPV6 + 40;
  private static final int OPTIONS = ICMP + 24;

  private final AdversarialWire wire = new AdversarialWire();

  @BeforeEach
  void answersWhatIsGood() {
    assertInstanceOf(Verdict.Reply.class, wire.eth0().hears(solicitation()));
  }

  @Test
  @DisplayName("a solicitation that breaks a rule of RFC 4861 section 7.1.1 is dropped in silence")
  void invalidSolicitations() {
    wire.drops(DropReason.NDP_HOP_LIMIT, solicitation(frame -> frame.put(IPV6 + 7, (byte) 254)));
    byte[] wrongSum = solicitation();
    wrongSum[ICMP + 2] ^= 1;
    wire.drops(DropReason.NDP_CHECKSUM, wrongSum);
    wire.drops(DropReason.NDP_CODE, solicitation(frame -> frame.put(ICMP + 1, (byte) 1)));
    wire.drops(DropReason.NDP_OPTION, solicitation(frame -> frame.put(OPTIONS + 1, (byte) 0)));
    wire.drops(
        DropReason.NDP_TARGET_MULTICAST, solicitation(frame -> frame.put(ICMP + 8, (byte) 0xFF)));
    wire.drops(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        solicitation(UNSPECIFIED, GROUP, GROUP_MAC, Optional.of(ASKER)));
    wire.drops(
        DropReason.NDP_UNSPECIFIED_SOURCE,
        solicitation(UNSPECIFIED, HELD6, OURS, Optional.empty()));
  }

  @Test
  @DisplayName("fragments and headers before a solicitation are dropped, as is what is cut")
  void fragmentsHeadersAndCutOptions() {
    for (int header : List.of(0, 43, 44, 50, 51, 60)) {
      wire.drops(
          DropReason.IPV6_EXTENSION_HEADER,
          solicitation(frame -> frame.put(IPV6 + 6, (byte) header)));
    }
    byte[] cutOption = Arrays.copyOf(solicitation(), OPTIONS + 4);
    ByteBuffer.wrap(cutOption).putShort(IPV6 + 4, (short) 28);
    wire.drops(DropReason.NDP_OPTION, summed(cutOption));
    wire.drops(DropReason.IPV6_TRUNCATED, Arrays.copyOf(solicitation(), OPTIONS + 4));
    byte[] cutTarget = Arrays.copyOf(solicitation(), OPTIONS - 2);
    ByteBuffer.wrap(cutTarget).putShort(IPV6 + 4, (short) 22);
    wire.drops(DropReason.NDP_TRUNCATED, summed(cutTarget));
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
    assertInstanceOf(Verdict.Reply.class, wire.eth0().hears(hundred), "it is valid, only long");
    wire.drops(DropReason.IPV6_TRUNCATED, Arrays.copyOf(hundred, 128));
  }

  @Test
  @DisplayName("an advertisement of our address by a foreign station is a conflict, defended once")
  void foreignAdvertisement() {
    byte[] claim = advertisement(FOREIGN, Set.of(Flag.OVERRIDE));
    wire.drops(DropReason.FOREIGN_CLAIM, claim);
    wire.drops(DropReason.FOREIGN_CLAIM, claim);
    wire.run(Duration.ofMillis(100));
    assertEquals(Set.of(HELD6), wire.conflicts.keySet());
    assertEquals(1, wire.eth0().sent.size());
    assertEquals(1L, wire.contention.values().get("conflicts_foreign"));
  }

  @Test
  @DisplayName("our own advertisement that comes back is ignored")
  void loopedAdvertisement() {
    wire.drops(DropReason.OWN_FRAME, advertisement(OURS, Set.of(Flag.OVERRIDE)));
    wire.run(Duration.ofMillis(100));
    assertTrue(wire.conflicts.isEmpty());
  }

  @Test
  @DisplayName("our own probe that comes back, even from another hardware address, is ignored")
  void loopedProbe() {
    Ipv6 free = v6("2001:db8::f");
    wire.layer2.detect(new TreeSet<>(Set.of(free)), _ -> {}, wire.now);
    wire.run(Duration.ofMillis(50));
    byte[] probe = wire.eth0().sent.getFirst().encode();
    wire.drops(DropReason.OWN_FRAME, probe);
    ByteBuffer.wrap(probe).put(6, FOREIGN.toBytes());
    wire.drops(DropReason.OWN_FRAME, probe);
    // The last octet of the nonce: now somebody else wants the address.
    probe[probe.length - 1] ^= 1;
    wire.drops(DropReason.NOT_ANNOUNCED, summed(probe));
  }

  @Test
  @DisplayName("an advertisement to all nodes that says it was asked for is dropped")
  void solicitedAdvertisementToAll() {
    wire.drops(
        DropReason.NDP_SOLICITED_MULTICAST,
        advertisement(FOREIGN, Set.of(Flag.SOLICITED, Flag.OVERRIDE)));
    wire.run(Duration.ofMillis(100));
    assertTrue(wire.conflicts.isEmpty());
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
}
