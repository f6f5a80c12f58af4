// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.PeerConfig;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whoever is told of a peer looks at all of them, and may not look again for long.
class PeersAsOneSetTest {

  /// So many that the first one says something while the last one is still to be made.
  private static final int MANY = 500;

  private final Set<PeerName> told = new ConcurrentSkipListSet<>();

  /// Told of while they were there, which they should not be any more, or were not there yet.
  private final Set<PeerName> early = new ConcurrentSkipListSet<>();

  private volatile boolean wanted;

  private final BgpSpeaker speaker =
      BgpSpeaker.start(new NodeName("node-1"), InstantSource.system(), this::look);

  private void look(PeerStatus status) {
    PeerName peer = status.name();
    if (speaker.status().stream().anyMatch(one -> one.name().equals(peer)) != wanted) {
      early.add(peer);
    }
    told.add(peer);
  }

  @AfterEach
  void stop() {
    speaker.close();
  }

  @Test
  void whoIsToldOfAPeerFindsItAndOfOneThatIsGoneDoesNot() throws IOException {
    int port = SpeakerFixture.freePort();
    List<PeerConfig> all =
        IntStream.range(0, MANY)
            .mapToObj(i -> "127.0.%d.%d".formatted(1 + i / 250, 1 + i % 250))
            .map(address -> SpeakerFixture.passive(address, port))
            .map(there -> SpeakerFixture.config("tor-" + there.peerAddress(), there))
            .toList();
    wanted = true;
    apply(all.subList(0, 2), 2); // What is slow for the first time is done with.
    apply(all, MANY);
    told.clear();
    wanted = false;
    apply(List.of(), MANY);
    assertEquals(Set.of(), early);
  }

  private void apply(List<PeerConfig> peers, int changes) {
    speaker.apply(peers, Map.of());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (told.size() < changes) {
      assertTrue(System.nanoTime() < deadline, () -> "told of " + told.size());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
