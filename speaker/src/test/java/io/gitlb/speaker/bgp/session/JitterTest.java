// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.bgp.UpdateGroups;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// Timers are spread over 75 to 100 % of what they are (RFC 4271 section 10).
final class JitterTest {

  private static final int DRAWS = 10_000;

  /// A KEEPALIVE after a third of it, and never less than a second.
  private static final Duration HOLD = Duration.ofSeconds(4);

  private static final int GAPS = 6;

  @Test
  void eachDrawIsAnotherOneOfTheWholeRange() {
    Surroundings first =
        new Surroundings(
            Sockets.best(),
            InstantSource.system(),
            new SplittableRandom(4_271),
            _ -> {},
            new UpdateGroups(),
            NodeLinks.UNKNOWN);
    for (Surroundings surroundings : List.of(first, first.forAnotherLoop())) {
      DoubleSummaryStatistics factors =
          DoubleStream.generate(() -> surroundings.jitter().factor())
              .limit(DRAWS)
              .summaryStatistics();
      assertEquals(0.75, factors.getMin(), 0.005);
      assertEquals(1.0, factors.getMax(), 0.005);
      assertEquals(0.875, factors.getAverage(), 0.005);
    }
  }

  /// As shares of the time without jitter.
  @Test
  void theKeepalivesOfASessionAreSpread() throws IOException {
    try (SpeakerFixture ours = new SpeakerFixture();
        ScriptedPeer tor = ScriptedPeer.listening()) {
      ours.peer(SpeakerFixture.config("tor-1", tor));
      Conversation conversation = tor.establish(HOLD);
      List<Double> gaps = new ArrayList<>();
      long last = keepalive(conversation);
      for (int i = 0; i < GAPS; i++) {
        long now = keepalive(conversation);
        gaps.add(3.0 * (now - last) / HOLD.toNanos());
        last = now;
      }
      assertTrue(Collections.min(gaps) < 0.97, () -> "no jitter: " + gaps);
      double spread = Collections.max(gaps) - Collections.min(gaps);
      assertTrue(spread > 0.01, () -> "always the same jitter: " + gaps);
    }
  }

  /// The peer lives, too.
  private static long keepalive(Conversation conversation) throws IOException {
    while (!(conversation.read() instanceof Keepalive)) {
      // End-of-RIB.
    }
    long now = System.nanoTime();
    conversation.write(new Keepalive());
    return now;
  }
}
