// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.LocalPreference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A route has one local preference, [LocalPreference#DEFAULT] where none is said. Two
/// advertisements for one pool may say different things when their routes differ in length, or go
/// to other peers, or leave from other nodes. Advertisements with service selectors are not
/// compared: that they select a common Service is not known.
final class PreferenceChecks {

  private PreferenceChecks() {}

  static List<Problem> check(
      Definitions definitions,
      AdvertisedPools<BgpAdvertisement> advertised,
      SourceMap places,
      Budget budget) {
    List<Problem> problems = new ArrayList<>();
    for (BgpAdvertisement later : NameChecks.inOrderOfText(definitions.bgpAdvertisements())) {
      clash(later, advertised, places, budget).stream().findFirst().ifPresent(problems::add);
    }
    return problems;
  }

  /// At most one problem: the first pool with the first advertisement before this one.
  private static List<Problem> clash(
      BgpAdvertisement later,
      AdvertisedPools<BgpAdvertisement> advertised,
      SourceMap places,
      Budget budget) {
    if (!later.serviceSelectors().isEmpty()) {
      return List.of();
    }
    for (AddressPool pool : advertised.of(later)) {
      for (BgpAdvertisement earlier : advertised.of(pool)) {
        if (earlier.place().compareTo(later.place()) >= 0 || !budget.allowsOneMore()) {
          break;
        }
        if (areIncompatible(earlier, later, pool)) {
          return List.of(problem(earlier, later, pool, places));
        }
      }
    }
    return List.of();
  }

  private static boolean areIncompatible(BgpAdvertisement a, BgpAdvertisement b, AddressPool pool) {
    return LocalPreference.told(a.localPreference()) != LocalPreference.told(b.localPreference())
        && a.serviceSelectors().isEmpty()
        && haveACommonRoute(a, b, pool)
        && haveACommonPeer(a, b)
        && Selecting.canMeet(a.nodeSelectors(), b.nodeSelectors());
  }

  private static boolean haveACommonRoute(
      BgpAdvertisement a, BgpAdvertisement b, AddressPool pool) {
    return pool.ranges().stream()
        .anyMatch(
            range -> a.aggregationLength(range.family()) == b.aggregationLength(range.family()));
  }

  private static boolean haveACommonPeer(BgpAdvertisement a, BgpAdvertisement b) {
    return a.peers().isEmpty()
        || b.peers().isEmpty()
        || !Collections.disjoint(a.peers(), b.peers());
  }

  private static Problem problem(
      BgpAdvertisement earlier, BgpAdvertisement later, AddressPool pool, SourceMap places) {
    return new Problem(
        later.localPreference().isPresent()
            ? places.placeOf(later, "spec.localPref", later.localPreference().getAsLong())
            : later.place(),
        ProblemCode.LOCAL_PREFERENCES_CLASH,
        "BGPAdvertisement %s has %s and BGPAdvertisement %s at %s has %s for the same routes of pool %s; give them the same one, or other peers, nodes or aggregation lengths"
            .formatted(
                later.name(),
                inWords(later),
                earlier.name(),
                earlier.place(),
                inWords(earlier),
                pool.name()));
  }

  private static String inWords(BgpAdvertisement advertisement) {
    return advertisement.localPreference().isPresent()
        ? "localPref " + advertisement.localPreference().getAsLong()
        : "no localPref, which is " + LocalPreference.DEFAULT + ",";
  }
}
