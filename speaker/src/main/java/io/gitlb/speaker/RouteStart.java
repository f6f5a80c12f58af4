// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Start;
import java.time.Duration;
import java.time.Instant;

/// From when on routers are told routes after a start. At once after a restart; after an absence,
/// not before it is known, or likely, that the state still holds and that this node can pass on
/// what comes:
///
///     the state is from     the same boot           another boot, or the first start of all
///     the reconciler        at once                 when the service proxy has answered, or WAIT
///     disk, young           WAIT                    WAIT
///     disk, too old         never                   never
///
/// After a boot the service proxy has no rules yet, and nothing asks it for those of Services that
/// any node passes on. A node without a state on disk may be new in the cluster, or keep no disk
/// over a boot. A health port that answers shows that it has them: proxies open these ports
/// behind their first whole set of rules. Where there is no such port, or no answer, time has to do.
///
/// One owner, no locks.
final class RouteStart {

  /// As long as layer 2 waits for somebody to hear, so that a node comes back whole. A service
  /// proxy that is started together with us has its rules within seconds.
  static final Duration WAIT = Duration.ofSeconds(30);

  private final Start start;
  private final Duration maxStateAge;
  private final Instant waited;
  private boolean open;
  private boolean proxyAnswered;

  /// @param maxStateAge the age from which a state on disk is not announced
  /// @param begun monotonic
  RouteStart(Start start, Duration maxStateAge, Instant begun) {
    this.start = start;
    this.maxStateAge = maxStateAge;
    this.waited = begun.plus(WAIT);
  }

  /// What keeps routers untold.
  enum Verdict {
    /// Nothing.
    OPEN,
    /// It is too early: nobody has confirmed the state from disk.
    UNCONFIRMED,
    /// It is too early: the service proxy may have no rules yet.
    NO_PROXY,
    /// Only the reconciler can help.
    TOO_OLD
  }

  /// A health port of this node has been answered for.
  void proxyAnswered() {
    proxyAnswered = true;
  }

  /// Once open it stays so: a speaker that runs never expires.
  ///
  /// @param origin of the state in force
  /// @param now monotonic
  Verdict judge(Origin origin, Instant now) {
    Verdict verdict = open ? Verdict.OPEN : verdict(origin, now);
    open = verdict == Verdict.OPEN;
    return verdict;
  }

  private Verdict verdict(Origin origin, Instant now) {
    return switch (start) {
      case Start.Warm _ -> Verdict.OPEN;
      case Start.Fresh(Start.Boot boot) -> verdict(boot, origin, now);
      case Start.Cold(Duration age, Start.Boot boot) ->
          origin == Origin.DISK && age.compareTo(maxStateAge) >= 0
              ? Verdict.TOO_OLD
              : verdict(boot, origin, now);
    };
  }

  private Verdict verdict(Start.Boot boot, Origin origin, Instant now) {
    if (!now.isBefore(waited)) {
      return Verdict.OPEN;
    }
    return switch (origin) {
      case DISK -> Verdict.UNCONFIRMED;
      case RECONCILER -> boot == Start.Boot.SAME || proxyAnswered ? Verdict.OPEN : Verdict.NO_PROXY;
    };
  }

  /// Whether a state of that origin may have been overtaken while this node was away.
  boolean isDoubtful(Origin origin) {
    return origin == Origin.DISK && start instanceof Start.Cold;
  }
}
