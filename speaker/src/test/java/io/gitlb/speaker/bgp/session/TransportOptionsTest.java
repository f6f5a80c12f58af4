// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two speakers on loopback, one that dials and one that is called, with what a connection can have
/// besides.
class TransportOptionsTest {

  private static final String PEER = "other";
  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");

  /// How long a session that must not come up is given.
  private static final Duration IN_VAIN = Duration.ofSeconds(1);

  private final SpeakerFixture dials = new SpeakerFixture();
  private final SpeakerFixture listens = new SpeakerFixture();

  @BeforeEach
  void needsEpoll() {
    assumeTrue(Epoll.isAvailable());
  }

  @AfterEach
  void stop() {
    dials.close();
    listens.close();
  }

  private static PeerConfig config(Transport transport) {
    return SpeakerFixture.config(PEER, transport);
  }

  /// Both sides are at the one address.
  private static Transport at(String loopback, int port) {
    return new Transport(IpAddress.of(loopback), port, Optional.empty(), Hops.SINGLE);
  }

  private void connect(
      String loopback, UnaryOperator<Transport> callers, UnaryOperator<Transport> listeners)
      throws IOException {
    int port = SpeakerFixture.freePort();
    Transport there = at(loopback, port);
    listens.peer(
        config(listeners.apply(there.withInitiative(Initiative.PASSIVE)))
            .withRouterId((Ipv4) IpAddress.of("10.0.0.2")));
    dials.peer(swapped(config(callers.apply(there))));
    dials.routes(Map.of(A, RouteAttributes.DEFAULT));
  }

  /// The other end of [#config]: the AS numbers swapped.
  private static PeerConfig swapped(PeerConfig config) {
    return PeerConfig.of(
            config.name(),
            new Asn(ScriptedPeer.ASN),
            new RemoteAs.Exactly(SpeakerFixture.LOCAL),
            config.transport())
        .withTimes(config.times())
        .withRouterId((Ipv4) IpAddress.of("10.0.0.1"));
  }

  private void assertUp() {
    dials.await(PEER, status -> status.state() == State.ESTABLISHED);
    listens.await(PEER, status -> status.state() == State.ESTABLISHED);
  }

  private void assertStaysDown() throws InterruptedException {
    Thread.sleep(IN_VAIN);
    assertNotEquals(State.ESTABLISHED, dials.status(PEER).state());
    assertNotEquals(State.ESTABLISHED, listens.status(PEER).state());
  }

