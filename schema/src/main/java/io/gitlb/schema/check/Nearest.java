// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds what somebody probably meant to write.
public final class Nearest {

  /// Names in Kubernetes have at most 63 characters mostly; longer ones are not typing errors.
  private static final int LENGTH_LIMIT = 64;

  /// Comparing with more than these would only cost time.
  private static final int CANDIDATE_LIMIT = 1000;

  private record Candidate(String name, int distance) {}

  private Nearest() {}

  /// The allowed name that is closest, when at most a third of the letters differ.
  public static Optional<String> of(String written, Collection<String> allowed) {
    if (written.length() > LENGTH_LIMIT) {
      return Optional.empty();
    }
    int most = Math.max(1, written.length() / 3);
    return allowed.stream()
        .limit(CANDIDATE_LIMIT)
        .filter(name -> Math.abs(name.length() - written.length()) <= most)
        .map(name -> new Candidate(name, distance(lower(written), lower(name))))
        .filter(candidate -> candidate.distance <= most)
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  /// ` (did you mean "x"?)`, or nothing.
  public static String question(String written, Collection<String> allowed) {
    return of(written, allowed).map(" (did you mean \"%s\"?)"::formatted).orElse("");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// Levenshtein's: insertions, deletions and replacements.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
