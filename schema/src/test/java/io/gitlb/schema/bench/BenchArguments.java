// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The options that every benchmark has: `--quick`, `--check` and the parts to run.
///
/// @param parts what to run, of those that there are
public record BenchArguments(Length length, Misses misses, SortedSet<String> parts) {

  /// How long to measure.
  public enum Length {
    FULL,
    /// Fewer and shorter rounds, to see whether it works.
    QUICK;

    /// The one that applies.
    public int choose(int full, int quick) {
      return switch (this) {
        case FULL -> full;
        case QUICK -> quick;
      };
    }
  }

  /// What to do about a missed bar.
  public enum Misses {
    TELL,
    /// Exit with 1.
    FAIL
  }

  /// Reads a command line; ends the program with 2 and a message when it is wrong.
  ///
  /// @param known the parts that there are; without a part on the command line all are run
  public static BenchArguments parse(String bench, List<String> arguments, Set<String> known) {
    Length length = Length.FULL;
    Misses misses = Misses.TELL;
    SortedSet<String> parts = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (String argument : arguments) {
      switch (argument) {
        case "--quick" -> length = Length.QUICK;
        case "--check" -> misses = Misses.FAIL;
        default -> {
          if (known.contains(argument)) {
            parts.add(argument);
          } else {
            wrong.add(argument);
          }
        }
      }
    }
    if (!wrong.isEmpty()) {
      System.err.printf(
          "%s: not known. Usage: ./gitlb bench %s [--quick] [--check] [%s ...]%n",
          String.join(" ", wrong), bench, String.join("|", new TreeSet<>(known)));
      System.exit(2);
    }
    return new BenchArguments(length, misses, parts.isEmpty() ? new TreeSet<>(known) : parts);
  }
}
