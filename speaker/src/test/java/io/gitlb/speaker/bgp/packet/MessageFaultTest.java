// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.bgp.packet.AttributeFault.Treatment;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a peer can do wrong and what it is told: code, subcode and data.
class MessageFaultTest {

  private static final String MARKER = "ff".repeat(16);

  private static final String OPEN_HEAD = "04 fc01 005a c000020a";

  private static Decoding decode(String hex) {
    return new MessageCodec(AsWidth.FOUR_OCTETS).decode(ByteBuffer.wrap(Golden.hex(hex)));
  }

  private static String message(MessageType type, String body) {
    int length = 19 + Golden.hex(body).length;
    return MARKER + String.format("%04x%02x", length, type.code()) + body;
  }

  private static String answer(Decoding decoding) {
    Notification n = assertInstanceOf(Decoding.Malformed.class, decoding).answer();
    return (n.code() + "/" + n.subcode() + " " + n.data()).strip();
  }

  /// RFC 4271 section 6.1.
  @ParameterizedTest
  @CsvSource({
    "0000 01, 1/2 0000",
    "0012 04, 1/2 0012",
    "1001 01, 1/2 1001",
    "1001 02, 1/2 1001",
    "ffff 02, 1/2 ffff",
    "0013 00, 1/3 00",
    "0013 06, 1/3 06",
    "0013 09, 1/3 09",
    "0013 80, 1/3 80",
    "0013 ff, 1/3 ff",
    "001c 01, 1/2 001c",
    "0016 02, 1/2 0016",
    "0014 03, 1/2 0014",
    "0014 04, 1/2 0014",
    "0016 05, 1/2 0016",
  })
  void aBadHeaderIsRefusedBeforeItsBodyIsThere(String lengthAndType, String expected) {
    assertEquals(expected, answer(decode(MARKER + lengthAndType)));
  }

  @Test
  void anotherProtocolIsRefusedAfterSixteenOctets() {
    byte[] random = new byte[65_536];
    new Random(1).nextBytes(random);

    assertInstanceOf(Decoding.NeedMore.class, decode(HexFormat.of().formatHex(random, 0, 15)));
    assertEquals("1/1", answer(decode(HexFormat.of().formatHex(random, 0, 16))));
    assertEquals("1/1", answer(decode(HexFormat.of().formatHex(random))));
  }

  /// RFC 4271 section 6.2, RFC 5492, RFC 9072.
  @ParameterizedTest
  @CsvSource({
    "03 fc01 005a c000020a 00, 2/1 0004",
    "05 fc01 005a c000020a 00, 2/1 0004",
    OPEN_HEAD + " ff 010203, 2/0",
    OPEN_HEAD + " ff ff ffff 0202 0200 020202000202020002020200, 2/0",
    OPEN_HEAD + " ff ff 00, 2/0",
    OPEN_HEAD + " 02 02 06, 2/0",
    OPEN_HEAD + " 01 02, 2/0",
    OPEN_HEAD + " 04 02 02 41 04, 2/0",
    OPEN_HEAD + " 03 02 01 41, 2/0",
    OPEN_HEAD + " 06 02 04 41 02 fc01, 2/0",
    OPEN_HEAD + " 07 02 05 01 03 000100, 2/0",
    OPEN_HEAD + " 00 00, 2/0",
    OPEN_HEAD + " 04 02 02 0200 ff, 2/0",
    OPEN_HEAD + " 03 c8 01 00, 2/4",
    OPEN_HEAD + " 03 01 01 00, 2/4",
  })
  void aBadOpenIsRefused(String body, String expected) {
    assertEquals(expected, answer(decode(message(MessageType.OPEN, body))));
  }

  /// IPv6 with a next hop, no route.
  private static final String REACH = "000201 10 20010db8000000000000000000000001 00";

