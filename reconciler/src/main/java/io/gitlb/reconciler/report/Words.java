// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Small pieces of text.
final class Words {

  private Words() {}

  /// `1 problem`, `2 problems`.
  static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /// A verb that fits the number of Services before it.
  static String of(Kind kind, int number) {
    boolean one = number == 1;
    return switch (kind) {
      case LOSES -> one ? "loses its address" : "lose their address";
      case MOVES -> one ? "moves" : "move";
      case NOT_ANNOUNCED -> "not announced any more";
      case HELD -> "held";
      case UNKNOWN -> "unknown";
      case STILL_HELD -> "still held";
      case UNSEEN -> "unseen, not concerned";
      case GAINS -> one ? "gains" : "gain";
      case RESTORED -> "no longer held";
      case KEEPS -> one ? "keeps" : "keep";
    };
  }

  /// Minutes do; nobody compares seconds.
  static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MINUTES).toString().replace(":00Z", "Z").replace('T', ' ');
  }

  /// `a, b`; a dash for nothing.
  static String list(Collection<?> items) {
    return items.isEmpty() ? "-" : String.join(", ", items.stream().map(Object::toString).toList());
  }

  /// The first few, and how many more there are.
  static List<String> few(List<String> lines, int most) {
    if (lines.size() <= most) {
      return lines;
    }
    List<String> few = new ArrayList<>(lines.subList(0, most));
    few.add("and " + (lines.size() - most) + " more");
    return few;
  }
}
