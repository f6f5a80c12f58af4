// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.discovery.RouterCodec.Decoding;
import io.gitlb.speaker.discovery.RouterCodec.Decoding.Decoded;
import io.gitlb.speaker.discovery.RouterCodec.Decoding.Undecodable;
import io.gitlb.speaker.discovery.RouterMessage.Advertisement;
import io.gitlb.speaker.discovery.RouterMessage.Solicitation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Messages of router discovery, octet by octet, and whatever a lost octet, a flipped bit or chance
/// makes of them.
final class RouterGoldenTest {

  static final Ipv6 ROUTER = (Ipv6) IpAddress.of("fe80::1");
  private static final Ipv6 NOBODY = (Ipv6) IpAddress.of("::");
  private static final MacAddress MAC = new MacAddress(0x0200_5e00_0a01L);
  private static final int INPUTS = 20_000 * Integer.getInteger("gitlb.random.rounds", 1);

  /// A message as octets, with the value that they stand for.
  enum Golden {
    OURS("86000000 00000000 00000000 00000000", Advertisement.ofNoDefaultRouter(Optional.empty())),
    OURS_WITH_MAC(
        "86000000 00000000 00000000 00000000 0101 02005e000a01",
        Advertisement.ofNoDefaultRouter(Optional.of(MAC))),
    OF_A_DEFAULT_ROUTER(
        "86000000 40c80708 00007530 000003e8 0101 02005e000a01",
        new Advertisement(64, 0xC8, 1_800, 30_000, 1_000, Optional.of(MAC))),
    WITH_THE_LARGEST_NUMBERS(
        "86000000 ffffffff ffffffff ffffffff 0101 ffffffffffff",
        new Advertisement(
            255,
            255,
            65_535,
            4_294_967_295L,
            4_294_967_295L,
            Optional.of(new MacAddress(0xFFFF_FFFF_FFFFL)))),
    QUESTION("85000000 00000000", new Solicitation(Optional.empty())),
    QUESTION_WITH_MAC("85000000 00000000 0101 02005e000a01", new Solicitation(Optional.of(MAC)));

    private final String hex;

    @SuppressWarnings("ImmutableEnumChecker") // records of numbers
    private final RouterMessage value;

    Golden(String hex, RouterMessage value) {
      this.hex = hex;
      this.value = value;
    }

    byte[] octets() {
      return RouterGoldenTest.octets(hex);
    }
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static Decoding decode(byte[] octets) {
    return RouterCodec.decode(ROUTER, ByteBuffer.wrap(octets));
  }

  @ParameterizedTest
  @EnumSource
  void octetsAndValuesStandForEachOther(Golden golden) {
    assertEquals(new Decoded(golden.value), decode(golden.octets()));
    assertArrayEquals(golden.octets(), RouterCodec.encode(golden.value));
  }

  /// With prefix, MTU, route information and interval (RFC 4861, RFC 4191, RFC 6275), and a MAC of
  /// another kind of link, none of which we use.
  @Test
  void whatIsOfNoUseIsPassedOver() {
    String more =
        "86000000 40000000 00000000 00000000"
            + "0102 0000000000000000000000000000"
            + "0304 40c0 00278d00 00093a80 00000000 20010db8000000010000000000000000"
            + "0501 0000 000005dc"
            + "1802 3000 00000708 20010db800020000"
            + "0701 0000 00002710"
            + "0101 02005e000a01";
    assertEquals(
        new Decoded(new Advertisement(64, 0, 0, 0, 0, Optional.of(MAC))), decode(octets(more)));
  }

  @ParameterizedTest
  @CsvSource({
    "850000000000, TRUNCATED",
    "860000000000000000000000000000, TRUNCATED",
    "8700000000000000, OTHER_TYPE",
    "8501000000000000, CODE",
    "86010000000000000000000000000000, CODE",
    "86000000000000000000000000000000 0100020000000000, OPTION",
    "86000000000000000000000000000000 0102020000000000, OPTION",
    "86000000000000000000000000000000 01, OPTION",
  })
  void othersAreDroppedByARule(String hex, DropReason reason) {
    assertEquals(new Undecodable(reason), decode(octets(hex)));
  }

  @Test
  void theSenderIsJudged() {
    ByteBuffer said = ByteBuffer.wrap(Golden.OURS.octets());
    ByteBuffer asked = ByteBuffer.wrap(Golden.QUESTION.octets());
    ByteBuffer askedAndNamed = ByteBuffer.wrap(Golden.QUESTION_WITH_MAC.octets());
    for (String wrong : new String[] {"2001:db8::1", "::", "::1", "ff02::1", "fec0::1"}) {
      assertEquals(
          new Undecodable(DropReason.SOURCE),
          RouterCodec.decode((Ipv6) IpAddress.of(wrong), said),
          wrong);
    }
    assertInstanceOf(Decoded.class, RouterCodec.decode((Ipv6) IpAddress.of("febf:ffff::1"), said));
    assertInstanceOf(Decoded.class, RouterCodec.decode(NOBODY, asked));
    assertEquals(
        new Undecodable(DropReason.UNSPECIFIED_WITH_MAC),
        RouterCodec.decode(NOBODY, askedAndNamed));
    assertEquals(
        new Undecodable(DropReason.SOURCE),
        RouterCodec.decode((Ipv6) IpAddress.of("ff02::2"), asked));
  }

  @ParameterizedTest
  @EnumSource
  void whatLostOctetsIsDroppedOrSaysLess(Golden golden) {
    for (int length = 0; length < golden.octets().length; length++) {
      judge(Arrays.copyOf(golden.octets(), length));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatHasAFlippedBitIsAnotherMessageOrNone(Golden golden) {
    for (int bit = 0; bit < golden.octets().length * 8; bit++) {
      byte[] flipped = golden.octets();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      judge(flipped);
      boolean inChecksum = bit / 8 == 2 || bit / 8 == 3;
      boolean reserved = flipped[0] == (byte) 0x85 && bit / 8 >= 4 && bit / 8 < 8;
      if (!inChecksum && !reserved) {
        assertEquals(false, decode(flipped).equals(new Decoded(golden.value)), "bit " + bit);
      }
    }
  }

  @Test
  void whateverChanceMakesIsReadOrDropped() {
    for (int seed = 0; seed < INPUTS; seed++) {
      byte[] octets = mutated(new Random(seed));
      try {
        judge(octets);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(octets), e);
      }
    }
  }

  /// What was read comes back out of what it is written as.
  private static void judge(byte[] octets) {
    if (decode(octets) instanceof Decoded(RouterMessage message)) {
      assertEquals(new Decoded(message), decode(RouterCodec.encode(message)));
    }
  }

  private static byte[] mutated(Random random) {
    byte[] octets = List.of(Golden.values()).get(random.nextInt(Golden.values().length)).octets();
    for (int changes = random.nextInt(5); changes > 0; changes--) {
      int at = random.nextInt(Math.max(1, octets.length));
      switch (octets.length == 0 ? 0 : random.nextInt(4)) {
        case 0 -> octets = Arrays.copyOf(octets, random.nextInt(120));
        case 1 -> octets[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> octets[at] = (byte) random.nextInt();
        default -> octets = Arrays.copyOf(octets, at);
      }
    }
    return octets;
  }
}
