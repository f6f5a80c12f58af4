// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.EthernetFrame.Decoding.Decoded;
import io.gitlb.speaker.l2.EthernetFrame.Decoding.Undecodable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EthernetFrameTest {

  static Stream<ArpFrames.Golden> golden() {
    return ArpFrames.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("golden")
  void goldenBytesDecodeToTheirValueAndBack(ArpFrames.Golden golden) {
    assertEquals(new Decoded(golden.value()), decode(golden.octets()));
    assertArrayEquals(golden.octets(), golden.value().encode());
  }

  @ParameterizedTest
  @MethodSource("golden")
  void everyTruncationIsRefusedByName(ArpFrames.Golden golden) {
    byte[] octets = golden.octets();
    for (int length = 0; length < octets.length; length++) {
      EthernetFrame.Decoding decoding = decode(Arrays.copyOf(octets, length));
      EthernetFrame.Decoding expected =
          length < 14
              ? new Undecodable(DropReason.FRAME_TRUNCATED)
              : length < 42
                  ? new Undecodable(DropReason.ARP_TRUNCATED)
                  : new Decoded(golden.value());
      assertEquals(expected, decoding, "cut to " + length + " octets");
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void everySingleBitFlipIsReadOrRefusedByName(ArpFrames.Golden golden) {
    for (int bit = 0; bit < golden.octets().length * 8; bit++) {
      byte[] octets = golden.octets();
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      switch (decode(octets)) {
        case Decoded(EthernetFrame frame) -> {
          // A flip in the padding is not seen; any other is part of the value.
          if (bit / 8 < 42) {
            assertNotEquals(golden.value(), frame, "bit " + bit);
            assertArrayEquals(octets, frame.encode(), "bit " + bit);
          }
        }
        case Undecodable(DropReason reason) ->
            assertTrue(bit / 8 >= 12 && bit / 8 < 22, "bit " + bit + ": " + reason);
      }
    }
  }

  @Test
  void theBufferIsReadFromItsPositionAndNeverBeyondItsLimit() {
    byte[] octets = ArpFrames.REQUEST.octets();
    ByteBuffer wide = ByteBuffer.allocate(octets.length + 20);
    wide.position(7).put(octets).position(7).limit(7 + 42);
    assertEquals(new Decoded(ArpFrames.REQUEST.value()), EthernetFrame.decode(wide));

    ByteBuffer cut = ByteBuffer.allocate(octets.length + 20);
    cut.position(7).put(octets).position(7).limit(7 + 41);
    assertEquals(new Undecodable(DropReason.ARP_TRUNCATED), EthernetFrame.decode(cut));
  }

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
  void randomBytesNeitherThrowNorDecodeToSomethingThatEncodesDifferently() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000 * Integer.getInteger("gitlb.random.rounds", 1); i++) {
      byte[] octets = new byte[random.nextInt(80)];
      random.nextBytes(octets);
      if (random.nextInt(4) != 0 && octets.length >= 22) {
        System.arraycopy(ArpFrames.REQUEST.octets(), 12, octets, 12, random.nextInt(11));
      }
      try {
        if (decode(octets) instanceof Decoded(EthernetFrame frame)) {
          byte[] again = frame.encode();
          assertArrayEquals(Arrays.copyOf(octets, 42), Arrays.copyOf(again, 42));
        }
      } catch (RuntimeException | AssertionError e) {
        fail("seed " + seed + ", round " + i, e);
      }
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
