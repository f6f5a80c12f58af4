// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.schedule;

import io.gitlb.schema.model.ChangeWindow;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/// When a [ChangeWindow] is open: from each time that its schedule names, that time included, until
/// its duration later, that time excluded. Openings may overlap.
///
/// Schedules are Quartz cron expressions: six or seven fields, seconds first, days of the week from
/// 1 (Sunday) or by name, `?` in one of the two day fields.
public final class WindowSchedule {

  /// No schedule that a person writes comes near it.
  private static final int LENGTH_LIMIT = 120;

  /// Quartz marks `*` and `?` with these numbers inside, and does not tell them from written ones.
  private static final Pattern MARKS = Pattern.compile("(?<![0-9])9[89](?![0-9])");

  /// Before any window that matters.
  private static final Date LONG_AGO = Date.from(Instant.parse("2020-01-01T00:00:00Z"));

  private final CronExpression openings;
  private final Duration duration;

  private WindowSchedule(CronExpression openings, Duration duration) {
    this.openings = openings;
    this.duration = duration;
  }

  /// The schedule of a window.
  ///
  /// @throws IllegalArgumentException when [#problem] has something to say about it
  public static WindowSchedule of(ChangeWindow window) {
    try {
      return new WindowSchedule(parsed(window.schedule(), window.timeZone()), window.duration());
    } catch (ParseException e) {
      throw new IllegalArgumentException(window.schedule() + ": " + e.getMessage(), e);
    }
  }

  /// What is wrong with a schedule, to follow the text that was found; empty when it is right.
  public static Optional<String> problem(String schedule) {
    if (schedule.length() > LENGTH_LIMIT) {
      return Optional.of("is longer than " + LENGTH_LIMIT + " characters");
    }
    int fields = schedule.strip().split("\\s+", -1).length;
    if (fields == 5) {
      return Optional.of("has 5 fields; put the seconds first, like 0 " + schedule.strip());
    }
    if (MARKS.matcher(schedule).find()) {
      return Optional.of("is no Quartz cron expression: no field goes up to 98");
    }
    try {
      return parsed(schedule, ZoneId.of("UTC")).getNextValidTimeAfter(LONG_AGO) == null
          ? Optional.of("never comes")
          : Optional.empty();
    } catch (ParseException e) {
      return Optional.of("is no Quartz cron expression: " + e.getMessage());
    }
  }

  /// @throws ParseException for whatever reason Quartz cannot read it
  private static CronExpression parsed(String schedule, ZoneId zone) throws ParseException {
    try {
      CronExpression expression = new CronExpression(schedule);
      expression.setTimeZone(TimeZone.getTimeZone(zone));
      return expression;
    } catch (RuntimeException e) {
      // Quartz trips over some texts before it finds out what is wrong with them.
      throw new ParseException(String.valueOf(e.getMessage()), 0);
    }
  }

  /// Whether the window is open at that time.
  public boolean isOpen(Instant at) {
    // An opening at exactly `at - duration` is over.
    return nextOpening(at.minus(duration)).filter(opening -> !opening.isAfter(at)).isPresent();
  }

  /// The next time after that one at which the window opens; empty when it never does again.
  public Optional<Instant> nextOpening(Instant after) {
    return Optional.ofNullable(openings.getNextValidTimeAfter(Date.from(after)))
        .map(Date::toInstant);
  }
}
