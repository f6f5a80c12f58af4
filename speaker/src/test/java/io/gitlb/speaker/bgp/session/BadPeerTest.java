// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.LiveHeap;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Octets;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that do wrong, over TCP, numbered as in the list of bad input that the speaker is held to.
/// The numbers in between are single messages: [BadMessageTest], and octet by octet in `packet`; 13
/// and 15 are calls: [BadCallerTest]; from 26 on it is BFD.
class BadPeerTest {

  private static final String TOR = "tor";
  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");
  private static final Duration PATIENT = Duration.ofMinutes(8);
  private static final MessageCodec CODEC = new MessageCodec(AsWidth.FOUR_OCTETS);

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture();

  private final ScriptedPeer tor = fixture.listen();

  @BeforeEach
  void thereIsARoute() {
    fixture.routes(Map.of(A, RouteAttributes.DEFAULT));
  }

  private PeerConfig config() {
    return SpeakerFixture.config(TOR, tor);
  }

  private Conversation refused(byte[] octets, String expected) throws IOException {
    fixture.peer(config());
    Conversation conversation = tor.accept();
    assertInstanceOf(Open.class, conversation.read());
    conversation.write(octets);
    assertEquals(expected, code(conversation.readNotification()));
    assertTrue(conversation.isClosedByPeer());
    assertEquals(State.IDLE, fixture.await(TOR, s -> s.lastError().isPresent()).state());
    return conversation;
  }

  private String lastError() {
    PeerStatus status = fixture.await(TOR, s -> s.lastError().isPresent());
    return status.lastError().orElseThrow().failure().describe();
  }

  private static String code(Notification n) {
    return (n.code() + "/" + n.subcode() + " " + n.data()).strip();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static byte[] header(String lengthAndType) {
    return hex("ff".repeat(16) + lengthAndType);
  }

  private static byte[] repeat(Message message, int times) {
    byte[] one = CODEC.encode(message);
    ByteBuffer all = ByteBuffer.allocate(one.length * times);
    for (int i = 0; i < times; i++) {
      all.put(one);
    }
    return all.array();
  }

  @Test
  void case01ConnectAndSayNothing() throws IOException {
    fixture.peer(
        config()
            .withTimes(SpeakerFixture.times(SpeakerFixture.HOLD, Duration.ofMillis(400), PATIENT)));
    Conversation conversation = tor.accept();
    long threads = threads();

    assertEquals("4/0", code(conversation.readNotificationBehindOpen()));
    assertTrue(conversation.isClosedByPeer());
    assertEquals("sent Hold Timer Expired (4/0)", lastError());
    assertEquals(State.IDLE, fixture.status(TOR).state());
    for (int i = 0; i < 3; i++) {
      fixture.peer(SpeakerFixture.config("mute-" + i, tor));
      assertInstanceOf(Open.class, tor.accept().read());
    }
    assertEquals(threads, threads(), "a connection has no thread");
  }

  /// Of BGP.
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bgp-"))
        .count();
  }

