// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What speakers tell each other and are asked, damaged: read or refused in one line, and what is
/// read means the same when it is written again. Each input comes from a seed of its own, which the
/// failure names.
final class ClaimsAndProbesFuzzTest {

  private static final int INPUTS = 1_000 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final int LEAST_OCTETS = 100;

  /// Structure, quotes, numbers, escapes and octets that no text has.
  private static final byte[] TROUBLE = {
    '{', '}', '[', ']', '"', ',', ':', '\\', '0', '-', 'e', 'u', 0, (byte) 0xC0, (byte) 0xFF
  };

  /// One kind of document: how a random one is made, read and written again.
  record Kind(
      String name,
      Function<RandomProtocol, byte[]> random,
      Function<byte[], Decoded<byte[]>> readAndWrite) {

    /// Of some, the shortest that still has something in it: all its bits are flipped.
    byte[] golden() {
      return LongStream.range(0, 50)
          .mapToObj(seed -> random.apply(new RandomProtocol(seed)))
          .filter(json -> json.length > LEAST_OCTETS)
          .min(Comparator.comparingInt(json -> json.length))
          .orElseThrow();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(
            "claims",
            random -> ProtocolCodec.encode(random.claims()),
            json -> again(ProtocolCodec.decodeClaims(json), ProtocolCodec::encode)),
        new Kind(
            "probe request",
            random -> ProtocolCodec.encode(random.probeRequest()),
            json -> again(ProtocolCodec.decodeProbeRequest(json), ProtocolCodec::encode)),
        new Kind(
            "probe reply",
            random -> ProtocolCodec.encode(random.probeReply()),
            json -> again(ProtocolCodec.decodeProbeReply(json), ProtocolCodec::encode)));
  }

  private static <T> Decoded<byte[]> again(Decoded<T> decoded, Function<T, byte[]> write) {
    return switch (decoded) {
      case Decoded.Value<T>(T value) -> new Decoded.Value<>(write.apply(value));
      case Decoded.Malformed<T>(String message) -> new Decoded.Malformed<>(message);
    };
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyTruncationIsRefused(Kind kind) {
    byte[] json = kind.golden();
    for (int length = 0; length < json.length; length++) {
      byte[] cut = Arrays.copyOf(json, length);
      assertTrue(
          kind.readAndWrite().apply(cut) instanceof Decoded.Malformed<byte[]>, "cut to " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFlippedBitIsReadOrRefused(Kind kind) {
    byte[] json = kind.golden();
    for (int bit = 0; bit < json.length * 8; bit++) {
      byte[] flipped = json.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      judge(kind, flipped, "bit " + bit);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void mutatedDocumentsAreReadOrRefused(Kind kind) {
    for (long seed = 0; seed < INPUTS; seed++) {
      Random random = new Random(seed);
      byte[] json = kind.random().apply(new RandomProtocol(seed));
      for (int changes = random.nextInt(5); changes > 0; changes--) {
        json = change(json, random);
      }
      judge(kind, json, "seed " + seed);
    }
  }

  private static void judge(Kind kind, byte[] json, String what) {
    try {
      switch (kind.readAndWrite().apply(json)) {
        case Decoded.Value<byte[]>(byte[] written) ->
            assertEquals(text(written), text(value(kind.readAndWrite().apply(written))));
        case Decoded.Malformed<byte[]>(String message) ->
            assertTrue(message.lines().count() == 1 && message.length() < 500, message);
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(what + ": " + text(json), e);
    }
  }

  private static byte[] value(Decoded<byte[]> decoded) {
    return switch (decoded) {
      case Decoded.Value<byte[]>(byte[] value) -> value;
      case Decoded.Malformed<byte[]>(String message) -> throw new AssertionError(message);
    };
  }

  private static byte[] change(byte[] json, Random random) {
    if (json.length == 0) {
      return json;
    }
    int at = random.nextInt(json.length);
    byte[] changed = json.clone();
    return switch (random.nextInt(5)) {
      case 0 -> {
        changed[at] = TROUBLE[random.nextInt(TROUBLE.length)];
        yield changed;
      }
      case 1 -> {
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      case 2 -> Arrays.copyOf(json, at);
      case 3 -> spliced(json, at, at, random.nextInt(json.length));
      default -> spliced(json, at, Math.min(json.length, at + 1 + random.nextInt(20)), at);
    };
  }

  /// What is before `head`, then all from `tail` on, and between them twenty octets from `piece`.
  private static byte[] spliced(byte[] json, int head, int tail, int piece) {
    byte[] inserted = Arrays.copyOfRange(json, piece, Math.min(json.length, piece + 20));
    byte[] whole = Arrays.copyOf(json, head + inserted.length + json.length - tail);
    System.arraycopy(inserted, 0, whole, head, inserted.length);
    System.arraycopy(json, tail, whole, head + inserted.length, json.length - tail);
    return whole;
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
