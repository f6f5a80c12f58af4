// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.table;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// How old something is, in the few characters that kubectl's columns have.
final class Age {
  private Age() {}

  /// @param timestamp RFC 3339, as objects write it
  static String since(String timestamp, Instant now) {
    if (timestamp.isEmpty()) {
      return "<unknown>";
    }
    try {
      return text(Duration.between(Instant.parse(timestamp), now));
    } catch (DateTimeParseException malformed) {
      return "<invalid>";
    }
  }

  /// Two units while the larger one is small, one afterwards.
  static String text(Duration age) {
    long seconds = age.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    }
    long minutes = age.toMinutes();
    if (minutes < 10) {
      return pair(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = age.toHours();
    if (hours < 8) {
      return pair(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = age.toDays();
    if (days < 8) {
      return pair(days, "d", hours % 24, "h");
    }
    if (days < 730) {
      return days + "d";
    }
    return days < 2920 ? pair(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
  }
}
