// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterEnd;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.bgp.session.ScriptedPeer;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// BFD and BGP with one router, wired as in the speaker: what becomes of the session when the
/// router's BFD falls silent.
@Tag("alone")
final class LostPathTest {

  private static final Duration HOLD = Duration.ofSeconds(90);

  /// Of the router's silence: 10 packets, 100 ms apart.
  private static final Duration DETECTION = Duration.ofSeconds(1);

  /// From the end of the detection time to our NOTIFICATION.
  private static final Duration SLACK = Duration.ofMillis(100);

  private static final BfdSettings BFD =
      new BfdSettings(
          Duration.ofMillis(100), Duration.ofMillis(100), 10, BfdSettings.Role.ACTIVE, 254);

  private RouterEnd router;
  private ScriptedPeer tor;
  private BgpSpeaker speaker;
  private BgpExports exports;
  private RouterWatch watch;
  private final Deque<List<BfdStatus>> bfd = new ConcurrentLinkedDeque<>();

  @BeforeEach
  void start() throws Exception {
    router = new RouterEnd(Hops.SINGLE);
    tor = ScriptedPeer.listening(0, router.theirs().toString());
    speaker = BgpSpeaker.start(DesiredStates.SELF, InstantSource.system(), _ -> {});
    exports = BgpExportsTest.warm(speaker);
    watch =
        new RouterWatch(
            RouterWatch.PathListener.of(speaker), all -> bfd.addLast(all), InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    speaker.close();
    watch.close();
    tor.close();
    router.close();
  }

  @Test
  void theSessionEndsWithBfdDownAndTheNextOneWaitsForThePath() throws Exception {
    apply(Optional.of(BFD));
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
    apply(Optional.of(BFD));
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
    apply(Optional.of(BFD));
    loseThePath();
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(2)), "BFD is still down");
    router.send(router.packet(SessionState.ADMIN_DOWN, 0));
    RouterEnd.await(
        () -> {
          watch.look();
          return dialledBy(Duration.ofMillis(200));
        });
  }

  @Test
  void aPeerWithoutBfdAnyMoreIsNotWaitedFor() throws Exception {
    apply(Optional.of(BFD));
    loseThePath();
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(2)), "BFD is still down");
    apply(Optional.empty());
    establish(open(Set.of()));
  }

  /// The edit makes a new session with the same router, over the path that is lost.
  @Test
  void anEditedPeerWaitsForThePathToo() throws Exception {
    apply(peer("tor-a", tor, HOLD));
    loseThePath();
    apply(peer("tor-a", tor, Duration.ofSeconds(60)));
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(3)), "BFD is still down");
    try (RouterEnd.Beat _ = router.beating()) {
      establish(open(Set.of()));
    }
  }

  @Test
  void aPeerWithAnotherNameWaitsForThePathToo() throws Exception {
    apply(peer("tor-a", tor, HOLD));
    loseThePath();
    apply(peer("tor-b", tor, HOLD));
    assertTrue(tor.isLeftAlone(Duration.ofSeconds(3)), "BFD is still down");
    try (RouterEnd.Beat _ = router.beating()) {
      establish(open(Set.of()));
    }
  }

  /// Another address is another path, of which nothing is known.
  @Test
  void aPeerThatMovesToAnotherAddressWaitsForNothing() throws Exception {
    apply(peer("tor-a", tor, HOLD));
    loseThePath();
    try (ScriptedPeer elsewhere = ScriptedPeer.listening(0, "127.0.0.99")) {
      apply(peer("tor-a", elsewhere, HOLD));
      elsewhere.establish(HOLD);
    }
  }

  /// FRR, for one, takes the end of BFD for a failure and says so by a Cease of its own.
  @Test
  void aPeerThatIsRemovedHearsSoByBgpBeforeBfdEnds() throws Exception {
    apply(Optional.of(BFD));
    try (RouterEnd.Beat _ = router.beating()) {
      Conversation conversation = establish(open(Set.of()));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
      apply(List.of());
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
    apply(Optional.of(BFD));
    try (RouterEnd.Beat _ = router.beating()) {
      Conversation _ = establish(open(Set.of()));
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
      RouterEnd.await(() -> bfd.getLast().getFirst().state().equals("Up"));
      apply(List.of());
      assertEquals(List.of(), bfd.getLast());
      watch.look();
      apply(Optional.of(BFD));
      assertEquals("Up", bfd.getLast().getFirst().state());
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

  private boolean dialledBy(Duration time) {
    try {
      return !tor.isLeftAlone(time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Conversation establish(Open open) throws Exception {
    Conversation conversation = tor.accept();
    conversation.establish(open);
    return conversation;
  }

  private static Open open(Set<RestartFlag> flags) {
    return new Open(
        ScriptedPeer.ASN,
        HOLD,
        (Ipv4) IpAddress.of("198.51.100.1"),
        List.of(
            new Capability.Multiprotocol(AddressFamily.IPV4_UNICAST),
            new Capability.FourOctetAs(ScriptedPeer.ASN),
            new Capability.GracefulRestart(flags, Duration.ofMinutes(2), List.of())));
  }

  private void apply(Optional<BfdSettings> bfd) {
    PeerSettings peer = peer("tor-a", tor, HOLD);
    apply(peer.withExtras(peer.extras().withBfd(bfd)));
  }

  private void apply(PeerSettings peer) {
    apply(List.of(peer));
  }

  /// In the order of the speaker.
  private void apply(List<PeerSettings> peers) {
    DesiredState state = DesiredStates.state(1, peers);
    watch.apply(state);
    exports.apply(state);
  }

  private PeerSettings peer(String name, ScriptedPeer where, Duration holdTime) {
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_513),
        new PeerSettings.RemoteAs.Exactly(new Asn(ScriptedPeer.ASN)),
        where.address(),
        where.port(),
        holdTime,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(router.ours()),
        Hops.SINGLE,
        new Extras(
                new TreeSet<>(List.of(IpFamily.IPV4)),
                Optional.of(Duration.ofMinutes(1)),
                Optional.empty())
            .withBfd(Optional.of(BFD)));
  }
}
