// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.PeerPath;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Only its document's name is another one, or that and more.
class RenamedPeerTest {

  private static final IpPrefix A = IpPrefix.of("203.0.113.1/32");
  private static final IpPrefix B = IpPrefix.of("203.0.113.2/32");

  /// We close a connection that the peer leaves open after a second.
  private static final Duration CLOSED = Duration.ofMillis(900);

  @RegisterExtension final SpeakerFixture ours = new SpeakerFixture();

  private final ScriptedPeer tor = ours.listen();

  @BeforeEach
  void start() {
    ours.peer(SpeakerFixture.config("tor-1", tor));
    ours.routes(Map.of(A, RouteAttributes.DEFAULT));
  }

  @Test
  void theSessionGoesOnUnderTheOtherName() throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(Set.of(A));
    Instant since = ours.await("tor-1", s -> s.state() == State.ESTABLISHED).since();

    ours.rename("tor-1", ours.config("tor-1").withName(SpeakerFixture.name("leaf-1")));
    ours.routes(Map.of(B, RouteAttributes.DEFAULT));

    conversation.readUntil(Set.of(B));
    PeerStatus status = ours.await("leaf-1", s -> s.state() == State.ESTABLISHED);
    assertEquals(since, status.since());
    assertEquals(1, ours.speaker.status().size());
    assertTrue(tor.isLeftAlone(Duration.ofMillis(300)), "there is a session");
  }

  @Test
  void withOtherSettingsTheOldSessionEndsBeforeTheNewOneIsDialled() throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    ours.await("tor-1", s -> s.state() == State.ESTABLISHED);
    PeerConfig before = ours.config("tor-1");
    long begun = System.nanoTime();

    ours.rename(
        "tor-1",
        before
            .withName(SpeakerFixture.name("leaf-1"))
            .withTimes(SpeakerFixture.times(Duration.ofSeconds(30))));

    assertDialledWhenClosed(begun);
  }

  @Test
  void anEditedPeerIsDialledWhenItsOldSessionHasEnded() throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    ours.await("tor-1", s -> s.state() == State.ESTABLISHED);
    long begun = System.nanoTime();

    ours.peer(ours.config("tor-1").withTimes(SpeakerFixture.times(Duration.ofSeconds(30))));

    assertDialledWhenClosed(begun);
  }

  /// The edit before it is not dialled at all.
  @Test
  void ofTwoEditsInARowTheLastOneIsDialled() throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    ours.await("tor-1", s -> s.state() == State.ESTABLISHED);
    long begun = System.nanoTime();

    ours.peer(ours.config("tor-1").withTimes(SpeakerFixture.times(Duration.ofSeconds(30))));
    ours.peer(ours.config("tor-1").withTimes(SpeakerFixture.times(Duration.ofSeconds(60))));

    assertDialledWhenClosed(begun);
    assertTrue(tor.isLeftAlone(Duration.ofMillis(500)), "there is a session");
    assertEquals(
        Duration.ofSeconds(60), ours.status("tor-1").negotiated().orElseThrow().holdTime());
  }

  @Test
  void aPeerThatIsRemovedMeanwhileIsNotDialled() throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    ours.await("tor-1", s -> s.state() == State.ESTABLISHED);

    ours.peer(ours.config("tor-1").withTimes(SpeakerFixture.times(Duration.ofSeconds(30))));
    ours.remove("tor-1");

    assertTrue(tor.isLeftAlone(Duration.ofSeconds(2)), "it is gone");
  }

  /// Two peers change places: each router hears of the end before the beginning.
  @Test
  void namesMayBeSwapped() throws IOException {
    try (ScriptedPeer other = ScriptedPeer.listening(0, "127.0.0.2")) {
      ours.peer(SpeakerFixture.config("tor-2", other));
      tor.establish(SpeakerFixture.HOLD).readUntil(Set.of(A));
      other.establish(SpeakerFixture.HOLD).readUntil(Set.of(A));
      Transport first = ours.config("tor-1").transport();
      Transport second = ours.config("tor-2").transport();
      Instant one = ours.await("tor-1", s -> s.state() == State.ESTABLISHED).since();
      Instant two = ours.await("tor-2", s -> s.state() == State.ESTABLISHED).since();

      ours.peers(
          ours.config("tor-1").withTransport(second), ours.config("tor-2").withTransport(first));

      assertEquals(
          one, ours.await("tor-2", s -> s.peerAddress().equals(first.peerAddress())).since());
      assertEquals(
          two, ours.await("tor-1", s -> s.peerAddress().equals(second.peerAddress())).since());
    }
  }

  /// BFD hears of another name a moment before we do.
  @Test
  void aPathIsLostUnderTheNameThatIsToCome() throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(Set.of(A));
    conversation.readUpdate(); // End-of-RIB.
    PeerPath path = ours.config("tor-1").transport().path();

    ours.speaker.pathLost(SpeakerFixture.name("leaf-1"), path);
    ours.rename("tor-1", ours.config("tor-1").withName(SpeakerFixture.name("leaf-1")));

    assertEquals(Notification.bfdDown(), conversation.readBeyondKeepalives());
    conversation.close();
    ours.speaker.pathBack(SpeakerFixture.name("tor-1"), path);
    tor.establish(SpeakerFixture.HOLD).readUntil(Set.of(A));
  }

  @Test
  void aPathIsLostToItsPeerWhoeverHasTheName() throws IOException {
    try (ScriptedPeer other = ScriptedPeer.listening(0, "127.0.0.2")) {
      ours.peer(SpeakerFixture.config("tor-2", other));
      Conversation conversation = tor.establish(SpeakerFixture.HOLD);
      conversation.readUntil(Set.of(A));
      conversation.readUpdate(); // End-of-RIB.
      other.establish(SpeakerFixture.HOLD).readUntil(Set.of(A));

      ours.speaker.pathLost(SpeakerFixture.name("tor-2"), ours.config("tor-1").transport().path());

      assertEquals(Notification.bfdDown(), conversation.readBeyondKeepalives());
      assertEquals(State.ESTABLISHED, ours.status("tor-2").state());
    }
  }

  private void assertDialledWhenClosed(long begun) throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(CLOSED) > 0, () -> "the old connection was open: " + took);
  }
}
