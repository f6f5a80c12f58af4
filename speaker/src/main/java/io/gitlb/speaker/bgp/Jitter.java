// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import java.time.Duration;

/// Spreads timers so that peers do not march in step (RFC 4271 section 10).
///
/// @param factor 0.75 to 1.0
public record Jitter(double factor) {

  /// No jitter.
  public static final Jitter NONE = new Jitter(1.0);

  public Jitter {
    if (!(factor >= 0.75 && factor <= 1.0)) {
      throw new IllegalArgumentException("jitter is between 0.75 and 1.0, not " + factor);
    }
  }

  Duration of(Duration time) {
    return Duration.ofMillis(Math.round(time.toMillis() * factor));
  }
}
