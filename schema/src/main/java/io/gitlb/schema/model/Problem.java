// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import java.util.Comparator;

/// One thing that is wrong in the config branch, for people.
///
/// @param place where
/// @param code the permanent code
/// @param message what was found, what is allowed, what to do; one line
public record Problem(SourcePlace place, ProblemCode code, String message)
    implements Comparable<Problem> {

  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::place)
          .thenComparing(Problem::code)
          .thenComparing(Problem::message);

  /// Whether the commit is refused for it.
  public Severity severity() {
    return code.severity();
  }

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /// `file:line:column: CODE message`.
  @Override
  public String toString() {
    return place + ": " + code.code() + " " + message;
  }
}
