// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.SessionTimes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The whole speaker against routers on loopback.
class BgpSpeakerTest {

  private static final PeerName TOR = new PeerName("tor-1");
  private static final NodeName NODE = new NodeName("node-1");
  private static final Duration HOLD = Duration.ofSeconds(90);
  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");
  private static final IpPrefix B = IpPrefix.of("203.0.113.2/32");

  private final Queue<PeerStatus> heard = new ConcurrentLinkedQueue<>();

  private BgpSpeaker speaker;
  private ScriptedPeer tor;

  BgpSpeakerTest() throws IOException {
    speaker = BgpSpeaker.start(NODE, InstantSource.system(), heard::add);
    tor = ScriptedPeer.listening();
  }

  @AfterEach
  void stop() throws IOException {
    tor.close();
    speaker.close();
  }

  private static PeerConfig config(PeerName name, ScriptedPeer peer) {
    return config(name, peer, HOLD, Duration.ofSeconds(1));
  }

  private static PeerConfig config(
      PeerName name, ScriptedPeer peer, Duration holdTime, Duration connectTime) {
    return PeerConfig.of(
            name,
            new Asn(64513),
            new RemoteAs.Exactly(new Asn(ScriptedPeer.ASN)),
            new Transport(peer.address(), peer.port(), Optional.empty(), Hops.SINGLE))
        .withTimes(new SessionTimes(holdTime, Optional.empty(), connectTime));
  }

  private void apply(PeerConfig config, IpPrefix... prefixes) {
    Map<IpPrefix, RouteAttributes> routes = new TreeMap<>();
    List.of(prefixes).forEach(prefix -> routes.put(prefix, RouteAttributes.DEFAULT));
    speaker.apply(List.of(config), Map.of(config.name(), routes));
  }

  private static Map<IpPrefix, RouteAttributes> hosts(int first, int count) {
    Map<IpPrefix, RouteAttributes> routes = new TreeMap<>();
    IntStream.range(first, first + count)
        .forEach(i -> routes.put(IpPrefix.host(new Ipv4(0x0A640000 + i)), RouteAttributes.DEFAULT));
    return routes;
  }

  private PeerStatus await(PeerName name, Predicate<PeerStatus> condition) {
    return await(speaker, name, condition);
  }

  private static PeerStatus await(
      BgpSpeaker speaker, PeerName name, Predicate<PeerStatus> condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      Optional<PeerStatus> status =
          speaker.status().stream().filter(s -> s.name().equals(name)).findFirst();
      if (status.filter(condition).isPresent()) {
        return status.get();
      }
      assertTrue(System.nanoTime() < deadline, () -> "in vain, at last: " + status);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsASessionAndTellsItsRoutes(Sockets sockets) throws IOException {
    try (BgpSpeaker other = BgpSpeaker.start(NODE, InstantSource.system(), heard::add, sockets)) {
      PeerConfig config = config(TOR, tor);
      other.apply(List.of(config), Map.of(TOR, Map.of(A, RouteAttributes.DEFAULT)));
      Conversation conversation = tor.accept();

      Open open = assertInstanceOf(Open.class, conversation.read());
      assertEquals(64513, open.myAs());
      assertEquals(HOLD, open.holdTime());
      assertEquals(IpAddress.of("127.0.0.1"), open.identifier());
      conversation.write(ScriptedPeer.open(Duration.ofSeconds(30)));
      assertInstanceOf(Keepalive.class, conversation.read());
      conversation.write(new Keepalive());

      assertEquals(
          new Update(
              List.of(),
              List.of(
                  Origin.IGP,
                  AsPath.of(new Asn(64513)),
                  new NextHop((Ipv4) IpAddress.of("127.0.0.1"))),
              List.of(A)),
          conversation.readUpdate());
      assertEquals(Optional.of(AddressFamily.IPV4_UNICAST), conversation.readUpdate().endOfRib());
      PeerStatus up = await(other, TOR, s -> s.prefixesSent() == 1);
      assertEquals(State.ESTABLISHED, up.state());
      assertEquals(2, up.traffic().messagesIn());
      assertEquals(4, up.traffic().messagesOut());
      Negotiated negotiated = up.negotiated().orElseThrow();
      assertEquals(Duration.ofSeconds(30), negotiated.holdTime());
      assertEquals(new Asn(ScriptedPeer.ASN), negotiated.remoteAsn());
      assertEquals(IpAddress.of("198.51.100.1"), negotiated.remoteIdentifier());

      other.apply(List.of(config), Map.of());
      assertEquals(new Update(List.of(A), List.of(), List.of()), conversation.readUpdate());
    }
    assertTrue(heard.stream().anyMatch(s -> s.state() == State.ESTABLISHED));
  }

  @Test
  void aConnectTimeChangesWithoutAndAHoldTimeWithANewSession() throws IOException {
    apply(config(TOR, tor), A);
    Conversation first = tor.establish(HOLD);
    first.readUntil(Set.of(A));

    apply(config(TOR, tor, HOLD, Duration.ofSeconds(60)), A, B);
    first.readUntil(Set.of(A, B));

    apply(config(TOR, tor, Duration.ofSeconds(30), Duration.ofSeconds(60)), A, B);
    assertEquals("Cease/Other Configuration Change (6/6)", first.readNotification().describe());
    Conversation second = tor.accept();
    assertEquals(Duration.ofSeconds(30), assertInstanceOf(Open.class, second.read()).holdTime());
  }

  @Test
  void aPeerThatIsRemovedIsToldSo() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.establish(HOLD);
    conversation.readUntil(Set.of(A));

    speaker.apply(List.of(), Map.of());

    assertEquals("Cease/Peer De-configured (6/3)", conversation.readNotification().describe());
    assertTrue(conversation.isClosedByPeer());
    assertEquals(List.of(), speaker.status());
  }

