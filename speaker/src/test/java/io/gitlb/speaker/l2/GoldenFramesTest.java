// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.gitlb.speaker.l2.EthernetFrame.Decoding;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of frame that is sent or read, octet by octet, and whatever one lost octet or one
/// flipped bit makes of it.
final class GoldenFramesTest {

  private static final AnswerTable TABLE =
      new AnswerTable(
          Set.of(ArpFrames.ADDRESS, NeighborFrames.ADDRESS),
          Set.of(),
          Set.of(),
          Optional.of(NeighborFrames.OUR_ADDRESS));

  /// All of them together take some hundred milliseconds; a busy machine has stalls of its own.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int HEADER = EthernetFrame.HEADER_OCTETS;
  private static final int ARP_END = HEADER + ArpPacket.OCTETS;

  private final Responder responder = new Responder(ArpFrames.OURS);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  static Stream<ArpFrames.Golden> golden() {
    return Stream.concat(ArpFrames.ALL.stream(), NeighborFrames.ALL.stream());
  }

  static Stream<ArpFrames.Golden> arp() {
    return ArpFrames.ALL.stream();
  }

  static Stream<ArpFrames.Golden> neighbors() {
    return NeighborFrames.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("golden")
  void bytesAndValuesStandForEachOther(ArpFrames.Golden golden) {
    assertEquals(new Decoding.Decoded(golden.value()), decode(golden.octets()));
    assertArrayEquals(golden.octets(), golden.value().encode());
  }

  @Test
  void whatIsSentOnOurOwnAccountIsOneOfThem() {
    assertEquals(
        ArpFrames.PROBE.value(),
        ProbeFrames.probe(ArpFrames.ADDRESS, ArpFrames.OURS, new Random(1)));
    EthernetFrame probe = ProbeFrames.probe(NeighborFrames.ADDRESS, ArpFrames.ASKER, new Random(1));
    byte[] octets = NeighborFrames.DUPLICATE_DETECTION.octets();
    // But for the nonce at the end, and the checksum over it.
    assertArrayEquals(
        Arrays.copyOf(octets, HEADER + 42), Arrays.copyOf(probe.encode(), HEADER + 42));
    assertNotEquals(
        probe, ProbeFrames.probe(NeighborFrames.ADDRESS, ArpFrames.ASKER, new Random(2)));
  }

  @ParameterizedTest
  @MethodSource("arp")
  void everyTruncationOfArpIsRefusedByName(ArpFrames.Golden golden) {
    byte[] octets = golden.octets();
    for (int length = 0; length < octets.length; length++) {
      Decoding expected =
          length < ARP_END
              ? new Decoding.Undecodable(
                  length < HEADER ? DropReason.FRAME_TRUNCATED : DropReason.ARP_TRUNCATED)
              : new Decoding.Decoded(golden.value());
      assertEquals(expected, decode(Arrays.copyOf(octets, length)), "cut to " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("neighbors")
  void everyTruncationOfNeighborDiscoveryIsRefusedByName(ArpFrames.Golden golden) {
    byte[] octets = golden.octets();
    for (int length = 0; length < octets.length; length++) {
      DropReason reason = length < HEADER ? DropReason.FRAME_TRUNCATED : DropReason.IPV6_TRUNCATED;
      assertEquals(
          new Decoding.Undecodable(reason),
          decode(Arrays.copyOf(octets, length)),
          "cut to " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void everyFlippedBitIsReadAsItStandsOrRefused(ArpFrames.Golden golden) {
    eachFlip(
        golden,
        (octets, bit) -> {
          if (decode(octets) instanceof Decoding.Decoded(EthernetFrame frame)) {
            if (isIgnored(golden, bit)) {
              assertEquals(golden.value(), frame, "bit " + bit);
            } else {
              assertNotEquals(golden.value(), frame, "bit " + bit);
              assertArrayEquals(octets, frame.encode(), "bit " + bit);
            }
          }
        });
  }

  /// Padding of ARP; class and flow label of IPv6. All else is part of the value or of the
  /// checksum.
  private static boolean isIgnored(ArpFrames.Golden golden, int bit) {
    int octet = bit / 8;
    return switch (golden.value().payload()) {
      case ArpPacket _ -> octet >= ARP_END;
      case NeighborSolicitation _, NeighborAdvertisement _ -> octet >= HEADER && octet < HEADER + 4;
    };
  }

  @ParameterizedTest
  @MethodSource("golden")
  void whateverIsLostOrFlippedNothingOutsideTheFrameIsReadAndItTakesNoTime(
      ArpFrames.Golden golden) {
    assertTimeout(
        LIMIT,
        () -> {
          byte[] octets = golden.octets();
          for (int length = 0; length <= octets.length; length++) {
            sameWhateverIsAround(Arrays.copyOf(octets, length));
          }
          eachFlip(golden, (flipped, _) -> sameWhateverIsAround(flipped));
        });
  }

  private void sameWhateverIsAround(byte[] octets) {
    Heard alone = hear(ByteBuffer.wrap(octets));
    for (int around : new int[] {0x00, 0x5A, 0xFF}) {
      byte[] wide = new byte[octets.length + 200];
      Arrays.fill(wide, (byte) around);
      System.arraycopy(octets, 0, wide, 7, octets.length);
      ByteBuffer within = ByteBuffer.wrap(wide, 7, octets.length);
      assertEquals(alone, hear(within));
    }
    if (alone.verdict() instanceof Verdict.Reply(EthernetFrame reply)) {
      speaksForAnAddressOfOurs(reply);
    }
  }

  private Heard hear(ByteBuffer frame) {
    // One a second: the limit on replies is another matter.
    now = now.plusSeconds(1);
    return responder.hear(frame, TABLE, now);
  }

  static void speaksForAnAddressOfOurs(EthernetFrame reply) {
    assertEquals(ArpFrames.OURS, reply.source());
    switch (reply.payload()) {
      case ArpPacket packet -> {
        assertEquals(ArpPacket.Operation.REPLY, packet.operation());
        assertEquals(ArpFrames.OURS, packet.senderMac());
        assertEquals(ArpFrames.ADDRESS, packet.senderAddress());
        assertEquals(packet.targetMac(), reply.destination());
      }
      case NeighborAdvertisement advertisement -> {
        assertEquals(Optional.of(ArpFrames.OURS), advertisement.targetMac());
        assertEquals(NeighborFrames.ADDRESS, advertisement.target());
      }
      case NeighborSolicitation other -> throw new AssertionError(other);
    }
  }

  /// Takes a frame with one bit flipped, and the number of the bit.
  @FunctionalInterface
  private interface Flipped {
    void check(byte[] octets, int bit);
  }

  private static void eachFlip(ArpFrames.Golden golden, Flipped flipped) {
    for (int bit = 0; bit < golden.octets().length * 8; bit++) {
      byte[] octets = golden.octets();
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      flipped.check(octets, bit);
    }
  }

  private static Decoding decode(byte[] octets) {
    return EthernetFrame.decode(ByteBuffer.wrap(octets));
  }
}
