// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.Jitter;
import io.gitlb.speaker.bgp.UpdateGroups;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the sessions of one event loop have from outside: sockets, the clock, chance, somebody to
/// tell, and what they share with each other.
///
/// @param random of this event loop alone, as are the groups
record Surroundings(
    Sockets sockets,
    InstantSource clock,
    RandomGenerator random,
    PeerStatusListener listener,
    UpdateGroups groups,
    NodeLinks links) {

  private static final Logger log = LoggerFactory.getLogger(Surroundings.class);

  /// The same for another event loop.
  Surroundings forAnotherLoop() {
    return new Surroundings(
        sockets, clock, new SplittableRandom(), listener, new UpdateGroups(), links);
  }

  Instant now() {
    return clock.instant();
  }

  Jitter jitter() {
    return new Jitter(random.nextDouble(0.75, 1.0));
  }

  /// A listener's fault is not the session's.
  void tell(PeerStatus status) {
    try {
      listener.changed(status);
    } catch (RuntimeException e) {
      log.error("The listener failed on {}", status, e);
    }
  }
}