  /// RFC 7606: where the routes cannot be told, the session ends.
  @ParameterizedTest
  @CsvSource({
    "ffff 0000, 3/1",
    "0005 0000, 3/1",
    "0000 0001, 3/1",
    "0000 ffff, 3/1",
    "0000 0000 21 0000000000, 3/10",
    "0000 0000 20 000000, 3/10",
    "0002 2000 0000, 3/10",
    // MP_REACH twice, MP_UNREACH twice
    "0000 0030 800e15 " + REACH + " 800e15 " + REACH + ", 3/1",
    "0000 000c 800f03 000201 800f03 000201, 3/1",
    // MP_REACH without a next hop, with other flags, cut short, with a next hop of 255 or 5 octets,
    // with /129
    "0000 0008 800e05 0002010000, 3/9 800e050002010000",
    "0000 0008 c00e05 0002010000, 3/4 c00e050002010000",
    "0000 0007 800e04 00020100, 3/9 800e0400020100",
    "0000 0008 800e05 000201ff00, 3/9 800e05000201ff00",
    "0000 000d 800e0a 000201050000000000 00, 3/9 800e0a00020105000000000000",
    "0000 0006 c00f03 000201, 3/4 c00f03000201",
    "0000 0005 800f02 0002, 3/9 800f020002",
    "0000 0007 800f04 000201 81, 3/9 800f0400020181",
    // a fault and no route that could be withdrawn
    "0000 0004 40010103, 3/1",
    "0000 0003 c00800, 3/1",
  })
  void anUpdateWhoseRoutesCannotBeToldEndsTheSession(String body, String expected) {
    assertEquals(expected, answer(decode(message(MessageType.UPDATE, body))));
  }

  /// The same faults in the company of a route: the session goes on (RFC 7606 section 7).
  @ParameterizedTest
  @CsvSource({
    "'', ORIGIN AS_PATH NEXT_HOP missing, 3",
    "40020040030401020304, ORIGIN missing, 1",
    "4001010040020040030401020304 0000, attributes end inside a head, 1",
    "4001010340020040030401020304, ORIGIN 3, 1",
    "400102000040020040030401020304, ORIGIN of two octets, 1",
    "c001010040020040030401020304, ORIGIN with other flags, 1",
    "400101004002040201fc0140030401020304, AS_PATH of two octets, 1",
    "4001010040020202004003 0401020304, AS_PATH with an empty segment, 1",
    "400101004002060901000000014003 0401020304, AS_PATH with segment type 9, 1",
    "400101004002060201000000004003 0401020304, AS_PATH with AS 0, 1",
    "40010100400200400310 00000000000000000000000000000000, NEXT_HOP of 16 octets, 1",
    "4001010040020040030401020304 c00803 000000, COMMUNITIES of 3 octets, 1",
    "4001010040020040030401020304 c00800, COMMUNITIES of none, 1",
    "4001010040020040030401020304 c02008 0000000000000000, LARGE_COMMUNITY of 8, 1",
    "4001010040020040030401020304 400500, LOCAL_PREF of none, 1",
    "4001010040020040030401020304 406300, a well-known attribute nobody knows, 1",
    "4001010040020040030401020304 d063 ffff 00, longer than all attributes, 1",
  })
  void anUpdateWithABadAttributeWithdrawsItsRoutes(String attributes, String what, int faults) {
    Decoding.Decoded decoded = withRoute(attributes);

    assertEquals(faults, decoded.faults().size(), what);
    assertTrue(
        decoded.faults().stream().allMatch(f -> f.treatment() == Treatment.TREAT_AS_WITHDRAW),
        what);
    assertEquals(1, assertInstanceOf(Update.class, decoded.message()).announcedPrefixes());
  }

  @ParameterizedTest
  @CsvSource({
    "4001010040020040030401020304 40010101, ORIGIN twice",
    "4001010040020040030401020304 c01103 020100, AS4_PATH cut short",
  })
  void anUpdateWithAUselessAttributeLosesThatAlone(String attributes, String what) {
    Decoding.Decoded decoded = withRoute(attributes);

    assertEquals(
        List.of(Treatment.DISCARD_ATTRIBUTE),
        decoded.faults().stream().map(AttributeFault::treatment).toList(),
        what);
    Update update = assertInstanceOf(Update.class, decoded.message());
    assertTrue(update.attributes().contains(Origin.IGP), what);
  }

  private static Decoding.Decoded withRoute(String attributes) {
    String length = String.format("%04x", Golden.hex(attributes).length);
    return assertInstanceOf(
        Decoding.Decoded.class,
        decode(message(MessageType.UPDATE, "0000" + length + attributes + "20cb007107")));
  }

  @Test
  void aThousandUnknownAttributesAreIgnoredAndTheirRepetitionsCounted() {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      attributes.append(String.format("c0%02x00", 100 + i % 100));
    }
    Decoding.Decoded decoded =
        assertInstanceOf(
            Decoding.Decoded.class, decode(message(MessageType.UPDATE, "00000bb8" + attributes)));

