// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Says which changes of state are worth a line to people: the first ones of each ten seconds. A
/// session that comes and goes with each packet would fill the disk. One caller at a time.
///
/// @param <K> what tells sessions apart
final class FlipLog<K> {

  /// From Down over Init to Up and back, and that again.
  static final int MOST = 10;

  static final Duration SPAN = Duration.ofSeconds(10);

  // session → what of it was told lately (1:1)
  private final Map<K, Lately> lately = new HashMap<>();

  /// @param since when the span began
  /// @param told lines in it
  /// @param passedOver changes since the last line
  private record Lately(Instant since, int told, int passedOver) {}

  /// The session has another state.
  ///
  /// @return how many changes before this one were passed over; empty: pass over this one
  OptionalInt changed(K session, Instant now) {
    Lately known = lately.getOrDefault(session, new Lately(now, 0, 0));
    // A clock may be set back.
    boolean over = Duration.between(known.since(), now).abs().compareTo(SPAN) >= 0;
    Lately before = over ? new Lately(now, 0, known.passedOver()) : known;
    if (before.told() < MOST) {
      lately.put(session, new Lately(before.since(), before.told() + 1, 0));
      return OptionalInt.of(before.passedOver());
    }
    lately.put(session, new Lately(before.since(), before.told(), before.passedOver() + 1));
    return OptionalInt.empty();
  }

  /// Forgets all other sessions.
  void retain(Set<K> sessions) {
    lately.keySet().retainAll(sessions);
  }
}