  @Test
  void case02AnOctetNowAndThen() throws IOException {
    fixture.peer(
        config()
            .withTimes(SpeakerFixture.times(SpeakerFixture.HOLD, Duration.ofMillis(400), PATIENT)));
    Conversation conversation = tor.accept();
    long start = System.nanoTime();

    byte[] open = CODEC.encode(ScriptedPeer.open(SpeakerFixture.HOLD));
    for (int i = 0; i < 5; i++) {
      conversation.write(new byte[] {open[i]});
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }

    assertEquals("4/0", code(conversation.readNotificationBehindOpen()));
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5), "octets win no time");
  }

  @Test
  void case03AnythingBeforeTheOpen() throws IOException {
    byte[] random = new byte[65_536];
    new Random(1).nextBytes(random);
    try {
      refused(random, "1/1");
    } catch (SocketException _) {
      // We were still writing when the speaker closed: its 1/1 may be lost, the status has it.
    }
    assertEquals("sent Message Header Error/Connection Not Synchronized (1/1)", lastError());
  }

  @ParameterizedTest
  @CsvSource({"0000 04, 1/2 0000", "0012 04, 1/2 0012", "ffff 02, 1/2 ffff"})
  void case04ALengthThatCannotBe(String lengthAndType, String expected) throws IOException {
    refused(header(lengthAndType), expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "06", "80", "ff"})
  void case05ATypeThatNobodyKnows(String type) throws IOException {
    refused(header("0013" + type), "1/3 " + type);
  }

  @Test
  void case06MessagesInAnySegments() throws IOException {
    fixture.peer(config());
    Conversation conversation = tor.accept();
    byte[] open = CODEC.encode(ScriptedPeer.open(SpeakerFixture.HOLD));
    byte[] keepalives = repeat(new Keepalive(), 3);
    byte[] start = Arrays.copyOf(open, open.length + keepalives.length - 9);
    System.arraycopy(keepalives, 0, start, open.length, keepalives.length - 9);

    conversation.write(start); // three messages and a half in one segment
    for (int i = keepalives.length - 9; i < keepalives.length; i++) {
      conversation.write(new byte[] {keepalives[i]});
    }

    PeerStatus status = fixture.await(TOR, s -> s.traffic().messagesIn() == 4);
    assertEquals(State.ESTABLISHED, status.state());
  }

  @Test
  void case09TwoThousandCapabilities() throws IOException {
    fixture.peer(config());
    Conversation conversation = tor.accept();
    List<Capability> capabilities = new ArrayList<>();
    ScriptedPeer.open(SpeakerFixture.HOLD).capabilities().forEach(capabilities::add);
    Stream.generate(() -> new Capability.Unknown(200, Octets.EMPTY))
        .limit(1_900)
        .forEach(capabilities::add);

    conversation.establish(
        new Open(
            ScriptedPeer.ASN,
            SpeakerFixture.HOLD,
            (Ipv4) IpAddress.of("198.51.100.1"),
            capabilities));

    fixture.await(TOR, s -> s.state() == State.ESTABLISHED);
  }

  @Test
  void case14ReconnectingAfterEachCease() throws IOException {
    fixture.peer(config());
    List<Long> pauses = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      Conversation conversation = tor.establish(SpeakerFixture.HOLD);
      long end = System.nanoTime();
      conversation.write(new Notification(6, 2, Octets.EMPTY));
      try (Conversation next = tor.accept()) {
        pauses.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - end));
        next.write(new Notification(6, 2, Octets.EMPTY));
      }
    }
    // 1, 2, 4 s, each x 0.75 to 1
    assertTrue(pauses.get(0) >= 700, pauses::toString);
    assertTrue(pauses.get(1) >= 2_900, pauses::toString);
  }

  @Test
  void case21TenMillionPrefixes() throws IOException {
    fixture.peer(config().withTimes(SpeakerFixture.times(Duration.ofSeconds(3))));
    Conversation conversation = tor.establish(Duration.ofSeconds(3));
    Update update =
        new Update(
            List.of(),
            List.of(
                Origin.IGP,
                AsPath.of(new Asn(ScriptedPeer.ASN)),
                new NextHop((Ipv4) IpAddress.of("192.0.2.1"))),
            List.copyOf(SpeakerFixture.hosts(0, 800).keySet()));
    byte[] octets = repeat(update, 25);
    List<Long> keepalives = conversation.timesOfKeepalives();
    long begun = System.nanoTime();
    long before = LiveHeap.octets();
    for (int i = 0; i < 500; i++) { // 800 x 25 x 500
      conversation.write(octets);
    }

    PeerStatus status = fixture.await(TOR, s -> s.traffic().prefixesReceived() == 10_000_000);

    long longest = longestGap(begun, keepalives, System.nanoTime());
    assertTrue(
        longest < 3_000, "no KEEPALIVE of ours for " + longest + " ms of a hold time of 3 s");
    assertEquals(State.ESTABLISHED, status.state());
    long grown = LiveHeap.octets() - before;
    assertTrue(grown < 65_536, "the heap grew by " + grown + " octets");
  }

  private static long longestGap(long begun, List<Long> times, long ended) {
    long longest = 0;
    long last = begun;
    for (long time : Stream.concat(times.stream(), Stream.of(ended)).toList()) {
      longest = Math.max(longest, time - last);
      last = time;
    }
    return TimeUnit.NANOSECONDS.toMillis(longest);
  }

  @Test
  void case22AStormOfRefreshes() throws IOException {
    Map<IpPrefix, RouteAttributes> routes = SpeakerFixture.hosts(0, 1_000);
    fixture.routes(routes);
    fixture.peer(config());
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(routes.keySet());
    int all = conversation.updates();
    assertTrue(conversation.readUpdate().endOfRib().isPresent());
    RouteRefresh request = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);

    for (int burst = 1; burst <= 2; burst++) {
      int before = conversation.updates();
      long begun = System.nanoTime();
      for (int piece = 0; piece < 20; piece++) { // Over 400 ms.
        conversation.write(repeat(request, 500));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      conversation.readWhileTold(Duration.ofMillis(1_500));
      int told = conversation.updates() - before;
      assertTrue(told >= all, told + " UPDATEs for a table of " + all);
      // At once and a second later; then the quiet. A machine that takes longer sees more of them.
      Duration took = Duration.ofNanos(System.nanoTime() - begun).minusMillis(2_500);
      long tables = 2 + Math.max(0, took.toSeconds());
      assertTrue(told <= tables * all, told + " UPDATEs for a table of " + all + ", " + took);
    }
    PeerStatus status = fixture.await(TOR, s -> s.traffic().messagesIn() == 20_002);
    assertEquals(State.ESTABLISHED, status.state());
  }

  /// It sends KEEPALIVEs and reads nothing: the hold timer sees nothing, the send hold timer does.
  @Test
  void case23APeerThatDoesNotRead() throws IOException {
    Duration hold = Duration.ofSeconds(3);
    Duration sendHold = Duration.ofSeconds(4);
    fixture.peer(config().withTimes(SpeakerFixture.times(hold, Duration.ofMinutes(1), sendHold)));
    try (ScriptedPeer otherTor = ScriptedPeer.listening()) {
      fixture.peer(SpeakerFixture.config("quick", otherTor));
      Conversation quick = otherTor.establish(SpeakerFixture.HOLD);
      Conversation stuck = tor.establish(hold);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      boolean closed = false;
      for (int round = 0; !closed && System.nanoTime() < end; round++) {
        Map<IpPrefix, RouteAttributes> routes = SpeakerFixture.hosts(round % 2 * 20_000, 20_000);
        fixture.routes(routes);
        quick.readUntil(routes.keySet());
        closed = !keepsTalking(stuck);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      PeerStatus status = fixture.await(TOR, s -> s.lastError().isPresent());
      assertInstanceOf(Failure.SendHoldExpired.class, status.lastError().orElseThrow().failure());
      assertEquals(State.ESTABLISHED, fixture.status("quick").state());
    }
  }

  private static boolean keepsTalking(Conversation conversation) {
    try {
      conversation.write(new Keepalive());
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "04c328c328", "051b5b33316d"})
  void case24ANotificationOfAnything(String head) throws IOException {
    fixture.peer(config());
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    byte[] data = Arrays.copyOf(hex(head), 4_000);

    conversation.write(new Notification(6, 2, Octets.of(data)));

    assertTrue(conversation.isClosedByPeer());
    String told = lastError();
    assertTrue(told.startsWith("received Cease/Administrative Shutdown (6/2)"), told);
    assertTrue(told.length() < 400, told);
    assertFalse(told.chars().anyMatch(c -> c < ' '), told);
  }

  @Test
  void case25ANotificationForOurNotification() throws IOException {
    fixture.peer(config());
    Conversation conversation = tor.accept();
    assertInstanceOf(Open.class, conversation.read());
    conversation.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertEquals("1/1", code(conversation.readNotification()));

    for (int i = 0; i < 10; i++) {
      if (!says(conversation, new Notification(1, 1, Octets.EMPTY))) {
        break;
      }
    }

    assertThrows(IOException.class, conversation::read, "nothing is said to that");
    tor.establish(SpeakerFixture.HOLD).readUntil(Set.of(A));
  }

  private static boolean says(Conversation conversation, Message message) {
    try {
      conversation.write(message);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