  private static Password key(String text) {
    return Password.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aPassivePeerIsWaitedFor(String loopback) throws IOException {
    connect(loopback, UnaryOperator.identity(), UnaryOperator.identity());
    assertUp();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void segmentsAreSigned(String loopback) throws IOException {
    connect(loopback, there -> there.withKey(key("s3cr3t")), there -> there.withKey(key("s3cr3t")));
    assertUp();
  }

  @Test
  void anotherKeyOrNoneKeepsTheSessionDown() throws IOException, InterruptedException {
    connect("127.0.0.1", there -> there, there -> there.withKey(key("s3cr3t")));
    assertStaysDown();
    PeerConfig plain = dials.config(PEER);
    dials.peer(plain.withTransport(plain.transport().withKey(key("guessed"))));
    assertStaysDown();

    dials.peer(plain.withTransport(plain.transport().withKey(key("s3cr3t"))));

    assertUp();
  }

  /// The router is at one address; ours, and so the sessions, differ.
  @Test
  void eachAddressOfOursHasThePasswordsOfItsOwnPeers() throws IOException {
    int port = SpeakerFixture.freePort();
    String[] ours = {"127.0.0.2", "127.0.0.3", "127.0.0.1"};
    for (String own : ours) {
      // One is waited for at every address.
      Transport router =
          own.equals("127.0.0.1") ? at("127.0.0.9", port) : between("127.0.0.9", own, port);
      listens.peer(
          SpeakerFixture.config(
                  "of-" + own, router.withInitiative(Initiative.PASSIVE).withKey(key("of " + own)))
              .withRouterId((Ipv4) IpAddress.of("10.0.0.2")));
    }
    for (String own : ours) {
      dials.peer(
          swapped(
              SpeakerFixture.config(
                  "of-" + own, between(own, "127.0.0.9", port).withKey(key("of " + own)))));
    }

    for (String own : ours) {
      listens.await("of-" + own, status -> status.state() == State.ESTABLISHED);
      dials.await("of-" + own, status -> status.state() == State.ESTABLISHED);
    }
  }

  private static Transport between(String address, String source, int port) {
    return new Transport(
        IpAddress.of(address), port, Optional.of(IpAddress.of(source)), Hops.SINGLE);
  }

  /// A key that changes live resets this session and no other.
  @Test
  void aNewKeyMakesANewSessionOfThatPeerAlone() throws IOException {
    connect("127.0.0.1", there -> there.withKey(key("old")), there -> there.withKey(key("old")));
    assertUp();
    try (ScriptedPeer tor = ScriptedPeer.listening(0, "127.0.0.3")) {
      listens.peer(SpeakerFixture.config("tor", tor));
      tor.establish(SpeakerFixture.HOLD);
      Instant since = listens.await("tor", s -> s.state() == State.ESTABLISHED).since();
      Instant before = dials.status(PEER).since();

      for (SpeakerFixture side : new SpeakerFixture[] {listens, dials}) {
        PeerConfig old = side.config(PEER);
        side.peer(old.withTransport(old.transport().withKey(key("new"))));
      }

      dials.await(PEER, s -> s.state() == State.ESTABLISHED && s.since().isAfter(before));
      assertUp();
      assertEquals(since, listens.status("tor").since());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void ttlSecurityLetsANeighbourIn(String loopback) throws IOException {
    connect(loopback, there -> there.withTtlSecurity(1), there -> there.withTtlSecurity(1));
    assertUp();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void ttlSecurityKeepsOutWhoeverIsFurtherAway(String loopback)
      throws IOException, InterruptedException {
    connect(loopback, there -> there, there -> there.withTtlSecurity(1));
    assertStaysDown();
  }

  @Test
  void aConnectionIsBoundToItsDevice() throws IOException {
    connect("127.0.0.1", there -> there.withDevice("lo"), there -> there);
    assertUp();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aPassivePeerIsWaitedForOnItsDevice(String loopback) throws IOException {
    connect(loopback, there -> there, there -> there.withDevice("lo").withKey(key("s3cr3t")));
    PeerConfig plain = dials.config(PEER);
    dials.peer(plain.withTransport(plain.transport().withKey(key("s3cr3t"))));
    assertUp();
  }

  /// Nothing listens in another VRF than is meant, and what is there goes on.
  @Test
  void aPassivePeerOfADeviceThatIsNotThereIsNotWaitedFor()
      throws IOException, InterruptedException {
    connect("127.0.0.1", there -> there, there -> there.withDevice("gone0"));
    assertStaysDown();

    PeerConfig lost = listens.config(PEER);
    listens.peer(lost.withTransport(lost.transport().withDevice("lo")));

    assertUp();
  }

  @Test
  void aDeviceThatIsNotThereIsReported() throws IOException {
    connect("127.0.0.1", there -> there.withDevice("gone0"), there -> there);

    PeerStatus status = dials.await(PEER, s -> s.lastError().isPresent());

    assertTrue(
        status.lastError().orElseThrow().failure().describe().contains("No such device"),
        status::toString);
  }

  /// Where no peer is passive the port stays free for another BGP speaker of the node.
  @Test
  void itListensOnlyWhileAPeerIsPassive() throws IOException, InterruptedException {
    connect("127.0.0.1", there -> there, there -> there);
    assertUp();
    int port = dials.config(PEER).transport().port();

    listens.remove(PEER);

    dials.await(PEER, s -> s.state() != State.ESTABLISHED);
    try (ScriptedPeer other = ScriptedPeer.listening(port)) {
      other.accept();
    }
  }
}
