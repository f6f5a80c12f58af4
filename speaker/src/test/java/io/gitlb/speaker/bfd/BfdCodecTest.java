// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class BfdCodecTest {

  private static final int ROUNDS = 20_000 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final BfdPacket UP =
      new BfdPacket(0, SessionState.UP, 0, 3, 0x11223344, 0x55667788, 100_000, 100_000, 0);
  private static final byte[] GOLDEN =
      HexFormat.of().parseHex("20c003181122334455667788000186a0000186a000000000");

  @Test
  void goldenBytesBothWays() {
    assertEquals(new Decoded.Wellformed(UP), decode(GOLDEN));
    assertArrayEquals(GOLDEN, encode(UP));
  }

  @Test
  void case26TooShortIsDroppedAndWhatFollowsThePacketIsIgnored() {
    for (int length = 0; length < 24; length++) {
      assertEquals(dropped(DropReason.TOO_SHORT), decode(Arrays.copyOf(GOLDEN, length)));
    }
    assertEquals(new Decoded.Wellformed(UP), decode(Arrays.copyOf(GOLDEN, 1_500)));
  }

  @Test
  void case27FaultyFieldsEachHaveTheirReason() {
    for (int version : new int[] {0, 2, 3, 4, 5, 6, 7}) {
      assertEquals(dropped(DropReason.WRONG_VERSION), decode(with(0, version << 5)));
    }
    assertEquals(dropped(DropReason.ZERO_MULTIPLIER), decode(with(2, 0)));
    assertEquals(dropped(DropReason.MULTIPOINT), decode(with(1, 0xC1)));
    assertEquals(dropped(DropReason.POLL_AND_FINAL), decode(with(1, 0xF0)));
    assertEquals(dropped(DropReason.LENGTH_BELOW_MINIMUM), decode(with(3, 23)));
    assertEquals(dropped(DropReason.LENGTH_ABOVE_PAYLOAD), decode(with(3, 25)));
    assertEquals(dropped(DropReason.LENGTH_BELOW_MINIMUM), decode(with(1, 0xC4)));
    byte[] noMine = GOLDEN.clone();
    Arrays.fill(noMine, 4, 8, (byte) 0);
    assertEquals(dropped(DropReason.ZERO_MY_DISCRIMINATOR), decode(noMine));
    byte[] noYours = GOLDEN.clone();
    Arrays.fill(noYours, 8, 12, (byte) 0);
    assertEquals(dropped(DropReason.NO_YOUR_DISCRIMINATOR_WHILE_UP), decode(noYours));
  }

  @Test
  void everyFlippedBitIsReadBackOrDropped() {
    for (int bit = 0; bit < GOLDEN.length * 8; bit++) {
      byte[] octets = GOLDEN.clone();
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      if (decode(octets) instanceof Decoded.Wellformed(BfdPacket packet)) {
        assertArrayEquals(octets, encode(packet), "bit " + bit);
      }
    }
  }

  @Test
  void whatDecodesEncodesToTheSame() {
    long seed = 5_880;
    RandomGenerator chance = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] octets = new byte[chance.nextInt(80)];
      chance.nextBytes(octets);
      if (octets.length > 3 && chance.nextBoolean()) {
        octets[0] = (byte) (0x20 | (octets[0] & 0x1F));
        octets[1] &= (byte) 0xFA;
        octets[3] = 24;
      }
      if (decode(octets) instanceof Decoded.Wellformed(BfdPacket packet)) {
        int length = octets[3] & 0xFF;
        ByteBuffer out = ByteBuffer.allocate(24);
        BfdCodec.encode(packet, length, out);
        assertArrayEquals(
            Arrays.copyOf(octets, 24), out.array(), "seed " + seed + " round " + round);
        assertInstanceOf(Decoded.Wellformed.class, decode(encode(packet, length)));
      }
    }
  }

  private static byte[] encode(BfdPacket packet, int length) {
    ByteBuffer out = ByteBuffer.allocate(length);
    BfdCodec.encode(packet, length, out);
    return out.array();
  }

  private static Decoded dropped(DropReason reason) {
    return new Decoded.Dropped(reason);
  }

  private static byte[] with(int at, int value) {
    byte[] octets = GOLDEN.clone();
    octets[at] = (byte) value;
    return octets;
  }

  private static Decoded decode(byte[] octets) {
    return BfdCodec.decode(ByteBuffer.wrap(octets));
  }

  private static byte[] encode(BfdPacket packet) {
    ByteBuffer out = ByteBuffer.allocate(BfdCodec.MANDATORY_OCTETS);
    BfdCodec.encode(packet, BfdCodec.MANDATORY_OCTETS, out);
    return out.array();
  }
}