    assertEquals(100, assertInstanceOf(Update.class, decoded.message()).attributes().size());
    assertEquals(900, decoded.faults().size());
  }

  @Test
  void twoThousandUnknownCapabilitiesAreKeptInOrder() {
    String capabilities = "c800".repeat(2_000);
    String body = OPEN_HEAD + " ff ff 0fa3 02 0fa0" + capabilities;

    Decoding.Decoded decoded =
        assertInstanceOf(Decoding.Decoded.class, decode(message(MessageType.OPEN, body)));

    assertEquals(2_000, assertInstanceOf(Open.class, decoded.message()).capabilities().size());
  }

  /// RFC 7313 section 5.
  @Test
  void aRefreshMarkerOfWrongLengthComesBackWhole() {
    String message = message(MessageType.ROUTE_REFRESH, "0001 01 01 00");

    assertEquals("7/1 " + message.replace(" ", ""), answer(decode(message)));
  }

  /// RFC 8654 section 4: what we have offered may come, but never an OPEN of that length.
  @Test
  void aLongMessageIsReadOnlyWhereWeHaveOfferedThat() {
    int routes = 10_000;
    String body = "0000 000e 4001010040020040030401020304" + "20cb007107".repeat(routes);
    ByteBuffer message = ByteBuffer.wrap(Golden.hex(message(MessageType.UPDATE, body)));
    MessageCodec offered = new MessageCodec(AsWidth.FOUR_OCTETS, MessageCodec.MAX_EXTENDED_LENGTH);

    Decoding.Decoded decoded =
        assertInstanceOf(Decoding.Decoded.class, offered.decode(message.duplicate()));

    assertEquals(routes, assertInstanceOf(Update.class, decoded.message()).announcedPrefixes());
    assertEquals(
        "1/2 " + String.format("%04x", message.capacity()),
        answer(new MessageCodec(AsWidth.FOUR_OCTETS).decode(message)));
    assertEquals(
        "1/2 1001", answer(offered.decode(ByteBuffer.wrap(Golden.hex(MARKER + "1001 01")))));
    assertEquals(
        "1/2 0014", answer(offered.decode(ByteBuffer.wrap(Golden.hex(MARKER + "0014 04")))));
  }

  /// What quotes a long message still fits a short one.
  @Test
  void anAnswerNeverExceedsTheUsualLength() {
    int length = 60_000;
    String attribute =
        "900e" + String.format("%04x", length) + "000201ff" + "00".repeat(length - 4);
    String body = "0000" + String.format("%04x", length + 4) + attribute;
    MessageCodec offered = new MessageCodec(AsWidth.FOUR_OCTETS, MessageCodec.MAX_EXTENDED_LENGTH);
    Decoding decoding =
        offered.decode(ByteBuffer.wrap(Golden.hex(message(MessageType.UPDATE, body))));

    Notification answer = assertInstanceOf(Decoding.Malformed.class, decoding).answer();

    assertEquals("3/9", answer.code() + "/" + answer.subcode());
    assertEquals(MessageCodec.MAX_LENGTH, offered.encode(answer).length);
  }

  /// Case 10 of the list of bad input: the last of repeated capabilities counts (RFC 5492).
  @Test
  void theLastOfTwoRestartTimesCounts() {
    String body = OPEN_HEAD + " 0a 02 08 40 02 0005 40 02 4078";
    Decoding.Decoded decoded =
        assertInstanceOf(Decoding.Decoded.class, decode(message(MessageType.OPEN, body)));

    assertEquals(
        120,
        assertInstanceOf(Open.class, decoded.message())
            .last(Capability.GracefulRestart.class)
            .orElseThrow()
            .restartTime()
            .toSeconds());
  }

  /// Case 19: as many segments as fit, without recursion.
  @Test
  void aPathOfAThousandSegmentsIsRead() {
    String path = "020100000001".repeat(600);
    Decoding.Decoded decoded =
        withRoute(
            "40010100 5002" + String.format("%04x", path.length() / 2) + path + "40030401020304");

    assertEquals(List.of(), decoded.faults());
  }

  /// Case 20: a next hop of 255 octets in a family that nobody agreed on is passed over unread.
  @Test
  void aForeignFamilyIsNotReadInto() {
    Decoding.Decoded decoded =
        assertInstanceOf(
            Decoding.Decoded.class,
            decode(
                message(
                    MessageType.UPDATE,
                    "0000 010f 900e 0104 0019 46 ff" + "00".repeat(256) + " 40010100 400200")));

    assertEquals(List.of(), decoded.faults());
    assertEquals(
        "3/9 800e05001946ff00",
        answer(decode(message(MessageType.UPDATE, "0000 0008 800e05 001946ff00"))));
  }
}
