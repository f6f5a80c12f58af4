// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.show;

import java.time.Duration;
import java.time.Instant;

/// How long ago something was, as routers write it.
final class Ages {

  private Ages() {}

  /// `00:12:31` within a day, `2d03h12m` from then on; a time to come is now.
  static String of(Instant then, Instant now) {
    Duration age = then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
    return age.toDays() == 0
        ? "%02d:%02d:%02d".formatted(age.toHours(), age.toMinutesPart(), age.toSecondsPart())
        : "%dd%02dh%02dm".formatted(age.toDays(), age.toHoursPart(), age.toMinutesPart());
  }
}
