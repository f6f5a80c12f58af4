// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpFamily;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many addresses of each family a Service wants.
///
/// @param count family → how many
/// @param wanted the pool that it names
record Demand(Applicant who, Map<IpFamily, Integer> count, Optional<AddressPool> wanted) {

  static Demand of(Applicant who, int each) {
    Map<IpFamily, Integer> count = new EnumMap<>(IpFamily.class);
    who.families().forEach(family -> count.put(family, each));
    return new Demand(who, count, Optional.empty());
  }

  Demand within(Optional<AddressPool> pool) {
    return new Demand(who, count, pool);
  }

  List<IpFamily> families() {
    return who.families();
  }

  /// One of each family: a quota is not to be used up by the first family.
  Demand first() {
    Map<IpFamily, Integer> one = new EnumMap<>(count);
    one.replaceAll((_, wanted) -> Math.min(1, wanted));
    return new Demand(who, one, wanted);
  }

  /// Whether it wants no more than one of a family.
  boolean isSimple() {
    return count.values().stream().allMatch(wanted -> wanted <= 1);
  }

  int of(IpFamily family) {
    return count.getOrDefault(family, 0);
  }

  /// How many of the family are missing still.
  int missing(IpFamily family, List<Choice> choices) {
    return Math.max(0, of(family) - number(family, choices));
  }

  /// The families of which some are missing still.
  List<IpFamily> unmet(List<Choice> choices) {
    List<IpFamily> unmet = new ArrayList<>();
    for (IpFamily family : families()) {
      if (missing(family, choices) > 0) {
        unmet.add(family);
      }
    }
    return unmet;
  }

  /// Whether there is some of each family.
  boolean hasEach(List<Choice> choices) {
    return families().stream().allMatch(family -> number(family, choices) > 0);
  }

  static int number(IpFamily family, List<Choice> choices) {
    int number = 0;
    for (Choice choice : choices) {
      number += choice.address().family() == family ? 1 : 0;
    }
    return number;
  }
}
