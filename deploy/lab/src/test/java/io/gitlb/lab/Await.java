// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Poll;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Waits for what a test expects, with a deadline.
final class Await {

  private Await() {}

  /// Probes until the condition holds.
  ///
  /// @return what the probe saw then
  /// @throws AssertionError with `what` and the last thing seen, when the limit is over
  static <T> T until(String what, Duration limit, Supplier<T> probe, Predicate<T> condition) {
    return switch (Poll.until(limit, probe, condition)) {
      case Poll.Reached<T>(T last, Duration _) -> last;
      case Poll.TimedOut<T>(T last, Duration _) ->
          throw new AssertionError(
              "not within " + limit.toSeconds() + " s: " + what + "; last seen: " + last);
    };
  }

  /// Probes for as long as `span` and expects the condition to hold each time.
  ///
  /// @throws AssertionError with what was seen at the first probe that it did not
  static <T> void always(String what, Duration span, Supplier<T> probe, Predicate<T> condition) {
    if (Poll.until(span, probe, condition.negate())
        instanceof Poll.Reached<T>(T last, Duration took)) {
      throw new AssertionError(
          "no longer after " + took.toMillis() + " ms: " + what + "; seen: " + last);
    }
  }
}
