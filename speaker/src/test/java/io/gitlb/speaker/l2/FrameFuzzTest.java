// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.l2.EthernetFrame.Decoding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Frames that no station sends: each input from a seed of its own, which the failure names. The
/// checksum is mended in half of those that have one, or nothing would get behind it.
final class FrameFuzzTest {

  private static final int INPUTS = 10_000 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int ICMP = EthernetFrame.HEADER_OCTETS + 40;
  private static final int MOST_OCTETS = 256;

  private static final AnswerTable TABLE =
      new AnswerTable(
          Set.of(ArpFrames.ADDRESS, NeighborFrames.ADDRESS),
          Set.of(),
          Set.of(ArpFrames.ASKER_ADDRESS, NeighborFrames.ASKER_ADDRESS),
          Optional.of(NeighborFrames.OUR_ADDRESS));

  private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
  private final Responder responder = new Responder(ArpFrames.OURS);
  private final EnumSet<DropReason> seen = EnumSet.noneOf(DropReason.class);
  private int replies;

  @Test
  void arpIsAnsweredOrDroppedByARule() {
    fuzz(ArpFrames.ALL);
    assertTrue(replies > INPUTS / 100 && seen.size() >= 12, replies + " replies, " + seen);
  }

  @Test
  void neighborDiscoveryIsAnsweredOrDroppedByARule() {
    fuzz(NeighborFrames.ALL);
    assertTrue(replies > INPUTS / 100 && seen.size() >= 15, replies + " replies, " + seen);
  }

  @Test
  void framesMadeOfPiecesOfOthersAreAnsweredOrDroppedByARule() {
    fuzz(Stream.concat(ArpFrames.ALL.stream(), NeighborFrames.ALL.stream()).toList());
  }

  private void fuzz(List<ArpFrames.Golden> corpus) {
    for (int seed = 0; seed < INPUTS; seed++) {
      byte[] octets = mutated(corpus, new Random(seed));
      try {
        judge(octets, seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(octets), e);
      }
    }
  }

  private void judge(byte[] octets, int seed) {
    if (EthernetFrame.decode(ByteBuffer.wrap(octets)) instanceof Decoding.Decoded decoded) {
      byte[] again = decoded.frame().encode();
      assertEquals(decoded, EthernetFrame.decode(ByteBuffer.wrap(again)));
    }
    // One a second: the limit on replies is another matter.
    Heard heard = responder.hear(ByteBuffer.wrap(octets), TABLE, start.plusSeconds(seed));
    heard
        .sighting()
        .ifPresent(sighting -> assertTrue(TABLE.watched().contains(sighting.address())));
    switch (heard.verdict()) {
      case Verdict.Reply(EthernetFrame reply) -> {
        replies++;
        GoldenFramesTest.speaksForAnAddressOfOurs(reply);
      }
      case Verdict.Drop(DropReason reason) -> seen.add(reason);
    }
  }

  private static byte[] mutated(List<ArpFrames.Golden> corpus, Random random) {
    byte[] octets = pick(corpus, random);
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      octets = change(octets, corpus, random);
    }
    boolean isIpv6 = octets.length > ICMP + 4 && (octets[12] & 0xFF) == 0x86;
    if (isIpv6 && random.nextBoolean()) {
      ByteBuffer.wrap(octets).putShort(18, (short) (octets.length - ICMP));
      mendChecksum(octets);
    }
    return octets;
  }

  private static byte[] pick(List<ArpFrames.Golden> corpus, Random random) {
    return corpus.get(random.nextInt(corpus.size())).octets();
  }

  private static byte[] change(byte[] octets, List<ArpFrames.Golden> corpus, Random random) {
    if (octets.length == 0) {
      return pick(corpus, random);
    }
    int at = random.nextInt(octets.length);
    switch (random.nextInt(6)) {
      case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> octets[at] = (byte) random.nextInt();
      case 2 -> octets[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
      case 3 -> {
        return Arrays.copyOf(octets, at);
      }
      case 4 -> {
        byte[] longer = Arrays.copyOf(octets, Math.min(MOST_OCTETS, octets.length + 8));
        longer[longer.length - 1] = (byte) random.nextInt();
        return longer;
      }
      default -> {
        byte[] other = pick(corpus, random);
        int from = Math.min(at, other.length);
        System.arraycopy(other, from, octets, from, Math.min(other.length, octets.length) - from);
      }
    }
    return octets;
  }

  /// Puts the right checksum in, by another way than the codec's.
  private static void mendChecksum(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets).putShort(ICMP + 2, (short) 0);
    long sum = octets.length - ICMP + 58L;
    for (int at = EthernetFrame.HEADER_OCTETS + 8; at < octets.length; at += 2) {
      sum += (octets[at] & 0xFF) << 8 | (at + 1 < octets.length ? octets[at + 1] & 0xFF : 0);
    }
    frame.putShort(ICMP + 2, (short) (0xFFFF - sum % 0xFFFF));
  }
}
