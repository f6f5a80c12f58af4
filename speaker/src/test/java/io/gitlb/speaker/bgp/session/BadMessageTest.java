// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.session.PeerStatus.Traffic;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Single messages that are wrong, over TCP, numbered as in [BadPeerTest]: what is answered and
/// what becomes of the session. Every fault that there is, octet by octet, is told in `packet`.
class BadMessageTest {

  private static final String TOR = "tor";
  private static final int OPEN = 1;
  private static final int UPDATE = 2;

  /// Version 4, AS 64512, 90 s, 198.51.100.1.
  private static final String HEAD = "04 fc00 005a c6336401";

  /// ORIGIN, AS_PATH with the peer's AS, NEXT_HOP; and a route.
  private static final String GOOD = "40010100 40020602010000fc00 400304c0000201";

  private static final String ROUTE = "20cb007107";

  private static final IpPrefix OURS = IpPrefix.of("203.0.113.1/32");

  private final SpeakerFixture fixture = new SpeakerFixture();
  private final ScriptedPeer tor;

  BadMessageTest() throws IOException {
    tor = ScriptedPeer.listening();
    fixture.routes(Map.of(OURS, RouteAttributes.DEFAULT));
    fixture.peer(SpeakerFixture.config(TOR, tor));
  }

  @AfterEach
  void stop() throws IOException {
    tor.close();
    fixture.close();
  }

  private static byte[] message(int type, String body) {
    String octets = body.replace(" ", "");
    return HexFormat.of()
        .parseHex("ff".repeat(16) + "%04x%02x".formatted(19 + octets.length() / 2, type) + octets);
  }

  private static byte[] update(String attributes, String routes) {
    String octets = attributes.replace(" ", "");
    return message(UPDATE, "0000" + "%04x".formatted(octets.length() / 2) + octets + routes);
  }

  /// The answer goes out, the connection ends, the machine is in Idle; and after its pause the peer
  /// is dialled again and gets everything.
  private void ends(Conversation conversation, String answer) throws IOException {
    Notification told = conversation.readNotification();
    assertEquals(answer, (told.code() + "/" + told.subcode() + " " + told.data()).strip());
    assertTrue(conversation.isClosedByPeer());
    PeerStatus status = fixture.await(TOR, s -> s.lastError().isPresent());
    assertEquals(State.IDLE, status.state());
    String error = status.lastError().orElseThrow().failure().describe();
    assertTrue(error.contains(told.code() + "/" + told.subcode()), error);
    tor.establish(SpeakerFixture.HOLD).readUntil(Set.of(OURS));
  }

  private void refused(byte[] open, String answer) throws IOException {
    Conversation conversation = tor.accept();
    assertInstanceOf(Open.class, conversation.read());
    conversation.write(open);
    ends(conversation, answer);
  }

