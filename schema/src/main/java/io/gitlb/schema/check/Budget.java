// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import java.util.List;

/// How many pairs of definitions are compared, so that checking takes bounded time whatever the
/// definitions are.
final class Budget {

  /// A thousand nodes with a peer each to one router, and ten thousand pools with a hundred
  /// advertisements that are for all of them, stay below; some seconds at worst.
  static final long PAIRS = 20_000_000;

  private long left = PAIRS;

  /// Whether one more pair may be compared.
  boolean allowsOneMore() {
    left--;
    return left >= 0;
  }

  /// The problem when there were too many.
  List<Problem> problems(SourcePlace place) {
    return left >= 0
        ? List.of()
        : List.of(
            new Problem(
                place,
                ProblemCode.TOO_MANY_TO_CHECK,
                "there are too many documents that have to be compared with each other, more than"
                    + " %,d pairs; name the pools in advertisements, and remove peers"
                        .formatted(PAIRS)));
  }
}
