// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Packets that no session sends: each input from a seed of its own, which the failure names.
final class BfdFuzzTest {

  private static final int INPUTS = 20_000 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int MOST_OCTETS = 300;

  @Test
  void aPacketIsReadOrDroppedAndNeverBelievedWithoutItsDigest() {
    for (int seed = 0; seed < INPUTS; seed++) {
      byte[] octets = mutated(new Random(seed));
      try {
        judge(octets);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(octets), e);
      }
    }
  }

  private static void judge(byte[] octets) {
    if (BfdCodec.decode(ByteBuffer.wrap(octets)) instanceof Decoded.Wellformed(BfdPacket packet)) {
      ByteBuffer out = ByteBuffer.allocate(BfdCodec.MANDATORY_OCTETS);
      BfdCodec.encode(packet, octets[3] & 0xFF, out);
      byte[] mandatory = Arrays.copyOf(octets, BfdCodec.MANDATORY_OCTETS);
      assertEquals(HexFormat.of().formatHex(mandatory), HexFormat.of().formatHex(out.array()));
    }
    byte[] within = Arrays.copyOf(octets, Math.min(octets.length, BfdCodec.MAX_OCTETS));
    boolean genuine =
        Arrays.equals(within, HexFormat.of().parseHex(AuthenticatorTest.SHA1))
            || startsWith(octets, HexFormat.of().parseHex(AuthenticatorTest.MD5));
    assertFalse(!genuine && BfdGoldenTest.isAccepted(octets), "believed without its digest");
  }

  private static boolean startsWith(byte[] octets, byte[] beginning) {
    return octets.length >= beginning.length
        && Arrays.equals(Arrays.copyOf(octets, beginning.length), beginning);
  }

  private static byte[] mutated(Random random) {
    byte[] octets = pick(random);
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(Math.max(1, octets.length));
      switch (octets.length == 0 ? 0 : random.nextInt(5)) {
        case 0 -> octets = Arrays.copyOf(octets, random.nextInt(MOST_OCTETS));
        case 1 -> octets[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> octets[at] = (byte) random.nextInt();
        case 3 -> octets = Arrays.copyOf(octets, at);
        default -> octets[Math.min(3, octets.length - 1)] = (byte) octets.length;
      }
    }
    return octets;
  }

  private static byte[] pick(Random random) {
    BfdGoldenTest.Golden[] plain = BfdGoldenTest.Golden.values();
    int pick = random.nextInt(plain.length + 2);
    if (pick < plain.length) {
      return plain[pick].octets();
    }
    return HexFormat.of()
        .parseHex(pick == plain.length ? AuthenticatorTest.SHA1 : AuthenticatorTest.MD5);
  }
}
