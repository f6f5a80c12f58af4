// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProtocolCodecTest {

  private static final int ROUNDS = Integer.getInteger("gitlb.random.rounds", 1);

  @Test
  void theGoldenDesiredStateIsWrittenAndRead() {
    String digest = ProtocolCodec.digest(ProtocolSamples.DESIRED);
    byte[] golden = golden("desired.json", digest);

    assertEquals(text(golden), text(ProtocolCodec.encode(ProtocolSamples.DESIRED)));
    assertEquals(
        new DesiredDocument(ProtocolSamples.DESIRED, digest),
        value(ProtocolCodec.decodeDesired(golden)));
  }

  @Test
  void theGoldenDigestStaysWhatItIs() {
    // As `sha256sum` gives it for the object "desired" of desired.json without its line breaks.
    assertEquals(
        "fe6b7d73e90609a310fa81e12df680c7915f25be08125d051a333594b5b6a472",
        ProtocolCodec.digest(ProtocolSamples.DESIRED));
  }

  @Test
  void theGoldenStatusIsWrittenAndRead() {
    byte[] golden = golden("status.json", "");

    assertEquals(text(golden), text(ProtocolCodec.encode(ProtocolSamples.STATUS)));
    assertEquals(ProtocolSamples.STATUS, value(ProtocolCodec.decodeStatus(golden)));
  }

  @Test
  void theRepliesAreWrittenAndRead() {
    replyIs(
        new PushReply.Stored(new Generation(1, 2), "abc"),
        "{\"format\":1,\"stored\":{\"generation\":{\"epoch\":1,\"number\":2},\"digest\":\"abc\"}}");
    replyIs(
        new PushReply.Stale(new Generation(5, 6)),
        "{\"format\":1,\"stale\":{\"newest\":{\"epoch\":5,\"number\":6}}}");
    replyIs(
        new PushReply.Refused("not for this node"),
        "{\"format\":1,\"refused\":{\"message\":\"not for this node\"}}");
  }

  private static void replyIs(PushReply reply, String json) {
    assertEquals(json, text(ProtocolCodec.encode(reply)));
    assertEquals(reply, value(ProtocolCodec.decodeReply(bytes(json))));
  }

  @Test
  void whatIsWrittenIsReadBackTheSame() {
    for (long seed = 0; seed < 300L * ROUNDS; seed++) {
      RandomProtocol random = new RandomProtocol(seed);
      DesiredState desired = random.desiredState();
      DesiredDocument document = new DesiredDocument(desired, ProtocolCodec.digest(desired));
      byte[] json = ProtocolCodec.encode(desired);
      assertEquals(document, value(ProtocolCodec.decodeDesired(json)), "seed " + seed);
      assertArrayEquals(json, ProtocolCodec.encode(document.state()), "seed " + seed);

      SpeakerStatus status = random.status();
      assertEquals(
          status, value(ProtocolCodec.decodeStatus(ProtocolCodec.encode(status))), "seed " + seed);
      SpeakerClaims claims = random.claims();
      assertEquals(
          claims, value(ProtocolCodec.decodeClaims(ProtocolCodec.encode(claims))), "seed " + seed);
      ProbeRequest request = random.probeRequest();
      assertEquals(
          request,
          value(ProtocolCodec.decodeProbeRequest(ProtocolCodec.encode(request))),
          "seed " + seed);
      ProbeReply found = random.probeReply();
      assertEquals(
          found,
          value(ProtocolCodec.decodeProbeReply(ProtocolCodec.encode(found))),
          "seed " + seed);
      PushReply reply = random.reply();
      assertEquals(
          reply, value(ProtocolCodec.decodeReply(ProtocolCodec.encode(reply))), "seed " + seed);
    }
  }

  @Test
  void aDeltaMakesTheNewerStateOfItsBase() {
    for (long seed = 0; seed < 300L * ROUNDS; seed++) {
      RandomProtocol random = new RandomProtocol(seed);
      DesiredState before = random.desiredState();
      DesiredState after = random.successor(before);
      DesiredDelta delta = DesiredDelta.between(before, ProtocolCodec.digest(before), after);
      DeltaDocument read = value(ProtocolCodec.decodeDelta(ProtocolCodec.encode(delta)));
      assertEquals(new DeltaDocument(delta, ProtocolCodec.digest(delta)), read, "seed " + seed);
      assertEquals(after, read.delta().applyTo(before), "seed " + seed);
    }
  }

  @Test
  void aDeltaNamesItsBaseAndWhatChanged() {
    DesiredDelta delta =
        new DesiredDelta(
            "d".repeat(64),
            new Generation(3, 43),
            "c",
            "l",
            List.of(
                new Announcement(
                    IpAddress.of("192.0.2.1"),
                    ProtocolSamples.services("a/b"),
                    "r",
                    Optional.empty(),
                    List.of())),
            new TreeSet<>(List.of(IpAddress.of("2001:db8::7"), IpAddress.of("192.0.2.11"))),
            Optional.of(List.of()),
            Optional.of(List.of()));
    String content =
        "{\"format\":1,\"base\":\""
            + "d".repeat(64)
            + "\",\"generation\":{\"epoch\":3,\"number\":43},\"configCommit\":\"c\","
            + "\"ledgerCommit\":\"l\",\"changed\":[{\"address\":\"192.0.2.1\",\"owner\":"
            + "{\"services\":[\"a/b\"]},\"record\":\"r\"}],"
            + "\"gone\":[\"192.0.2.11\",\"2001:db8::7\"],\"peers\":{},\"members\":{}}";
    assertEquals(
        "{\"digest\":\"" + Sha256.hex(bytes(content)) + "\",\"delta\":" + content + "}",
        text(ProtocolCodec.encode(delta)));
    assertEquals(3, delta.size());
  }

  @Test
  void aDeltaThatContradictsItselfIsRefused() {
    String address =
        "{\"address\":\"192.0.2.1\",\"owner\":{\"services\":[\"a/b\"]},\"record\":\"r\"}";
    refusedDelta("\"changed\":[" + address + "," + address + "]", "twice: 192.0.2.1");
    refusedDelta(
        "\"changed\":[" + address + "],\"gone\":[\"192.0.2.1\"]", "changed and gone: 192.0.2.1");
  }

  private static void refusedDelta(String members, String message) {
    String content =
        "{\"format\":1,\"base\":\"d\",\"generation\":{\"epoch\":1,\"number\":2},"
            + "\"configCommit\":\"c\",\"ledgerCommit\":\"l\","
            + members
            + "}";
    String json = "{\"digest\":\"" + Sha256.hex(bytes(content)) + "\",\"delta\":" + content + "}";
    Decoded<DeltaDocument> decoded = ProtocolCodec.decodeDelta(bytes(json));
    assertTrue(
        decoded instanceof Decoded.Malformed<?>(String text) && text.contains(message),
        decoded::toString);
  }

  @Test
  void aLongListOfPeersIsWrittenOnce() {
    String[] peers = IntStream.range(0, 100).mapToObj(i -> "tor-" + i).toArray(String[]::new);
    List<Announcement> announcements =
        IntStream.range(0, 10)
            .mapToObj(i -> new Ipv4(0xC000_0200 + i))
            .map(address -> routed(address, peers))
            .toList();
    DesiredState state =
        new DesiredState(
            new NodeName("n"), "u", new Generation(1, 1), "c", "l", announcements, List.of());
    String json = text(ProtocolCodec.encode(state));
    assertEquals(json.indexOf("tor-99"), json.lastIndexOf("tor-99"));

    DesiredState read = value(ProtocolCodec.decodeDesired(bytes(json))).state();

    assertEquals(state, read);
    List<BgpRoute> routes =
        read.announcements().values().stream().map(one -> one.routes().getFirst()).toList();
    assertSame(routes.getFirst().peers(), routes.getLast().peers());
  }

  private static Announcement routed(Ipv4 address, String... peers) {
    return new Announcement(
        address,
        ProtocolSamples.services("a/b"),
        "r",
        Optional.empty(),
        List.of(ProtocolSamples.route(address + "/32", OptionalLong.empty(), List.of(), peers)));
  }

  @Test
  void aListOfPeersThatIsNotThereIsRefused() {
    refusedDelta(
        "\"changed\":[{\"address\":\"192.0.2.1\",\"owner\":{\"services\":[\"a/b\"]},"
            + "\"record\":\"r\",\"routes\":[{\"prefix\":\"192.0.2.1/32\",\"peersAs\":7}]}]",
        "no list of peers before this has the number 7");
  }

  @Test
  void mutatedOctetsAreReadOrRefusedButNeverThrow() {
    for (long seed = 0; seed < 3_000L * ROUNDS; seed++) {
      Random random = new Random(seed);
      RandomProtocol values = new RandomProtocol(seed);
      survives(
          ProtocolCodec::decodeDesired,
          mutated(ProtocolCodec.encode(values.desiredState()), random),
          seed);
      DesiredState before = values.desiredState();
      survives(
          ProtocolCodec::decodeDelta,
          mutated(
              ProtocolCodec.encode(DesiredDelta.between(before, "d", values.successor(before))),
              random),
          seed);
      survives(
          ProtocolCodec::decodeClaims,
          mutated(ProtocolCodec.encode(values.claims()), random),
          seed);
      survives(
          ProtocolCodec::decodeProbeReply,
          mutated(ProtocolCodec.encode(values.probeReply()), random),
          seed);
      survives(
          ProtocolCodec::decodeStatus,
          mutated(ProtocolCodec.encode(values.status()), random),
          seed);
      survives(
          ProtocolCodec::decodeReply, mutated(ProtocolCodec.encode(values.reply()), random), seed);
    }
  }

  private static void survives(Function<byte[], Decoded<?>> decode, byte[] json, long seed) {
    try {
      if (decode.apply(json) instanceof Decoded.Malformed<?>(String message)) {
        assertTrue(message.lines().count() == 1 && message.length() < 500, message);
      }
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + text(json), e);
    }
  }

  private static byte[] mutated(byte[] json, Random random) {
    byte[] changed = json.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(changed.length);
      switch (random.nextInt(4)) {
        case 0 -> changed[at] = (byte) random.nextInt(256);
        case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> changed = Arrays.copyOf(changed, Math.max(1, at));
        default -> changed[at] = (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
      }
    }
    return changed;
  }

  @Test
  void membersOfANewerVersionAreSkipped() {
    String json =
        "{\"format\":1,\"later\":{\"a\":[1,{}]},\"stale\":"
            + "{\"newest\":{\"epoch\":5,\"why\":null,\"number\":6},\"since\":1.5},\"x\":true}";
    assertEquals(
        new PushReply.Stale(new Generation(5, 6)), value(ProtocolCodec.decodeReply(bytes(json))));
  }

  /// It is written for the speaker and shown to nobody.
  @Test
  void aPasswordIsInTheDocumentAndInNoText() {
    DesiredState state = ProtocolSamples.DESIRED;
    PeerSettings peer = state.peers().getFirst();
    Password password = Password.of("s3cr3t".getBytes(StandardCharsets.US_ASCII));
    DesiredState secret =
        new DesiredState(
            state.node(),
            state.clusterUid(),
            state.generation(),
            state.configCommit(),
            state.ledgerCommit(),
            state.announcements(),
            List.of(
                peer.withExtras(
                    peer.extras()
                        .withPassword(new PeerPassword.Given(password))
                        .withBfd(
                            peer.extras()
                                .bfd()
                                .map(
                                    bfd ->
                                        bfd.withSignature(
                                            new BfdSettings.Signature(
                                                BfdSettings.SignatureKind.KEYED_SHA1,
                                                1,
                                                new PeerPassword.Given(password))))))),
            state.members());
    byte[] json = ProtocolCodec.encode(secret);
    assertTrue(
        ProtocolCodec.decodeDesired(json) instanceof Decoded.Value<DesiredDocument> read
            && read.value().state().equals(secret));
    assertFalse(secret.toString().contains("s3cr3t"));
    assertTrue(secret.hasSecrets());
    assertFalse(secret.withoutSecrets().hasSecrets());
    String base64 = "czNjcjN0";
    String text = new String(json, StandardCharsets.UTF_8);
    assertTrue(text.contains(base64));
    assertFalse(
        new String(ProtocolCodec.encode(secret.withoutSecrets()), StandardCharsets.UTF_8)
            .contains(base64));
    byte[] broken = text.replace(base64, "!" + base64).getBytes(StandardCharsets.UTF_8);
    String complaint = ProtocolCodec.decodeDesired(broken).toString();
    assertTrue(complaint.contains("Base64"), complaint);
    assertFalse(complaint.contains(base64), complaint);
  }

  @Test
  void theDigestCoversMembersThatAreNotKnown() {
    String json = text(ProtocolCodec.encode(ProtocolSamples.DESIRED));
    String newer = json.replace("\"node\":", "\"later\":[1],\"node\":");
    refused(ProtocolCodec.decodeDesired(bytes(newer)), "the digest is");

    String desired = newer.substring(newer.indexOf("\"desired\":") + 10, newer.length() - 1);
    String digest = Sha256.hex(bytes(desired));
    String document = "{\"desired\":" + desired + ",\"digest\":\"" + digest + "\"}";
    assertEquals(
        new DesiredDocument(ProtocolSamples.DESIRED, digest),
        value(ProtocolCodec.decodeDesired(bytes(document))));
  }

  @Test
  void anUnknownOrLateFormatIsRefused() {
    refused(
        ProtocolCodec.decodeReply(bytes("{\"format\":2,\"stale\":7}")),
        "/format (octet 10): format 2 is not known, this version reads format 1");
    refused(ProtocolCodec.decodeReply(bytes("{\"stale\":{}}")), "\"format\" is missing");
    refused(ProtocolCodec.decodeReply(bytes("{}")), "\"format\" is missing");
  }

  @Test
  void aComplaintNamesThePlaceAndWhatIsAllowed() {
    String json = text(ProtocolCodec.encode(ProtocolSamples.DESIRED));
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("192.0.2.11\"", "192.0.2.256\""))),
        "/desired/announcements/1/address (octet 575): \"192.0.2.256\" is not an IP address");
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("\"port\":179,", "\"port\":0,"))),
        "0 is not between 1 and 65535");
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("PT1M30S", "PT1S"))),
        "a hold time is 0 or 3 to 65535 whole seconds");
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("192.0.2.11\"", "192.0.2.10\""))),
        "twice: 192.0.2.10");
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("\"SINGLE\"", "\"TRIPLE\""))),
        "\"TRIPLE\" is not one of [SINGLE, MULTIPLE]");
    refused(
        ProtocolCodec.decodeDesired(bytes(json.replace("\"record\":\"r\",", ""))),
        "/desired/announcements/1 (octet 796): \"record\" is missing");
  }

  @Test
  void hostileDocumentsAreRefused() {
    refused(ProtocolCodec.decodeReply(bytes("")), "not a JSON object");
    refused(ProtocolCodec.decodeReply(bytes("[]")), "not a JSON object");
    refused(
        ProtocolCodec.decodeReply("{\"format\":1}".getBytes(StandardCharsets.UTF_16LE)),
        "not a JSON object");
    refused(
        ProtocolCodec.decodeReply(
            bytes("{\"format\":1,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")),
        "depth");
    refused(
        ProtocolCodec.decodeReply(
            bytes("{\"format\":1,\"refused\":{\"message\":\"" + "a".repeat(70_000) + "\"}}")),
        "length");
    refused(
        ProtocolCodec.decodeReply(
            bytes("{\"format\":1,\"stale\":{\"newest\":{\"epoch\":9223372036854775808}}}")),
        "out of range");
    refused(ProtocolCodec.decodeReply(bytes("{\"format\":1,\"format\":1}")), "uplicate");
    refused(
        ProtocolCodec.decodeReply(bytes("{\"format\":1,\"refused\":{\"message\":\"\\ud800\"}}")),
        "surrogate");
    refused(
        ProtocolCodec.decodeReply(bytes("{\"format\":1,\"refused\":{\"message\":\"a\"}} {}")),
        "follows");
    refused(ProtocolCodec.decodeReply(new byte[ProtocolCodec.MAX_DOCUMENT_BYTES + 1]), "octets");
  }

  @Test
  void routesThatDifferInPreferenceOnlyHaveOneOrder() {
    BgpRoute low = ProtocolSamples.route("192.0.2.0/24", OptionalLong.of(1), List.of(), "p");
    BgpRoute high = ProtocolSamples.route("192.0.2.0/24", OptionalLong.of(2), List.of(), "p");
    assertTrue(low.compareTo(high) < 0);
  }

  private static <T> T value(Decoded<T> decoded) {
    return switch (decoded) {
      case Decoded.Value<T>(T value) -> value;
      case Decoded.Malformed<T>(String message) -> throw new AssertionError(message);
    };
  }

  private static void refused(Decoded<?> decoded, String part) {
    String message = assertInstanceOf(Decoded.Malformed.class, decoded).message();
    assertTrue(message.contains(part), message);
  }

  /// The file without its line breaks and indentation.
  private static byte[] golden(String file, String digest) {
    try (InputStream in =
        Objects.requireNonNull(ProtocolCodecTest.class.getResourceAsStream(file))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return bytes(text.replaceAll("\n *", "").replace("DIGEST", digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }
}
