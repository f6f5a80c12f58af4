// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Kubernetes writes them: `90s`, `1m30s`, `1.5h`.
final class Durations {

  /// Longer than any; keeps the arithmetic small.
  private static final int LENGTH_LIMIT = 32;

  private static final Pattern PART =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

  // unit → its nanoseconds (1:1)
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Durations() {}

  /// A duration cut to whole seconds, as BGP's timers are, and as MetalLB cuts them.
  static Optional<Duration> seconds(Value value) {
    return cut(value, exact(value));
  }

  /// As [#seconds]; what would be cut to none is refused, for a session without its timers is
  /// nothing that anybody gets by a slip.
  static Optional<Duration> timer(Value value) {
    return cut(
        value,
        exact(value)
            .flatMap(
                time ->
                    time.isZero() || time.toSeconds() > 0
                        ? Optional.of(time)
                        : value.wrong(
                            "is less than a second; BGP's timers are whole seconds, and 0s means"
                                + " none")));
  }

  private static Optional<Duration> exact(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                parse(text).or(() -> value.wrong("is not a duration; write it like 90s or 1m30s")));
  }

  private static Optional<Duration> cut(Value value, Optional<Duration> exact) {
    Optional<Duration> duration = exact.map(time -> Duration.ofSeconds(time.toSeconds()));
    duration.ifPresent(value::remember);
    return duration;
  }

  /// As [#seconds], up to a limit that is whole hours.
  static Optional<Duration> secondsUpTo(Duration most, Value value) {
    return seconds(value)
        .flatMap(
            duration ->
                duration.compareTo(most) <= 0
                    ? Optional.of(duration)
                    : value.wrong(
                        "must be at most %dh (%d days)".formatted(most.toHours(), most.toDays())));
  }

  static Optional<Duration> parse(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (text.length() > LENGTH_LIMIT || !WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(parts.group(2), 0L));
      nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit));
    }
    BigDecimal billion = BigDecimal.valueOf(1_000_000_000L);
    return Optional.of(
        Duration.ofSeconds(
            nanos.divide(billion, 0, RoundingMode.DOWN).longValueExact(),
            nanos.remainder(billion).longValue()));
  }
}
