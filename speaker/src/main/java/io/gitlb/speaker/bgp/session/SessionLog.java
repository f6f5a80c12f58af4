// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.Fsm;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.packet.AttributeFault;
import io.gitlb.speaker.bgp.packet.Decoding;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What people read about one peer's session.
final class SessionLog {

  private static final Logger log = LoggerFactory.getLogger(SessionLog.class);

  /// How many faulty attributes of one UPDATE are shown.
  private static final int FAULTS_SHOWN = 5;

  /// Whether a failure is told loudly.
  enum Novelty {
    NEW,
    /// The same as the last one.
    REPEATED
  }

  private SessionLog() {}

  static void changed(Fsm now, State before) {
    log.debug("Peer {}: {} -> {}", now.config().name(), before, now.state());
    boolean up = now.state() == State.ESTABLISHED;
    if (up != (before == State.ESTABLISHED)) {
      log.info(
          "Peer {} ({}) is {}",
          now.config().name(),
          now.config().transport().peerAddress(),
          up ? now.negotiated().map(SessionLog::describe).orElse("up") : "down");
    }
  }

  private static String describe(Negotiated session) {
    return "up: AS "
        + session.remoteAsn()
        + ", router id "
        + session.remoteIdentifier()
        + ", hold time "
        + session.holdTime().toSeconds()
        + " s, "
        + session.families();
  }

  static void failed(PeerConfig peer, Failure failure, Novelty novelty) {
    switch (novelty) {
      case REPEATED -> log.debug("Peer {}: {}", peer.name(), failure.describe());
      case NEW ->
          log.warn(
              "Peer {} ({}): {}", peer.name(), peer.transport().peerAddress(), failure.describe());
    }
  }

  static void faults(PeerConfig peer, Decoding.Decoded decoded) {
    if (!decoded.faults().isEmpty() && log.isDebugEnabled()) {
      List<AttributeFault> shown = decoded.faults().stream().limit(FAULTS_SHOWN).toList();
      log.debug("Peer {} sent {}", peer.name(), shown);
    }
  }

  static void calledInVain(PeerConfig peer) {
    log.debug("Peer {}: its call is not wanted now", peer.name());
  }
}
