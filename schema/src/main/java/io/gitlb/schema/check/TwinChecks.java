// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.LocalPreference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Warns of advertisements that say the same. They do no harm, and MetalLB takes them; one of them
/// was probably meant to say something else.
final class TwinChecks {

  private TwinChecks() {}

  static List<Problem> check(Definitions definitions) {
    List<Problem> problems = new ArrayList<>();
    twins(definitions.l2Advertisements(), TwinChecks::content, problems);
    twins(definitions.bgpAdvertisements(), TwinChecks::content, problems);
    return problems;
  }

  private static <D extends Definition> void twins(
      List<D> advertisements, Function<D, List<Object>> content, List<Problem> problems) {
    // what an advertisement says → the first that says it (1:1)
    Map<List<Object>, D> firsts = new HashMap<>();
    for (D advertisement : NameChecks.inOrderOfText(advertisements)) {
      D first = firsts.putIfAbsent(content.apply(advertisement), advertisement);
      if (first != null) {
        problems.add(
            new Problem(
                advertisement.place(),
                ProblemCode.SAME_ADVERTISEMENT,
                "%s %s says the same as %s at %s; one is enough"
                    .formatted(
                        advertisement.kind(),
                        advertisement.documentName(),
                        first.documentName(),
                        first.place())));
      }
    }
  }

  /// Preferences of twins add up, which is a way to write them.
  private static List<Object> content(L2Advertisement ad) {
    Object preferences = ad.preferredNodes().isEmpty() ? List.of() : ad.name();
    return List.of(
        ad.pools(),
        ad.nodeSelectors(),
        ad.interfaces(),
        ad.serviceSelectors(),
        preferences,
        ad.onCordon(),
        ad.rebalance());
  }

  private static List<Object> content(BgpAdvertisement ad) {
    return List.of(
        ad.pools(),
        ad.nodeSelectors(),
        ad.serviceSelectors(),
        ad.peers(),
        ad.aggregationLengthIpv4(),
        ad.aggregationLengthIpv6(),
        LocalPreference.told(ad.localPreference()),
        ad.communities(),
        ad.communityAliases(),
        ad.onCordon());
  }
}