  @Test
  void closingTellsEveryPeer() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.establish(HOLD);
    conversation.readUntil(Set.of(A));
    long start = System.nanoTime();

    speaker.close();

    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
    assertEquals(
        "Cease/Administrative Shutdown (6/2) \"GitLB speaker on node-1 stops\"",
        conversation.readNotification().describe());
    assertTrue(conversation.isClosedByPeer());
    speaker.close();
    speaker.apply(List.of(config(TOR, tor)), Map.of());
  }

  /// Unread octets of the peer in our buffers must not turn the end into a reset.
  @Test
  void theCeaseArrivesThoughThePeerKeepsTalking() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.establish(HOLD);
    conversation.readUntil(Set.of(A));
    byte[] keepalives = repeat(new MessageCodec(AsWidth.FOUR_OCTETS).encode(new Keepalive()), 500);
    for (int i = 0; i < 20; i++) {
      conversation.write(keepalives);
    }

    speaker.close();

    assertEquals(6, conversation.readNotification().code());
  }

  private static byte[] repeat(byte[] octets, int times) {
    byte[] all = new byte[octets.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(octets, 0, all, i * octets.length, octets.length);
    }
    return all;
  }

  @Test
  void aPeerThatIsNotThereIsTriedAgain() throws IOException {
    int port = tor.port();
    PeerConfig config = config(TOR, tor);
    tor.close();
    apply(config, A);
    PeerStatus status = await(TOR, s -> s.lastError().isPresent());
    assertTrue(
        status.lastError().orElseThrow().failure().describe().contains("refused"),
        status::toString);

    tor = ScriptedPeer.listening(port);

    tor.establish(HOLD).readUntil(Set.of(A));
    await(TOR, s -> s.state() == State.ESTABLISHED && s.lastError().isPresent());
  }

  @Test
  void aPeerThatTalksSomethingElseIsToldAndTriedAgainAfterAWhile() throws IOException {
    apply(config(TOR, tor), A);
    Conversation first = tor.accept();
    first.write("GET / HTTP/1.1\r\nHost: bgp\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertInstanceOf(Open.class, first.read());
    assertEquals(
        "Message Header Error/Connection Not Synchronized (1/1)",
        first.readNotification().describe());
    long start = System.nanoTime();

    tor.establish(HOLD).readUntil(Set.of(A));

    assertTrue(System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(600), "not at once");
  }

  @Test
  void aSilentPeerIsDroppedWhenTheHoldTimeIsOver() throws IOException {
    apply(config(TOR, tor, Duration.ofSeconds(3), Duration.ofSeconds(1)), A);
    Conversation conversation = tor.establish(HOLD);
    long start = System.nanoTime();

    Notification notification = conversation.readNotification();

    assertEquals("Hold Timer Expired (4/0)", notification.describe());
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(waited.compareTo(Duration.ofMillis(2_500)) > 0, waited::toString);
    PeerStatus down = await(TOR, s -> s.state() != State.ESTABLISHED);
    assertEquals(0, down.prefixesSent());
    assertEquals(
        "sent Hold Timer Expired (4/0)", down.lastError().orElseThrow().failure().describe());
  }

  @Test
  void messagesMayComeOctetByOctetOrAllAtOnce() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.accept();
    MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    for (byte octet : codec.encode(ScriptedPeer.open(HOLD))) {
      conversation.write(new byte[] {octet});
    }
    conversation.write(repeat(codec.encode(new Keepalive()), 2_000));

    PeerStatus status = await(TOR, s -> s.traffic().messagesIn() == 2_001);

    assertEquals(State.ESTABLISHED, status.state());
  }

  @Test
  void receivedRoutesAreCountedAndForgotten() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.establish(HOLD);
    conversation.readUntil(Set.of(A));
    List<IpPrefix> many = hosts(0, 700).keySet().stream().toList();
    Update update =
        new Update(
            List.of(),
            List.of(
                Origin.IGP,
                AsPath.of(new Asn(ScriptedPeer.ASN)),
                new NextHop((Ipv4) IpAddress.of("192.0.2.1"))),
            many);
    byte[] octets = repeat(new MessageCodec(AsWidth.FOUR_OCTETS).encode(update), 10);
    for (int i = 0; i < 100; i++) {
      conversation.write(octets);
    }

    PeerStatus status = await(TOR, s -> s.traffic().prefixesReceived() == 700_000);

    assertEquals(State.ESTABLISHED, status.state());
  }

  /// The buffer for what comes grows from the usual messages to the longest there are.
  @Test
  void anExtendedMessageIsTaken() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.accept();
    conversation.establish(ScriptedPeer.openWith(HOLD, new Capability.ExtendedMessage()));
    conversation.readUntil(Set.of(A));
    Update update =
        new Update(
            List.of(),
            List.of(
                Origin.IGP,
                AsPath.of(new Asn(ScriptedPeer.ASN)),
                new NextHop((Ipv4) IpAddress.of("192.0.2.1"))),
            List.of(A));
    byte[] one = new MessageCodec(AsWidth.FOUR_OCTETS).encode(update);
    ByteBuffer octets = ByteBuffer.allocate(one.length + 5 * 12_000).put(one);
    hosts(0, 12_000).keySet().forEach(host -> octets.put((byte) 32).put(host.address().toBytes()));
    octets.putShort(16, (short) octets.capacity());

    conversation.write(octets.array());
    conversation.write(new Keepalive());

    PeerStatus status = await(TOR, s -> s.traffic().messagesIn() == 4);
    assertEquals(12_001, status.traffic().prefixesReceived());
    assertEquals(State.ESTABLISHED, status.state());
  }

  /// A storm of requests is answered with far fewer full tables than there were requests.
  @Test
  void requestsForAllRoutesAreCoalesced() throws IOException {
    apply(config(TOR, tor), A);
    Conversation conversation = tor.establish(HOLD);
    conversation.readUntil(Set.of(A));
    MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    RouteRefresh request = new RouteRefresh(AddressFamily.IPV4_UNICAST, RouteRefresh.REQUEST);
    long begun = System.nanoTime();
    conversation.write(repeat(codec.encode(request), 10_000));
    await(TOR, s -> s.traffic().messagesIn() == 10_002);

    apply(config(TOR, tor), A, B);
    conversation.readUntil(Set.of(A, B));

    assertTrue(conversation.updates() > 2, "at least one answer");
    // Each of the two routes, and the one before again for each burst, at most twice; a machine
    // that
    // takes seconds for it sees a table for each.
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    assertTrue(conversation.updates() <= 4 + 2 * seconds, conversation.updates() + " UPDATEs");
  }

  /// What waits for a slow peer is one difference, not the history; and nobody else waits.
  @Test
  void aPeerThatDoesNotReadDelaysNobodyAndGetsTheLastStateOnly() throws IOException {
    PeerName slowName = new PeerName("tor-2");
    try (ScriptedPeer slowTor = ScriptedPeer.listening()) {
      List<PeerConfig> peers = List.of(config(TOR, tor), config(slowName, slowTor));
      speaker.apply(peers, Map.of());
      Conversation quick = tor.establish(HOLD);
      Conversation slow = slowTor.establish(HOLD);
      int rounds = 20;
      for (int round = 0; round < rounds; round++) {
        Map<IpPrefix, RouteAttributes> routes = hosts(round * 20_000, 20_000);
        speaker.apply(peers, Map.of(TOR, routes, slowName, routes));
        quick.readUntil(routes.keySet());
      }

      slow.readUntil(hosts((rounds - 1) * 20_000, 20_000).keySet());

      assertTrue(slow.updates() < quick.updates() / 2, slow.updates() + " of " + quick.updates());
    }
  }

  @Test
  void theSourceAddressIsTheNextHop() throws IOException {
    Transport transport =
        new Transport(
            tor.address(), tor.port(), Optional.of(IpAddress.of("127.0.0.2")), Hops.MULTIPLE);
    apply(PeerConfig.of(TOR, new Asn(64513), new RemoteAs.External(), transport), A);
    Conversation conversation = tor.establish(HOLD);

    assertEquals("127.0.0.2", conversation.remoteAddress().getHostAddress());
    assertTrue(
        conversation
            .readUpdate()
            .attributes()
            .contains(new NextHop((Ipv4) IpAddress.of("127.0.0.2"))));
  }

  @Test
  void aSourceAddressThatIsNotOursIsReported() {
    Transport transport =
        new Transport(
            tor.address(), tor.port(), Optional.of(IpAddress.of("192.0.2.77")), Hops.MULTIPLE);
    apply(PeerConfig.of(TOR, new Asn(64513), new RemoteAs.External(), transport), A);

    PeerStatus status = await(TOR, s -> s.lastError().isPresent());

    assertTrue(
        status.lastError().orElseThrow().failure().describe().contains("assign"), status::toString);
  }

  @Test
  void twoPeersOfOneNameAreRefused() {
    List<PeerConfig> twice = List.of(config(TOR, tor), config(TOR, tor));

    assertThrows(IllegalArgumentException.class, () -> speaker.apply(twice, Map.of()));
  }
}