  private void endsSession(byte[] update, String answer) throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(Set.of(OURS));
    conversation.write(update);
    ends(conversation, answer);
    assertEquals(1, fixture.status(TOR).traffic().flaps());
  }

  /// The session goes on as if nothing had been: no NOTIFICATION, no other error, still the route.
  private void survived(byte[] update, int prefixes, int faults) throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(Set.of(OURS));
    assertTrue(conversation.readUpdate().endOfRib().isPresent());
    Traffic before = fixture.await(TOR, s -> s.state() == State.ESTABLISHED).traffic();
    conversation.write(update);
    conversation.write(new Keepalive());
    PeerStatus after = fixture.await(TOR, s -> s.traffic().messagesIn() == before.messagesIn() + 2);
    assertEquals(State.ESTABLISHED, after.state());
    assertEquals(prefixes, after.traffic().prefixesReceived());
    assertEquals(faults, after.traffic().attributeFaults());
    assertTrue(after.lastError().isEmpty(), after.lastError()::toString);
    assertTrue(conversation.saysNothing(Duration.ofMillis(200)));
    assertEquals(1, after.prefixesSent());
  }

  @Test
  void case07OptionalParametersBeyondTheOpen() throws IOException {
    refused(message(OPEN, HEAD + "ff 010203"), "2/0");
  }

  @Test
  void case08ExtendedOptionalParametersBeyondTheOpen() throws IOException {
    byte[] open = message(OPEN, HEAD + "ff ff ffff 01 0002 0200 020202");
    assertEquals(40, open.length);
    refused(open, "2/0");
  }

  /// One has families that the peer keeps, so says whether the peer is one that restarts.
  @ParameterizedTest
  @CsvSource({"0, 1, true", "1, 0, false"})
  void case10TheLastOfTwoRestartCapabilitiesCounts(int first, int second, boolean restarts)
      throws IOException {
    List<Capability> both =
        List.of(restart(Duration.ofMinutes(2), List.of()), restart(Duration.ofMinutes(1), kept()));
    tor.accept()
        .establish(
            new Open(
                ScriptedPeer.ASN,
                SpeakerFixture.HOLD,
                (Ipv4) IpAddress.of("198.51.100.1"),
                List.of(both.get(first), both.get(second))));
    Negotiated agreed =
        fixture.await(TOR, s -> s.state() == State.ESTABLISHED).negotiated().orElseThrow();
    assertEquals(restarts, agreed.has(Extra.PEER_RESTARTS));
  }

  private static Capability restart(Duration time, List<Capability.PreservedFamily> families) {
    return new Capability.GracefulRestart(Set.of(), time, families);
  }

  private static List<Capability.PreservedFamily> kept() {
    return List.of(
        new Capability.PreservedFamily(
            AddressFamily.IPV4_UNICAST, Capability.Forwarding.PRESERVED));
  }

  @ParameterizedTest
  @CsvSource({
    "04 fc00 005a c6336401 08 0206 4104 00000000", // capability 65 says 0
    "04 fc00 005a c6336401 08 0206 4104 00005ba0", // AS_TRANS
    "04 5ba0 005a c6336401 00", // AS_TRANS in the field, and nothing else
  })
  void case11AnAsThatNobodyHas(String open) throws IOException {
    refused(message(OPEN, open), "2/2");
  }

  @ParameterizedTest
  @CsvSource({"0001, 2/6 0001", "0002, 2/6 0002"})
  void case12AHoldTimeBelowThreeSeconds(String time, String answer) throws IOException {
    refused(message(OPEN, "04 fc00 " + time + " c6336401 00"), answer);
  }

  @Test
  void case12AHoldTimeOfManyHoursIsCutToOurs() throws IOException {
    tor.accept().establish(ScriptedPeer.open(Duration.ofSeconds(65_535)));
    PeerStatus status = fixture.await(TOR, s -> s.state() == State.ESTABLISHED);
    assertEquals(SpeakerFixture.HOLD, status.negotiated().orElseThrow().holdTime());
  }

  @ParameterizedTest
  @CsvSource({"0000 ffff", "0000 0005 40010100", "ffff 0000"})
  void case16LengthsBeyondTheUpdate(String body) throws IOException {
    endsSession(message(UPDATE, body), "3/1");
  }

  @Test
  void case17AnAttributeThatRunsOverWithdrawsTheRoutes() throws IOException {
    survived(update(GOOD + "d063 ffff 00", ROUTE), 1, 1);
  }

  @Test
  void case18AThousandUnknownAttributesAreIgnored() throws IOException {
    StringBuilder many = new StringBuilder(GOOD);
    for (int i = 0; i < 1_000; i++) {
      many.append("c0%02x00".formatted(100 + i % 100));
    }
    long begun = System.nanoTime();
    survived(update(many.toString(), ROUTE), 1, 900);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
  }

  @Test
  void case19AsManySegmentsAsFitAreRead() throws IOException {
    String path = "02010000fc00".repeat(600);
    survived(update("40010100 50020e10" + path + "400304c0000201", ROUTE), 1, 0);
  }

  @Test
  void case19AnEmptySegmentWithdrawsTheRoutes() throws IOException {
    survived(update("40010100 40020202 00 400304c0000201", ROUTE), 1, 1);
  }

  @Test
  void case20ANextHopBeyondItsAttributeEndsTheSession() throws IOException {
    endsSession(message(UPDATE, "0000 0008 800e05 000201ff00"), "3/9 800e05000201ff00");
  }

  @Test
  void case20AFamilyThatNobodyAgreedOnIsPassedOver() throws IOException {
    survived(update("900e 0104 0019 46 ff" + "00".repeat(256) + GOOD, ROUTE), 1, 0);
  }
}
