// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.EthernetFrame.Decoding.Decoded;
import io.gitlb.speaker.l2.EthernetFrame.Decoding.Undecodable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EthernetFrameTest {

  /// One octet changed in the golden request, and the rule that then refuses it.
  record Fault(int offset, int octet, DropReason reason) {}

  static List<Fault> faults() {
    return List.of(
        new Fault(13, 0x00, DropReason.OTHER_ETHER_TYPE),
        new Fault(12, 0x86, DropReason.OTHER_ETHER_TYPE),
        new Fault(15, 6, DropReason.ARP_HARDWARE_TYPE),
        new Fault(14, 1, DropReason.ARP_HARDWARE_TYPE),
        new Fault(17, 1, DropReason.ARP_PROTOCOL_TYPE),
        new Fault(18, 8, DropReason.ARP_ADDRESS_LENGTH),
        new Fault(19, 16, DropReason.ARP_ADDRESS_LENGTH),
        new Fault(21, 0, DropReason.ARP_OPERATION),
        new Fault(21, 3, DropReason.ARP_OPERATION),
        new Fault(20, 1, DropReason.ARP_OPERATION));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachWrongFieldHasItsOwnReason(Fault fault) {
    byte[] octets = ArpFrames.REQUEST.octets();
    octets[fault.offset()] = (byte) fault.octet();
    assertEquals(new Undecodable(fault.reason()), decode(octets));
  }

  @Test
  void aTaggedFrameIsNeverReadWhicheverTagItCarriesOnceOrTwice() {
    for (int tag : new int[] {0x8100, 0x88A8, 0x9100, 0x9200}) {
      byte[] octets = ArpFrames.REQUEST.octets();
      ByteBuffer tagged = ByteBuffer.allocate(octets.length + 8);
      tagged.put(octets, 0, 12).putShort((short) tag).putShort((short) 5);
      tagged.putShort((short) 0x8100).putShort((short) 6).put(octets, 12, octets.length - 12);
      assertEquals(new Undecodable(DropReason.VLAN_TAGGED), decode(tagged.array()));
    }
  }

  @Test
  void randomPacketsSurviveTheirOwnEncoding() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int i = 0; i < 5_000 * Integer.getInteger("gitlb.random.rounds", 1); i++) {
      ArpPacket packet =
          new ArpPacket(
              random.nextBoolean() ? ArpPacket.Operation.REQUEST : ArpPacket.Operation.REPLY,
              mac(random),
              new Ipv4(random.nextInt()),
              mac(random),
              new Ipv4(random.nextInt()));
      EthernetFrame frame = new EthernetFrame(mac(random), mac(random), packet);
      assertEquals(new Decoded(frame), decode(frame.encode()), "seed " + seed);
      assertEquals(60, frame.encode().length);
    }
  }

  private static MacAddress mac(Random random) {
    return new MacAddress(random.nextLong() >>> 16);
  }

  private static EthernetFrame.Decoding decode(byte[] octets) {
    return EthernetFrame.decode(ByteBuffer.wrap(octets));
  }
}
