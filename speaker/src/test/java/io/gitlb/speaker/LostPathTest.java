// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterEnd;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.session.ScriptedPeer;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD and BGP with one router, wired as in the speaker: what becomes of the session when the
/// router's BFD falls silent.
@Tag("alone")
final class LostPathTest {

  private static final Duration HOLD = PathFixture.HOLD;

  /// Of the router's silence: 10 packets, 100 ms apart.
  private static final Duration DETECTION = Duration.ofSeconds(1);

  /// From the end of the detection time to our NOTIFICATION.
  private static final Duration SLACK = Duration.ofMillis(100);

  @RegisterExtension final PathFixture path = new PathFixture();

  private final RouterEnd router = path.router;
  private final ScriptedPeer tor = path.tor;
  private final RouterWatch watch = path.watch;

  @Test
  void theSessionEndsWithBfdDownAndTheNextOneWaitsForThePath() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    Duration fastest = HOLD;
    for (int round = 0; round < 2; round++) {
      Conversation conversation;
      try (RouterEnd.Beat _ = router.beating()) {
        conversation = establish(open(Set.of()));
        RouterEnd.await(() -> router.heardState() == SessionState.UP);
      }
      Notification told = conversation.readNotification();
      Duration took = Duration.ofNanos(System.nanoTime() - router.lastSent());
      assertEquals("Cease/BFD Down (6/10)", told.describe());
      fastest = took.compareTo(fastest) < 0 ? took : fastest;
      assertTrue(tor.isLeftAlone(Duration.ofSeconds(3)), "BFD is still down");
    }
    // The better of two: a machine may be busy for a moment.
    Duration best = fastest;
    assertTrue(best.compareTo(DETECTION.plus(SLACK)) < 0, () -> "after " + best);
  }

  @Test
  void aPeerThatKeepsRoutesOverNotificationsIsToldToDropThem() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    Conversation conversation;
    try (RouterEnd.Beat _ = router.beating()) {
      conversation = establish(open(Set.of(RestartFlag.NOTIFICATION)));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
    }
    Notification told = conversation.readNotification();
    assertEquals("Cease/Hard Reset (6/9): Cease/BFD Down (6/10)", told.describe());
    assertEquals("060a", told.data().toString());
  }

  @Test
  void aRouterThatHasShutBfdIsNotWaitedFor() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    loseThePath();
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(2)), "BFD is still down");
    router.send(router.packet(SessionState.ADMIN_DOWN, 0));
    RouterEnd.await(
        () -> {
          watch.look();
          return path.dialledBy(Duration.ofMillis(200));
        });
  }

  @Test
  void aPeerWithoutBfdAnyMoreIsNotWaitedFor() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    loseThePath();
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(2)), "BFD is still down");
    apply(Optional.empty());
    establish(open(Set.of()));
  }

  /// The edit makes a new session with the same router, over the path that is lost.
  @Test
  void anEditedPeerWaitsForThePathToo() throws Exception {
    apply(path.peer("tor-a", tor, HOLD));
    loseThePath();
    apply(path.peer("tor-a", tor, Duration.ofSeconds(60)));
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(3)), "BFD is still down");
    try (RouterEnd.Beat _ = router.beating()) {
      establish(open(Set.of()));
    }
  }

  @Test
  void aPeerWithAnotherNameWaitsForThePathToo() throws Exception {
    apply(path.peer("tor-a", tor, HOLD));
    loseThePath();
    apply(path.peer("tor-b", tor, HOLD));
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(3)), "BFD is still down");
    try (RouterEnd.Beat _ = router.beating()) {
      establish(open(Set.of()));
    }
  }

  /// Another address is another path, of which nothing is known.
  @Test
  void aPeerThatMovesToAnotherAddressWaitsForNothing() throws Exception {
    apply(path.peer("tor-a", tor, HOLD));
    loseThePath();
    try (ScriptedPeer elsewhere = ScriptedPeer.listening(0, "127.0.0.99")) {
      apply(path.peer("tor-a", elsewhere, HOLD));
      elsewhere.establish(HOLD);
    }
  }

  /// FRR, for one, takes the end of BFD for a failure and says so by a Cease of its own.
  @Test
  void aPeerThatIsRemovedHearsSoByBgpBeforeBfdEnds() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    try (RouterEnd.Beat _ = router.beating()) {
      Conversation conversation = establish(open(Set.of()));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
      path.apply(List.of());
      assertEquals("Cease/Peer De-configured (6/3)", conversation.readNotification().describe());
      watch.look();
      TimeUnit.MILLISECONDS.sleep(300);
      assertEquals(SessionState.UP, router.heardState());
      watch.look();
      RouterEnd.await(() -> router.heardState() == SessionState.ADMIN_DOWN);
    }
  }

  /// A session that goes on has nothing to tell anew.
  @Test
  void aPeerThatIsBackBeforeBfdEndsFindsItUp() throws Exception {
    apply(Optional.of(PathFixture.BFD));
    try (RouterEnd.Beat _ = router.beating()) {
      Conversation _ = establish(open(Set.of()));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
      RouterEnd.await(() -> path.bfd.getLast().getFirst().state().equals("Up"));
      path.apply(List.of());
      assertEquals(List.of(), path.bfd.getLast());
      watch.look();
      apply(Optional.of(PathFixture.BFD));
      assertEquals("Up", path.bfd.getLast().getFirst().state());
      watch.look();
      watch.look();
      TimeUnit.MILLISECONDS.sleep(300);
      assertEquals(SessionState.UP, router.heardState());
    }
  }

  private void loseThePath() throws Exception {
    Conversation conversation;
    try (RouterEnd.Beat _ = router.beating()) {
      conversation = establish(open(Set.of()));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
    }
    assertEquals("Cease/BFD Down (6/10)", conversation.readNotification().describe());
  }

  private Conversation establish(Open open) throws Exception {
    Conversation conversation = tor.accept();
    conversation.establish(open);
    return conversation;
  }

  private static Open open(Set<RestartFlag> flags) {
    return ScriptedPeer.openWith(
        HOLD, new Capability.GracefulRestart(flags, Duration.ofMinutes(2), List.of()));
  }

  private void apply(Optional<BfdSettings> bfd) {
    PeerSettings peer = path.peer("tor-a", tor, HOLD);
    apply(peer.withExtras(peer.extras().withBfd(bfd)));
  }

  private void apply(PeerSettings peer) {
    path.apply(List.of(peer));
  }
}
