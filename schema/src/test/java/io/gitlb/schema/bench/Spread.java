// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.bench;

import java.util.List;

/// A measured value and how far the rounds lie apart.
///
/// @param value what is quoted: a median unless said otherwise
/// @param low the lowest round
/// @param high the highest round
/// @param rounds how many there were
public record Spread(double value, double low, double high, int rounds) {

  /// Measured once.
  public static Spread of(double value) {
    return new Spread(value, value, value, 1);
  }

  /// The median of the rounds.
  public static Spread median(List<Double> rounds) {
    return quantile(rounds, 0.5);
  }

  /// The value that the share `q` of the rounds do not exceed: 0.99 for p99, which needs at least
  /// 300 rounds.
  public static Spread quantile(List<Double> rounds, double q) {
    List<Double> sorted = rounds.stream().sorted().toList();
    int count = sorted.size();
    double position = q * (count - 1);
    int below = (int) position;
    int above = Math.min(below + 1, count - 1);
    double value = sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
    return new Spread(value, sorted.getFirst(), sorted.getLast(), count);
  }

  /// In another unit.
  public Spread times(double factor) {
    return new Spread(value * factor, low * factor, high * factor, rounds);
  }
}
