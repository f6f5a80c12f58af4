// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.CommunityAliases;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Community;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An alias stands for one community, and an advertisement names a community once.
final class CommunityChecks {

  private static final String ALIAS = "spec.communities.name";

  private CommunityChecks() {}

  static List<Problem> check(Definitions definitions, SourceMap places) {
    List<Problem> problems = new ArrayList<>();
    // alias → the first document that has it (1:1)
    Map<String, CommunityAliases> firsts = new HashMap<>();
    for (CommunityAliases document : NameChecks.inOrderOfText(definitions.communities())) {
      for (String alias : document.aliases().keySet()) {
        CommunityAliases first = firsts.putIfAbsent(alias, document);
        if (first != null) {
          problems.add(twice(alias, first, document, places));
        }
      }
    }
    Map<String, Community> meanings = definitions.communityAliases();
    for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
      repeated(advertisement, meanings, places, problems);
    }
    return problems;
  }

  private static Problem twice(
      String alias, CommunityAliases first, CommunityAliases second, SourceMap places) {
    return new Problem(
        places.placeOf(second, ALIAS, alias),
        ProblemCode.DUPLICATE_ALIAS,
        "the alias \"%s\" of Community %s is also in Community %s at %s; rename or remove one"
            .formatted(alias, second.name(), first.name(), places.placeOf(first, ALIAS, alias)));
  }

  private static void repeated(
      BgpAdvertisement advertisement,
      Map<String, Community> meanings,
      SourceMap places,
      List<Problem> problems) {
    Map<Community, String> said = new TreeMap<>();
    advertisement.communities().forEach(written -> said.put(written, written.toString()));
    for (String alias : advertisement.communityAliases()) {
      Optional<String> other =
          Optional.ofNullable(meanings.get(alias))
              .flatMap(community -> Optional.ofNullable(said.putIfAbsent(community, alias)));
      other.ifPresent(
          same ->
              problems.add(
                  new Problem(
                      places.placeOf(advertisement, "spec.communities", alias),
                      ProblemCode.SAME_COMMUNITY,
                      "\"%s\" and \"%s\" in BGPAdvertisement %s are the same community; one is enough"
                          .formatted(alias, same, advertisement.name()))));
    }
  }
}
