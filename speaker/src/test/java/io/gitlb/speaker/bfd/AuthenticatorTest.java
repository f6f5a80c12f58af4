// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuthenticatorTest {

  // Digests computed with another implementation than ours.
  static final String SHA1 =
      "20c403341122334455667788000186a0000186a000000000"
          + "051c070000000009"
          + "5e58ea9b54888a58f620bf2ab0770d7b0bb74552";
  static final String MD5 =
      "20c403301122334455667788000186a0000186a000000000"
          + "0318070000000009"
          + "2bdcfdabf6a40cbbddc3e591fcdfdc3f";

  @Test
  void goldenBytesBothWays() {
    for (var type :
        List.of(AuthenticationType.METICULOUS_SHA1, AuthenticationType.METICULOUS_MD5)) {
      byte[] golden =
          HexFormat.of().parseHex(type == AuthenticationType.METICULOUS_SHA1 ? SHA1 : MD5);
      assertArrayEquals(golden, signed(new Authenticator(keys(type, 7), 9)));
      assertEquals(Optional.empty(), check(new Authenticator(keys(type, 7), 0), golden));
    }
  }

  @Test
  void everyFlippedBitOfASignedPacketIsRefused() {
    byte[] golden = HexFormat.of().parseHex(SHA1);
    for (int bit = 0; bit < golden.length * 8; bit++) {
      byte[] octets = golden.clone();
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      Authenticator fresh = new Authenticator(keys(AuthenticationType.METICULOUS_SHA1, 7), 0);
      assertTrue(check(fresh, octets).isPresent(), "bit " + bit);
    }
  }

  @Test
  void case32ReplayAndJumpsAreRefusedUntilTheNumberIsForgotten() {
    Authenticator receiver = new Authenticator(keys(AuthenticationType.METICULOUS_SHA1, 7), 0);
    assertEquals(Optional.empty(), check(receiver, at(-2)));
    assertEquals(Optional.of(DropReason.AUTHENTICATION_SEQUENCE), check(receiver, at(-2)));
    assertEquals(Optional.of(DropReason.AUTHENTICATION_SEQUENCE), check(receiver, at(8)));
    assertEquals(Optional.empty(), check(receiver, at(7)), "9 further on, over the wrap");
    assertEquals(Optional.of(DropReason.AUTHENTICATION_SEQUENCE), check(receiver, at(6)));
    receiver.forget();
    assertEquals(Optional.empty(), check(receiver, at(100_000)));
  }

  @Test
  void twoKeysAreAcceptedAndTheFirstSigns() {
    AuthenticationType type = AuthenticationType.KEYED_SHA1;
    Authenticator both = new Authenticator(keys(type, 8, 7), 0);
    assertEquals(Optional.empty(), check(both, signed(new Authenticator(keys(type, 7), 1))));
    assertEquals(Optional.empty(), check(both, signed(new Authenticator(keys(type, 8), 1))));
    assertEquals(
        Optional.of(DropReason.AUTHENTICATION_KEY),
        check(both, signed(new Authenticator(keys(type, 9), 1))));
    assertEquals(8, signed(both)[26]);
  }

  private static byte[] at(int sequence) {
    return signed(new Authenticator(keys(AuthenticationType.METICULOUS_SHA1, 7), sequence));
  }

  static Authentication keys(AuthenticationType type, int... ids) {
    byte[] secret = new byte[type.digestOctets()];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (i + 1);
    }
    return new Authentication(
        type, Arrays.stream(ids).mapToObj(id -> new AuthenticationKey(id, secret)).toList());
  }

  static byte[] signed(Authenticator authenticator) {
    ByteBuffer out = ByteBuffer.allocate(authenticator.packetOctets());
    BfdPacket packet =
        new BfdPacket(
            0,
            SessionState.UP,
            BfdPacket.AUTHENTICATED,
            3,
            0x11223344,
            0x55667788,
            100_000,
            100_000,
            0);
    BfdCodec.encode(packet, authenticator.packetOctets(), out);
    authenticator.sign(out, 0);
    return out.array();
  }

  private static Optional<DropReason> check(Authenticator authenticator, byte[] octets) {
    return authenticator.check(ByteBuffer.wrap(octets), 3, Instant.EPOCH);
  }
}
