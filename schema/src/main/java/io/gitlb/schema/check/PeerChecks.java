// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Timers of peers.
final class PeerChecks {

  /// RFC 4271 section 4.2: zero, or at least three seconds.
  private static final Duration SHORTEST_HOLD_TIME = Duration.ofSeconds(3);

  /// Two octets of seconds.
  private static final Duration LONGEST_HOLD_TIME = Duration.ofSeconds(65_535);

  private PeerChecks() {}

  static List<Problem> check(Definitions definitions, SourceMap places) {
    List<Problem> problems = new ArrayList<>();
    for (BgpPeer peer : definitions.bgpPeers()) {
      holdTime(peer, places, problems);
      keepaliveTime(peer, places, problems);
    }
    return problems;
  }

  private static void holdTime(BgpPeer peer, SourceMap places, List<Problem> problems) {
    Duration hold = peer.holdTime();
    boolean allowed =
        hold.isZero()
            || (hold.compareTo(SHORTEST_HOLD_TIME) >= 0 && hold.compareTo(LONGEST_HOLD_TIME) <= 0);
    if (!allowed) {
      problems.add(
          new Problem(
              places.placeOf(peer, "spec.holdTime", hold),
              ProblemCode.HOLD_TIME,
              "the hold time of BGPPeer %s is %d s; allowed: 0, or 3 s to 65535 s"
                  .formatted(peer.name(), hold.toSeconds())));
    }
  }

  /// RFC 4271 section 4.4: none with hold time zero, else at most one a second.
  private static void keepaliveTime(BgpPeer peer, SourceMap places, List<Problem> problems) {
    Duration hold = peer.holdTime();
    for (Duration keepalive : peer.keepaliveTime().stream().toList()) {
      boolean allowed = hold.isZero() == keepalive.isZero() && keepalive.compareTo(hold) <= 0;
      if (!allowed) {
        problems.add(
            new Problem(
                places.placeOf(peer, "spec.keepaliveTime", keepalive),
                ProblemCode.HOLD_TIME,
                "the keepalive time of BGPPeer %s is %d s with a hold time of %d s; allowed: %s"
                    .formatted(
                        peer.name(),
                        keepalive.toSeconds(),
                        hold.toSeconds(),
                        hold.isZero() ? "0" : "1 s to " + hold.toSeconds() + " s")));
      }
    }
  }
}
