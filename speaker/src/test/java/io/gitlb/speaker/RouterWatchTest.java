// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterEnd;
import io.gitlb.speaker.bfd.session.RouterListener;
import io.gitlb.speaker.bfd.session.RouterPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RouterWatchTest {

  private static final BfdSettings FAST =
      new BfdSettings(
          Duration.ofMillis(300), Duration.ofMillis(300), 3, BfdSettings.Role.PASSIVE, 254);

  @Test
  void peersOfOnePathShareASessionAndThoseWithoutBfdHaveNone() {
    List<PeerName> lost = new ArrayList<>();
    Deque<List<BfdStatus>> told = new ConcurrentLinkedDeque<>();
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    try (RouterWatch watch =
        new RouterWatch(
            hearing(lost), all -> told.addLast(all), InstantSource.fixed(now), () -> _ -> true)) {
      watch.apply(state(peer("plain", 1, Optional.empty())));
      assertEquals(0, told.size(), "nobody asks for BFD");
      watch.apply(
          state(
              peer("a", 179, Optional.of(FAST)),
              peer("b", 1_179, Optional.of(FAST)),
              peer("plain", 2_179, Optional.empty())));
      BfdStatus only = told.getLast().getFirst();
      assertEquals(1, told.getLast().size());
      assertEquals(new TreeSet<>(List.of(new PeerName("a"), new PeerName("b"))), only.peers());
      assertEquals("Down", only.state());
      assertEquals(now, only.since());
      assertEquals(Duration.ZERO, only.echoInterval());
      watch.apply(state());
      assertEquals(List.of(), told.getLast());
    }
    assertEquals(List.of(), lost);
  }

  /// By Poll (RFC 5880 section 6.8.3): neither end hears that anything was down.
  @Test
  void aSharedSessionTakesTheTermsOfWhoIsLeftWithoutAnEnd() throws Exception {
    BfdSettings slower =
        new BfdSettings(
            Duration.ofMillis(700), Duration.ofMillis(600), 5, BfdSettings.Role.ACTIVE, 254);
    List<PeerName> lost = new CopyOnWriteArrayList<>();
    Deque<List<BfdStatus>> told = new ConcurrentLinkedDeque<>();
    try (RouterEnd router = new RouterEnd(Hops.SINGLE);
        RouterWatch watch =
            new RouterWatch(
                hearing(lost), all -> told.addLast(all), InstantSource.system(), () -> _ -> true)) {
      PeerSettings a = at(router, "a", FAST);
      PeerSettings b = at(router, "b", slower);
      watch.apply(state(a, b));
      try (RouterEnd.Beat _ = router.beating()) {
        RouterEnd.await(() -> told.getLast().getFirst().state().equals("Up"));
        BfdStatus shared = told.getLast().getFirst();
        assertEquals(new TreeSet<>(List.of(a.name(), b.name())), shared.peers());
        assertEquals(
            Optional.of("watched as the BFDProfile of peer a says; that of b says something else"),
            shared.diagnostic());
        RouterEnd.await(() -> router.promised().equals(Duration.ofMillis(300)));
        router.send(router.packet(SessionState.UP, RouterEnd.FINAL));
        RouterEnd.await(() -> !router.isPolled());
        watch.apply(state(b));
        RouterEnd.await(() -> router.promised().equals(Duration.ofMillis(600)));
        assertTrue(router.isPolled(), "a slower pace without Poll");
        BfdStatus left = told.getLast().getFirst();
        assertEquals(Set.of(b.name()), left.peers());
        assertEquals(Optional.empty(), left.diagnostic());
        assertEquals(shared.since(), left.since(), "began anew");
        assertEquals(SessionState.UP, router.heardState());
        assertEquals(List.of(), lost);
      }
    }
  }

  private static PeerSettings at(RouterEnd router, String name, BfdSettings bfd) {
    return peer(name, 179, Optional.of(bfd), router.theirs().toString(), router.ours().toString());
  }

  /// The status names no path, but a new one begins anew.
  @Test
  void aRouterOfTheOwnAsIsLookedForWhereItIsNow() {
    Deque<List<BfdStatus>> told = new ConcurrentLinkedDeque<>();
    AtomicBoolean onLink = new AtomicBoolean(true);
    Iterator<Instant> times =
        Stream.iterate(Instant.parse("2026-01-31T12:00:00Z"), time -> time.plusSeconds(1))
            .iterator();
    try (RouterWatch watch =
        new RouterWatch(
            hearing(new ArrayList<>()),
            all -> told.addLast(all),
            times::next,
            () -> _ -> onLink.get())) {
      watch.apply(state(internal(peer("a", 179, Optional.of(FAST)))));
      Instant first = told.getLast().getFirst().since();
      watch.look();
      assertEquals(first, told.getLast().getFirst().since());
      onLink.set(false);
      watch.look();
      assertNotEquals(first, told.getLast().getFirst().since());
      assertEquals(1, told.getLast().size());
    }
  }

  @Test
  void eachOfManyPathsThatIsBackIsToldToItsOwnPeers() {
    List<String> heard = new ArrayList<>();
    try (RouterWatch watch =
        new RouterWatch(hearing(heard::add), _ -> {}, InstantSource.system(), () -> _ -> true)) {
      List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
      watch.apply(
          state(
              names.stream()
                  .map(name -> at("127.0.3.1" + name.charAt(0) % 10, name))
                  .toArray(PeerSettings[]::new)));
      RouterListener sessions = watch.listener();
      List<RouterPath> paths =
          names.stream().map(name -> path("127.0.3.1" + name.charAt(0) % 10)).toList();
      paths.forEach(path -> sessions.lost(path));
      heard.clear();
      List<String> expected = new ArrayList<>();
      for (int i : new int[] {3, 1, 5, 4, 0, 6, 2}) {
        sessions.changed(paths.get(i), SessionState.UP, Diagnostic.NONE);
        expected.add(names.get(i) + " back");
        assertEquals(expected, heard);
      }
    }
  }

  private static RouterPath path(String remote) {
    return new RouterPath(
        IpAddress.of(remote), "", Optional.of(IpAddress.of("127.0.3.1")), Hops.SINGLE);
  }

  private static RouterWatch.PathListener hearing(Consumer<String> heard) {
    return new RouterWatch.PathListener() {
      @Override
      public void lost(PeerName peer, RouterPath path) {
        heard.accept(peer + " lost");
      }

      @Override
      public void back(PeerName peer, RouterPath path) {
        heard.accept(peer + " back");
      }
    };
  }

  private static PeerSettings at(String address, String name) {
    return peer(name, 179, Optional.of(FAST), address);
  }

  /// Neither a status nor a file that somebody waits for may hold up what sends packets.
  @Test
  void theThreadOfTheSessionsWaitsForNobody() throws InterruptedException {
    List<PeerName> lost = new ArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    AtomicBoolean slow = new AtomicBoolean();
    Runnable slowly =
        () -> {
          if (slow.get()) {
            begun.countDown();
            awaitQuietly(over);
          }
        };
    try (RouterWatch watch =
        new RouterWatch(
            hearing(lost),
            _ -> slowly.run(),
            InstantSource.system(),
            () -> {
              slowly.run();
              return _ -> true;
            })) {
      watch.apply(state(internal(peer("a", 179, Optional.of(FAST)))));
      slow.set(true);
      Thread looking = Thread.ofVirtual().start(watch::look);
      RouterPath path =
          new RouterPath(
              IpAddress.of("127.0.3.2"), "", Optional.of(IpAddress.of("127.0.3.1")), Hops.SINGLE);
      RouterListener sessions = watch.listener();
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> {
            sessions.changed(path, SessionState.UP, Diagnostic.NONE);
            begun.await();
            sessions.changed(path, SessionState.DOWN, Diagnostic.DETECTION_TIME_EXPIRED);
            sessions.lost(path);
          });
      assertEquals(List.of(new PeerName("a")), lost);
      over.countDown();
      looking.join();
    }
  }

  private static void awaitQuietly(CountDownLatch over) {
    try {
      over.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static PeerSettings internal(PeerSettings peer) {
    return PeerDraft.of(peer).peerAs(new PeerSettings.RemoteAs.Exactly(peer.myAsn())).settings();
  }

  private static RouterWatch.PathListener hearing(List<PeerName> lost) {
    return new RouterWatch.PathListener() {
      @Override
      public void lost(PeerName peer, RouterPath path) {
        lost.add(peer);
      }

      @Override
      public void back(PeerName peer, RouterPath path) {
        throw new AssertionError(peer + " was never lost");
      }
    };
  }

  private static DesiredState state(PeerSettings... peers) {
    return new DesiredState(
        new NodeName("node-a"),
        "cluster",
        new Generation(1, 1),
        "config",
        "ledger",
        List.of(),
        Arrays.asList(peers));
  }

  private static PeerSettings peer(String name, int port, Optional<BfdSettings> bfd) {
    return peer(name, port, bfd, "127.0.3.2");
  }

  private static PeerSettings peer(
      String name, int port, Optional<BfdSettings> bfd, String address) {
    return peer(name, port, bfd, address, "127.0.3.1");
  }

  private static PeerSettings peer(
      String name, int port, Optional<BfdSettings> bfd, String address, String source) {
    return PeerDraft.of(DesiredStates.peer(name, address))
        .port(port)
        .sourceAddress(IpAddress.of(source))
        .extras(Extras.of(IpFamily.IPV4).withBfd(bfd))
        .settings();
  }
}
