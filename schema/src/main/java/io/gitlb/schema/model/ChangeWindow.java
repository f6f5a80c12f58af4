// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.time.Duration;
import java.time.ZoneId;

/// A ChangeWindow: where one is defined, commits that move or release live addresses wait until one
/// is open.
///
/// @param schedule when it opens: a Quartz cron expression that `schema.schedule` can read
/// @param duration how long it stays open, 1 min to 7 d
/// @param timeZone of the schedule
public record ChangeWindow(
    String name, SourcePlace place, String schedule, Duration duration, ZoneId timeZone)
    implements Definition {

  /// A shorter one is over before somebody looks.
  public static final Duration SHORTEST = Duration.ofMinutes(1);

  /// A longer one is no window.
  public static final Duration LONGEST = Duration.ofDays(7);

  @Override
  public String documentName() {
    return name;
  }
}
