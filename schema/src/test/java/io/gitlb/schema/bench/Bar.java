// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.bench;

import java.util.Locale;

/// What a figure is expected to be.
public sealed interface Bar {

  /// Told, not judged.
  record None() implements Bar {}

  /// Smaller than this.
  record Below(double limit) implements Bar {}

  /// At least this.
  record AtLeast(double limit) implements Bar {}

  /// Exactly this.
  record Exactly(double value) implements Bar {}

  /// Whether a value clears the bar.
  default boolean isMet(double value) {
    return switch (this) {
      case None _ -> true;
      case Below(double limit) -> value < limit;
      case AtLeast(double limit) -> value >= limit;
      case Exactly(double wanted) -> Double.compare(value, wanted) == 0;
    };
  }

  /// As in `< 100`.
  default String text() {
    return switch (this) {
      case None _ -> "";
      case Below(double limit) -> "< " + plain(limit);
      case AtLeast(double limit) -> ">= " + plain(limit);
      case Exactly(double value) -> "= " + plain(value);
    };
  }

  private static String plain(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
