// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BgpPeer;
import java.time.Duration;
import java.util.Optional;

/// The timers of a BGPPeer, as in [BgpPeer].
record PeerTimers(Duration hold, Optional<Duration> keepalive, Optional<Duration> connect) {

  /// When only the keepalive time is given (RFC 4271 section 10).
  private static final int KEEPALIVES_A_HOLD_TIME = 3;

  static PeerTimers read(Document document) {
    Fields spec = document.spec();
    Optional<Duration> keepalive = PeerVersions.keepaliveTime(document);
    Duration absent =
        keepalive
            .filter(Duration::isPositive) // Nobody turns the hold timer off by that.
            .map(time -> time.multipliedBy(KEEPALIVES_A_HOLD_TIME))
            .orElse(BgpPeer.DEFAULT_HOLD_TIME);
    return new PeerTimers(
        PeerVersions.holdTime(document).orElse(absent),
        keepalive,
        spec.optional("connectTime", PeerTimers::connectTime));
  }

  /// 1 s to 65,535 s, as in MetalLB.
  private static Optional<Duration> connectTime(Value value) {
    return Durations.seconds(value)
        .flatMap(
            duration ->
                duration.toSeconds() >= 1 && duration.toSeconds() <= 65_535
                    ? Optional.of(duration)
                    : value.wrong("must be from 1s to 65535s"));
  }
}
