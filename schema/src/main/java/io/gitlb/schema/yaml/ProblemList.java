// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.Severity;
import io.gitlb.schema.model.SourcePlace;
import java.util.ArrayList;
import java.util.List;

/// The problems of one file as they are found.
final class ProblemList {

  /// Enough to work on for a while, and few enough to print: a file of 256 Ki can hold 100,000.
  static final int LIMIT = 200;

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private int found;

  ProblemList(String file) {
    this.file = file;
  }

  /// Errors found so far, also those beyond [#LIMIT].
  int found() {
    return found;
  }

  void add(SourcePlace place, ProblemCode code, String message) {
    Problem problem = new Problem(place, code, message);
    if (problem.severity() == Severity.WARNING) {
      // A document has a few at most.
      warnings.add(problem);
      return;
    }
    found++;
    if (problems.size() < LIMIT) {
      problems.add(problem);
    }
  }

  /// The file as a whole.
  void add(ProblemCode code, String message) {
    add(SourcePlace.of(file), code, message);
  }

  /// All problems; when there were more errors than [#LIMIT], one more that says so.
  List<Problem> toList() {
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(warnings);
    if (found > LIMIT) {
      all.add(
          new Problem(
              SourcePlace.of(file),
              ProblemCode.MORE_PROBLEMS,
              "the first %d of %d problems in this file are shown; mend these first"
                  .formatted(LIMIT, found)));
    }
    return all;
  }
}
