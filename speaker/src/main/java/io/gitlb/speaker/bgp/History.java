// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import java.time.Duration;

/// What an FSM remembers from one connection to the next.
///
/// @param failures sessions in a row that failed or did not last, at least 0
record History(int failures, Offer offer, Phase phase, Path path) {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  /// 1 s doubled seven times is above the longest pause.
  private static final int DOUBLINGS = 7;

  /// @param forwarding whether the kernel still forwards what the last run told
  static History first(Forwarding forwarding) {
    Phase phase =
        switch (forwarding) {
          case PRESERVED -> Phase.FIRST_SESSION;
          case LOST -> Phase.AFTER_BOOT;
        };
    return new History(0, Offer.CAPABILITIES, phase, Path.USABLE);
  }

  /// What the next OPEN carries.
  enum Offer {
    CAPABILITIES,
    /// The peer has refused optional parameters (RFC 5492 section 3).
    NO_CAPABILITIES
  }

  /// Whether routes of our last run may still be held for us.
  enum Phase {
    /// OPENs say so (the R bit of RFC 4724 section 3).
    FIRST_SESSION,
    /// The same, but nothing is behind those routes any more: OPENs do not claim it (the F bit), so
    /// the peer drops them at once (RFC 4724 section 4.2).
    AFTER_BOOT,
    LATER_SESSION
  }

  /// What BFD says of the path to the peer.
  enum Path {
    /// Nothing against it; so it is where BFD has never been up.
    USABLE,
    /// It has failed.
    LOST,
    /// It has failed, and the pause before the next attempt is over.
    AWAITED
  }

  /// That of a session which takes the place of one with the same router: where that one had come
  /// up in this run, the kernel still forwards what it told.
  History after(History before) {
    return phase == Phase.AFTER_BOOT && before.phase != Phase.AFTER_BOOT
        ? new History(failures, offer, Phase.FIRST_SESSION, path)
        : this;
  }

  /// The pause before the next attempt (RFC 4271 section 8.1.1, DampPeerOscillations).
  Duration pause() {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, DOUBLINGS));
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  History afterFailure(Offer nextOffer) {
    return new History(failures + 1, nextOffer, phase, path);
  }

  History afterStableTime() {
    return new History(0, offer, phase, path);
  }

  History established() {
    return new History(failures, offer, Phase.LATER_SESSION, path);
  }

  History on(Path next) {
    return new History(failures, offer, phase, next);
  }
}
