// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import java.util.List;
import java.util.stream.Stream;

/// All checks across documents.
public final class DefinitionChecks {

  private DefinitionChecks() {}

  /// Checks definitions that did not come from text.
  ///
  /// @return sorted; empty when all is well
  public static List<Problem> check(Definitions definitions) {
    return check(definitions, SourceMap.NONE, Gaps.NONE);
  }

  /// Checks definitions that were read.
  ///
  /// @param places where their values stand
  /// @param gaps what could not be read beside them
  /// @return sorted; empty when all is well
  public static List<Problem> check(Definitions definitions, SourceMap places, Gaps gaps) {
    return Stream.of(
            NameChecks.check(definitions),
            PoolChecks.check(definitions, places),
            ReferenceChecks.check(definitions, places, gaps),
            ReservedChecks.check(definitions, places),
            PinChecks.check(definitions, places, gaps),
            AggregationChecks.check(definitions, places),
            PeerChecks.check(definitions, places),
            LimitChecks.check(definitions))
        .flatMap(List::stream)
        .sorted()
        .toList();
  }
}
