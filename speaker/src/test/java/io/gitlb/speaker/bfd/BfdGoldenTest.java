// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every kind of control packet, octet by octet, and whatever one lost octet or one flipped bit
/// makes of it.
final class BfdGoldenTest {

  /// All of them take some milliseconds; a busy machine has stalls of its own.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int POLL = 0x20;
  private static final int FINAL = 0x10;

  /// A packet as octets, with the value that they stand for.
  enum Golden {
    DOWN_AT_THE_BEGINNING(
        "20400318 11223344 00000000 000f4240 000186a0 00000000",
        new BfdPacket(0, SessionState.DOWN, 0, 3, 0x11223344, 0, 1_000_000, 100_000, 0)),
    INIT(
        "20800318 11223344 55667788 000f4240 000186a0 00000000",
        new BfdPacket(0, SessionState.INIT, 0, 3, 0x11223344, 0x55667788, 1_000_000, 100_000, 0)),
    UP(
        "20c00318 11223344 55667788 000186a0 000186a0 00000000",
        new BfdPacket(0, SessionState.UP, 0, 3, 0x11223344, 0x55667788, 100_000, 100_000, 0)),
    POLLING(
        "20e00318 11223344 55667788 000186a0 000186a0 00000000",
        new BfdPacket(0, SessionState.UP, POLL, 3, 0x11223344, 0x55667788, 100_000, 100_000, 0)),
    ANSWERING_A_POLL(
        "20d00318 11223344 55667788 000186a0 000186a0 00000000",
        new BfdPacket(0, SessionState.UP, FINAL, 3, 0x11223344, 0x55667788, 100_000, 100_000, 0)),
    ADMIN_DOWN_WITH_DIAGNOSTIC(
        "27000318 11223344 55667788 000f4240 000186a0 0000c350",
        new BfdPacket(
            7, SessionState.ADMIN_DOWN, 0, 3, 0x11223344, 0x55667788, 1_000_000, 100_000, 50_000)),
    WITH_THE_LARGEST_NUMBERS(
        "3fc0ff18 ffffffff ffffffff ffffffff ffffffff ffffffff",
        new BfdPacket(
            31, SessionState.UP, 0, 255, -1, -1, 4_294_967_295L, 4_294_967_295L, 4_294_967_295L));

    private final String hex;

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final BfdPacket value;

    Golden(String hex, BfdPacket value) {
      this.hex = hex;
      this.value = value;
    }

    byte[] octets() {
      return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesAndValuesStandForEachOther(Golden golden) {
    assertEquals(new Decoded.Wellformed(golden.value), decode(golden.octets()));
    assertArrayEquals(golden.octets(), encode(golden.value));
  }

  @ParameterizedTest
  @EnumSource
  void everyTruncationIsRefused(Golden golden) {
    for (int length = 0; length < BfdCodec.MANDATORY_OCTETS; length++) {
      assertEquals(
          new Decoded.Dropped(DropReason.TOO_SHORT),
          decode(Arrays.copyOf(golden.octets(), length)),
          "cut to " + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFlippedBitIsReadAsItStandsOrRefused(Golden golden) {
    for (int bit = 0; bit < golden.octets().length * 8; bit++) {
      byte[] octets = flipped(golden.octets(), bit);
      if (decode(octets) instanceof Decoded.Wellformed(BfdPacket packet)) {
        assertNotEquals(golden.value, packet, "bit " + bit);
        assertArrayEquals(octets, encode(packet), "bit " + bit);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whateverIsLostOrFlippedNothingOutsideIsReadAndItTakesNoTime(Golden golden) {
    assertTimeout(LIMIT, () -> eachDamage(golden.octets(), BfdGoldenTest::sameWhateverIsAround));
  }

  @Test
  void everyTruncationAndFlippedBitOfASignedPacketIsRefused() {
    for (String hex : new String[] {AuthenticatorTest.SHA1, AuthenticatorTest.MD5}) {
      byte[] octets = HexFormat.of().parseHex(hex);
      assertTrue(isAccepted(octets), hex);
      assertTimeout(
          LIMIT,
          () ->
              eachDamage(
                  octets,
                  damaged -> {
                    sameWhateverIsAround(damaged);
                    assertTrue(Arrays.equals(damaged, octets) || !isAccepted(damaged), hex);
                  }));
    }
  }

  /// As a session does: what is well formed goes to the authenticator.
  static boolean isAccepted(byte[] octets) {
    if (!(decode(octets) instanceof Decoded.Wellformed(BfdPacket packet))
        || (packet.flags() & BfdPacket.AUTHENTICATED) == 0) {
      return false;
    }
    AuthenticationType type =
        octets[BfdCodec.MANDATORY_OCTETS] == AuthenticationType.METICULOUS_MD5.code()
            ? AuthenticationType.METICULOUS_MD5
            : AuthenticationType.METICULOUS_SHA1;
    Authenticator receiver = new Authenticator(AuthenticatorTest.keys(type, 7), 0);
    Optional<DropReason> fault =
        receiver.check(ByteBuffer.wrap(octets), packet.detectMultiplier(), Instant.EPOCH);
    return fault.isEmpty();
  }

  /// Takes a damaged packet.
  @FunctionalInterface
  private interface Damaged {
    void check(byte[] octets);
  }

  private static void eachDamage(byte[] octets, Damaged damaged) {
    for (int length = 0; length <= octets.length; length++) {
      damaged.check(Arrays.copyOf(octets, length));
    }
    for (int bit = 0; bit < octets.length * 8; bit++) {
      damaged.check(flipped(octets, bit));
    }
  }

  private static void sameWhateverIsAround(byte[] octets) {
    Decoded alone = decode(octets);
    for (int around : new int[] {0x00, 0x5A, 0xFF}) {
      byte[] wide = new byte[octets.length + 200];
      Arrays.fill(wide, (byte) around);
      System.arraycopy(octets, 0, wide, 7, octets.length);
      assertEquals(alone, BfdCodec.decode(ByteBuffer.wrap(wide, 7, octets.length)));
    }
  }

  private static byte[] flipped(byte[] octets, int bit) {
    byte[] flipped = octets.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
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
