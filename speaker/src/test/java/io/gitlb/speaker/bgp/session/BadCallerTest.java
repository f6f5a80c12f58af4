// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Octets;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Those who call us and should not, or not now; numbered as in [BadPeerTest].
class BadCallerTest {

  private static final String TOR = "tor";
  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture();

  private final ScriptedPeer tor = fixture.listen();

  @BeforeEach
  void thereIsARoute() {
    fixture.routes(Map.of(A, RouteAttributes.DEFAULT));
  }

  /// Nobody we know: closed at once, told once, and without any state; peers get through meanwhile.
  @Test
  void case13CallsOfStrangers() throws IOException {
    try (Loudness loudness = new Loudness()) {
      callsOfStrangers();
      assertEquals(
          1, loudness.lines("is no BGP peer of ours").size(), () -> loudness.lines().toString());
      // That line, that we listen, and that the peer is up.
      assertTrue(loudness.lines().size() <= 3, () -> loudness.lines().toString());
    }
  }

  private void callsOfStrangers() throws IOException {
    int port = SpeakerFixture.freePort();
    fixture.peer(SpeakerFixture.config(TOR, SpeakerFixture.passive("127.0.0.2", port)));
    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      try (Conversation stranger = tor.call("127.0.0.1", port)) {
        assertTrue(stranger.isClosedByPeer());
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, took::toString);
    assertEquals(State.ACTIVE, fixture.status(TOR).state());
    assertEquals(0, fixture.status(TOR).traffic().messagesOut());

    tor.call("127.0.0.2", port).establish(ScriptedPeer.open(SpeakerFixture.HOLD));
    fixture.await(TOR, s -> s.state() == State.ESTABLISHED);
  }

  /// A configured peer that calls over and over gets one conversation a second at most.
  @Test
  void case13CallsOfAPeerAllTheTime() throws IOException {
    try (Loudness loudness = new Loudness()) {
      int opens = callsOfAPeer();
      assertTrue(opens >= 1 && opens <= 3, opens + " conversations");
      // That we listen; then one for each conversation at most.
      assertTrue(loudness.lines().size() <= 1 + opens, () -> loudness.lines().toString());
    }
  }

  private int callsOfAPeer() throws IOException {
    int port = SpeakerFixture.freePort();
    fixture.peer(SpeakerFixture.config(TOR, SpeakerFixture.passive("127.0.0.1", port)));
    long start = System.nanoTime();
    int opens = 0;
    while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(2_500)) {
      try (Conversation call = tor.call("127.0.0.1", port)) {
        assertInstanceOf(Open.class, call.read());
        opens++;
        call.write(new Notification(6, 2, Octets.EMPTY));
      } catch (EOFException | SocketException _) {
        // closed at once
      }
    }
    return opens;
  }

  /// The peer has the higher identifier, so its own connection stays; or the lower, and ours does.
  @ParameterizedTest
  @CsvSource({"198.51.100.1, theirs", "10.0.0.1, ours"})
  void case15ASecondConnection(String identifier, String survivor) throws IOException {
    int port = SpeakerFixture.freePort();
    fixture.peer(SpeakerFixture.config("door", SpeakerFixture.passive("127.0.0.9", port)));
    fixture.peer(SpeakerFixture.config(TOR, tor));
    Open open = ScriptedPeer.open(SpeakerFixture.HOLD, identifier);
    Conversation ours = tor.accept();
    assertInstanceOf(Open.class, ours.read());
    ours.write(open);
    assertInstanceOf(Keepalive.class, ours.read());
    Conversation theirs = tor.call("127.0.0.1", port);
    assertInstanceOf(Open.class, theirs.read());
    theirs.write(open);
    boolean theirsStays = survivor.equals("theirs");
    Conversation stays = theirsStays ? theirs : ours;
    Conversation ends = theirsStays ? ours : theirs;

    if (theirsStays) {
      assertInstanceOf(Keepalive.class, stays.read());
    }
    stays.write(new Keepalive());

    assertEquals(Notification.connectionCollision(), ends.readNotification());
    assertTrue(ends.isClosedByPeer());
    stays.readUntil(Set.of(A));
    assertEquals(State.ESTABLISHED, fixture.await(TOR, s -> s.prefixesSent() == 1).state());
  }

  /// A session that has been up stays, unless the peer is one that comes back from a restart.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void case15ASecondConnectionBesideASession(boolean restarts) throws IOException {
    int port = SpeakerFixture.freePort();
    fixture.peer(SpeakerFixture.config(TOR, SpeakerFixture.passive("127.0.0.1", port)));
    Open open = restarts ? restarting() : ScriptedPeer.open(SpeakerFixture.HOLD);
    Conversation first = tor.call("127.0.0.1", port);
    first.establish(open);
    first.readUntil(Set.of(A));
    first.write(new Keepalive());
    fixture.await(TOR, s -> s.traffic().messagesIn() == 3);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_100)); // calls are rationed

    Conversation second = tor.call("127.0.0.1", port);
    assertInstanceOf(Open.class, second.read());
    second.write(open);

    if (restarts) {
      assertTrue(first.isClosedByPeer());
      assertInstanceOf(Keepalive.class, second.read());
      second.write(new Keepalive());
      second.readUntil(Set.of(A));
    } else {
      assertEquals(Notification.connectionCollision(), second.readNotification());
      first.write(new Keepalive());
      assertEquals(State.ESTABLISHED, fixture.status(TOR).state());
    }
  }

  private static Open restarting() {
    return ScriptedPeer.openWith(
        SpeakerFixture.HOLD,
        new Capability.GracefulRestart(
            Set.of(),
            Duration.ofMinutes(2),
            List.of(
                new Capability.PreservedFamily(
                    AddressFamily.IPV4_UNICAST, Capability.Forwarding.PRESERVED))));
  }
}
