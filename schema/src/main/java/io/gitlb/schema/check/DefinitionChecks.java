// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// All checks across documents.
public final class DefinitionChecks {

  private DefinitionChecks() {}

  /// Checks definitions that did not come from text.
  ///
  /// @return sorted; empty when all is well
  public static List<Problem> check(Definitions definitions) {
    return check(definitions, SourceMap.NONE, Gaps.NONE, new KnownNodes.Unknown());
  }

  /// Checks definitions that were read.
  ///
  /// @param places where their values stand
  /// @param gaps what could not be read beside them
  /// @param nodes what is known of the cluster's nodes
  /// @return sorted; empty when all is well
  public static List<Problem> check(
      Definitions definitions, SourceMap places, Gaps gaps, KnownNodes nodes) {
    Budget budget = new Budget();
    AdvertisedPools<L2Advertisement> layer2 =
        new AdvertisedPools<>(
            definitions, definitions.l2Advertisements(), L2Advertisement::pools, budget);
    AdvertisedPools<BgpAdvertisement> bgp =
        new AdvertisedPools<>(
            definitions, definitions.bgpAdvertisements(), BgpAdvertisement::pools, budget);
    List<Problem> found =
        Stream.of(
                NameChecks.check(definitions),
                PoolChecks.check(definitions, places),
                ReferenceChecks.check(definitions, places, gaps),
                ReservedChecks.check(definitions, places),
                LimitedRanges.check(definitions, places, budget),
                PinChecks.check(definitions, places, gaps),
                AggregationChecks.check(definitions, bgp, places),
                PreferenceChecks.check(definitions, bgp, places, budget),
                CommunityChecks.check(definitions, places),
                CommunityRoom.check(definitions, bgp, budget),
                PeerChecks.check(definitions, places),
                PeerClashChecks.check(definitions, budget),
                BfdChecks.check(definitions, bgp, places, budget),
                SharedPathChecks.check(definitions, places, budget),
                TwinChecks.check(definitions),
                FamilyChecks.check(definitions, layer2, bgp, gaps),
                HalfChecks.check(definitions, layer2, bgp, gaps, nodes, budget))
            .flatMap(List::stream)
            .toList();
    return Stream.concat(found.stream(), tooMany(definitions, budget).stream()).sorted().toList();
  }

  private static List<Problem> tooMany(Definitions definitions, Budget budget) {
    return definitions.all().stream()
        .map(Definition::place)
        .min(Comparator.naturalOrder())
        .map(budget::problems)
        .orElse(List.of());
  }
}
