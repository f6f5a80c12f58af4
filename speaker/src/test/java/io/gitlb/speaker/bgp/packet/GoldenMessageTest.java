// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenMessageTest {

  /// Each takes microseconds; a busy machine has stalls of its own.
  private static final Duration LIMIT = Duration.ofSeconds(5);

  static List<Golden> canonical() {
    return Golden.canonical();
  }

  static List<Golden> all() {
    return Stream.of(Golden.canonical(), Golden.foreign(), RealPeers.all())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("canonical")
  void isWrittenAsItsOctets(Golden golden) {
    byte[] written = new MessageCodec(golden.asWidth()).encode(golden.message());

    HexFormat hex = HexFormat.of();
    assertEquals(hex.formatHex(golden.octets()), hex.formatHex(written));
  }

  @ParameterizedTest
  @MethodSource("all")
  void isReadFromItsOctets(Golden golden) {
    ByteBuffer in = ByteBuffer.wrap(golden.octets());

    Decoding decoding = new MessageCodec(golden.asWidth()).decode(in);

    assertEquals(new Decoding.Decoded(golden.message(), List.of()), decoding);
    assertEquals(0, in.remaining());
  }

  /// Every octet of a message that comes too late is waited for, and none of them is consumed.
  @ParameterizedTest
  @MethodSource("all")
  void isWaitedForWhileItIsCutShort(Golden golden) {
    byte[] octets = golden.octets();
    for (int length = 0; length < octets.length; length++) {
      ByteBuffer in = ByteBuffer.wrap(octets, 0, length);
      assertInstanceOf(
          Decoding.NeedMore.class, new MessageCodec(golden.asWidth()).decode(in), "at " + length);
      assertEquals(0, in.position());
    }
  }

  /// The header says that the message ends early: whatever is inside overruns.
  @ParameterizedTest
  @MethodSource("all")
  void isJudgedWithoutReadingBehindAnEarlierEnd(Golden golden) {
    byte[] octets = golden.octets();
    for (int length = 19; length < octets.length; length++) {
      byte[] cut = Arrays.copyOf(octets, length);
      ByteBuffer.wrap(cut).putShort(16, (short) length);
      assertTimeout(LIMIT, () -> judge(golden, cut, "cut at " + cut.length));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isJudgedWithAnyBitFlipped(Golden golden) {
    byte[] octets = golden.octets();
    for (int bit = 0; bit < octets.length * 8; bit++) {
      byte[] flipped = octets.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      String what = "bit " + bit;
      assertTimeout(LIMIT, () -> judge(golden, flipped, what));
    }
  }

  /// The octets lie between others that a reader must not touch: whatever those are, it finds the
  /// same.
  private static void judge(Golden golden, byte[] octets, String what) {
    ByteBuffer in = amid(0xAA, octets);

    Decoding decoding = new MessageCodec(golden.asWidth()).decode(in);

    assertEquals(decoding, new MessageCodec(golden.asWidth()).decode(amid(0x01, octets)), what);
    switch (decoding) {
      case Decoding.NeedMore _ -> assertEquals(32, in.position(), what);
      case Decoding.Decoded _ -> assertTrue(in.position() <= 32 + octets.length, what);
      case Decoding.Malformed(Notification answer) ->
          assertTrue(answer.code() >= 1 && answer.code() <= 7, what);
    }
  }

  private static ByteBuffer amid(int others, byte[] octets) {
    byte[] padded = new byte[octets.length + 64];
    Arrays.fill(padded, (byte) others);
    System.arraycopy(octets, 0, padded, 32, octets.length);
    return ByteBuffer.wrap(padded).position(32).limit(32 + octets.length);
  }
}
