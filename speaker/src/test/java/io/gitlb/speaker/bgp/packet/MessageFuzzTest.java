// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Good messages of each type, damaged in several places at once, under a right header so that the
/// type's own decoder sees them. What comes out is a message or a documented answer, quickly; what
/// could be read without a fault is written and read again as the same.
class MessageFuzzTest {

  private static final int ROUNDS = 20_000 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final int HEADER = 19;

  /// Octets that lengths, counts and types go wrong with.
  private static final int[] EDGES = {0, 1, 2, 4, 0x10, 0x20, 0x21, 0x7f, 0x80, 0xc0, 0xfe, 0xff};

  private static final List<Golden> SEEDS =
      Stream.of(Golden.canonical(), Golden.foreign(), RealPeers.all())
          .flatMap(List::stream)
          .toList();

  @ParameterizedTest
  @EnumSource
  void damagedMessagesAreJudged(MessageType type) {
    List<Golden> seeds = SEEDS.stream().filter(g -> g.message().type() == type).toList();
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      Golden golden = seeds.get(random.nextInt(seeds.size()));
      byte[] octets = damaged(random, golden.octets());
      try {
        judge(new MessageCodec(golden.asWidth(), limit(random)), octets);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(type + " seed " + seed + ": " + Octets.of(octets), e);
      }
    }
  }

  private static int limit(Random random) {
    return random.nextBoolean() ? MessageCodec.MAX_LENGTH : MessageCodec.MAX_EXTENDED_LENGTH;
  }

  private static byte[] damaged(Random random, byte[] octets) {
    byte[] damaged = octets;
    for (int damage = 1 + random.nextInt(6); damage > 0 && damaged.length > HEADER; damage--) {
      int at = HEADER + random.nextInt(damaged.length - HEADER);
      damaged =
          switch (random.nextInt(5)) {
            case 0 -> with(damaged, at, random.nextInt(256));
            case 1 -> with(damaged, at, EDGES[random.nextInt(EDGES.length)]);
            case 2 -> without(damaged, at, 1 + random.nextInt(8));
            case 3 -> doubled(damaged, at, 1 + random.nextInt(40));
            default -> with(damaged, at, damaged[at] ^ (1 << random.nextInt(8)));
          };
    }
    ByteBuffer.wrap(damaged).putShort(16, (short) damaged.length);
    return damaged;
  }

  private static byte[] with(byte[] octets, int at, int value) {
    byte[] changed = octets.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] without(byte[] octets, int at, int count) {
    int end = Math.min(octets.length, at + count);
    byte[] shorter = Arrays.copyOf(octets, octets.length - (end - at));
    System.arraycopy(octets, end, shorter, at, octets.length - end);
    return shorter;
  }

  private static byte[] doubled(byte[] octets, int at, int count) {
    int end = Math.min(octets.length, at + count);
    byte[] longer = Arrays.copyOf(octets, octets.length + (end - at));
    System.arraycopy(octets, at, longer, end, octets.length - at);
    return longer;
  }

  private static void judge(MessageCodec codec, byte[] octets) {
    byte[] padded = new byte[octets.length + 32];
    Arrays.fill(padded, (byte) 0xAA);
    System.arraycopy(octets, 0, padded, 16, octets.length);
    ByteBuffer in = ByteBuffer.wrap(padded).position(16).limit(16 + octets.length);

    switch (codec.decode(in)) {
      case Decoding.NeedMore _ -> throw new AssertionError("the message was complete");
      case Decoding.Decoded(Message message, List<AttributeFault> faults) -> {
        assertEquals(16 + octets.length, in.position());
        if (faults.isEmpty()) {
          byte[] written = codec.encode(message);
          assertEquals(
              new Decoding.Decoded(message, List.of()), codec.decode(ByteBuffer.wrap(written)));
        }
      }
      case Decoding.Malformed(Notification answer) -> {
        assertTrue(answer.code() >= 1 && answer.code() <= 7, answer::toString);
        assertTrue(codec.encode(answer).length <= MessageCodec.MAX_LENGTH);
        assertTrue(answer.describe().length() < 400);
      }
    }
  }
}
