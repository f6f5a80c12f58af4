// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.time.Duration;
import java.util.List;

/// The timers of a session whose OPENs have been agreed on; with a hold time of 0 there are none.
record SessionTimers(Negotiated agreed, SessionTimes times) {

  /// RFC 9687 section 5: the larger of 8 min and twice the hold time.
  private static final Duration MIN_SEND_HOLD_TIME = Duration.ofMinutes(8);

  /// RFC 4271 section 4.4: not more than one KEEPALIVE a second.
  private static final Duration MIN_KEEPALIVE_TIME = Duration.ofSeconds(1);

  private boolean off() {
    return agreed.holdTime().isZero();
  }

  List<Action> hold() {
    return off() ? List.of() : List.of(new Action.StartTimer(Timer.HOLD, agreed.holdTime()));
  }

  List<Action> keepalive(Jitter jitter) {
    Duration time = jitter.of(agreed.keepaliveTime());
    Duration atLeast = time.compareTo(MIN_KEEPALIVE_TIME) < 0 ? MIN_KEEPALIVE_TIME : time;
    return off() ? List.of() : List.of(new Action.StartTimer(Timer.KEEPALIVE, atLeast));
  }

  List<Action> sendHold() {
    return off() ? List.of() : List.of(new Action.StartTimer(Timer.SEND_HOLD, sendHoldTime()));
  }

  Duration sendHoldTime() {
    Duration twice = agreed.holdTime().multipliedBy(2);
    return times
        .sendHoldTime()
        .orElse(twice.compareTo(MIN_SEND_HOLD_TIME) < 0 ? MIN_SEND_HOLD_TIME : twice);
  }
}
