// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterEnd;
import io.gitlb.speaker.bgp.session.Loudness;
import io.gitlb.speaker.bgp.session.ScriptedPeer;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD and BGP with one router, wired as in the speaker, when BFD cannot make up its mind.
final class FlippingPathTest {

  @RegisterExtension final PathFixture path = new PathFixture();

  private final RouterEnd router = path.router;
  private final ScriptedPeer tor = path.tor;

  /// Case 31 of the list of bad input: BFD goes down and up with each packet. Each fall ends the
  /// session that there is, and the next one waits 1 s, 2 s, 4 s, each x 0.75 to 1.
  @Test
  void case31BfdThatFlipsWithEachPacketIsNoStormOfSessions() throws Exception {
    path.apply(List.of(path.peer("tor-a", tor, PathFixture.HOLD)));
    Conversation first;
    try (RouterEnd.Beat _ = router.beating()) {
      first = tor.establish(PathFixture.HOLD);
      RouterEnd.await(() -> router.heardState() == SessionState.UP);
    }
    int sessions = 0;
    try (Loudness loudness = new Loudness();
        Flipping flipping = new Flipping()) {
      assertEquals("Cease/BFD Down (6/10)", first.readNotification().describe());
      long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
      while (System.nanoTime() < end) {
        Optional<Conversation> dialled = tor.accept(Duration.ofMillis(500));
        if (dialled.isPresent()) {
          sessions++;
          assertTrue(dialled.get().isClosedByPeer(), "the next fall ends it");
        }
      }
      int flips = flipping.count();
      // How many a machine sends is its own matter: many for each session that there may be.
      assertTrue(flips > 100, flips + " flips");
      assertTrue(sessions <= 3, sessions + " connections in 6 s, of " + flips + " flips");
      assertTrue(loudness.lines().size() < 30, () -> loudness.lines().toString());
      int falls = loudness.lines("Cease/BFD Down (6/10)").size();
      assertTrue(falls <= 1 + sessions, falls + " sessions ended: " + loudness.lines());
    }
    try (RouterEnd.Beat _ = router.beating()) {
      Conversation last = tor.accept();
      while (isCutOff(last)) { // One that was dialled while it flipped.
        last = tor.accept();
      }
    }
  }

  private static boolean isCutOff(Conversation conversation) {
    try {
      conversation.establish(ScriptedPeer.open(PathFixture.HOLD));
      return false;
    } catch (IOException | AssertionError _) {
      return true;
    }
  }

  /// A router whose word changes with each packet, from Down to Init and back.
  private final class Flipping implements AutoCloseable {

    private volatile boolean ended;
    private final AtomicInteger count = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().daemon().start(this::run);

    private void run() {
      SessionState state = SessionState.DOWN;
      try {
        while (!ended) {
          router.send(router.packet(state, 0));
          state = state == SessionState.DOWN ? SessionState.INIT : SessionState.DOWN;
          count.incrementAndGet();
          Thread.sleep(5);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    int count() {
      return count.get();
    }

    @Override
    public void close() {
      ended = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
