// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An aggregate must not reach beyond its pool. A range counts by each of the prefixes that it
/// consists of, so the smallest of them decides; MetalLB looks at the largest only, and then
/// announces addresses that are not its own.
final class AggregationChecks {

  private final IpFamily family;
  // pool → its smallest prefix of the family (1:1); none for a pool without the family
  private final Map<PoolName, IpPrefix> smallest = new HashMap<>();

  private AggregationChecks(Definitions definitions, IpFamily family) {
    this.family = family;
    for (AddressPool pool : definitions.pools()) {
      pool.ranges().stream()
          .filter(range -> range.family() == family)
          .map(range -> MinimalPrefixes.of(range))
          .flatMap(List::stream)
          .max(Comparator.comparingInt(IpPrefix::length))
          .ifPresent(prefix -> smallest.put(pool.name(), prefix));
    }
  }

  static List<Problem> check(
      Definitions definitions, AdvertisedPools<BgpAdvertisement> advertised, SourceMap places) {
    List<Problem> problems = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      AggregationChecks checks = new AggregationChecks(definitions, family);
      for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
        checks
            .tooWideFor(advertisement, advertised)
            .map(pool -> checks.problem(advertisement, pool, places))
            .ifPresent(problems::add);
      }
    }
    return problems;
  }

  private int length(BgpAdvertisement advertisement) {
    return switch (family) {
      case IPV4 -> advertisement.aggregationLengthIpv4();
      case IPV6 -> advertisement.aggregationLengthIpv6();
    };
  }

  private String field() {
    return switch (family) {
      case IPV4 -> "spec.aggregationLength";
      case IPV6 -> "spec.aggregationLengthV6";
    };
  }

  /// The pool that asks for the longest prefixes, when the advertisement's are shorter.
  private Optional<AddressPool> tooWideFor(
      BgpAdvertisement advertisement, AdvertisedPools<BgpAdvertisement> advertised) {
    if (length(advertisement) == family.bits()) {
      return Optional.empty();
    }
    return advertised.of(advertisement).stream()
        .filter(pool -> needed(pool) > length(advertisement))
        .max(Comparator.comparingInt(this::needed).thenComparing(AddressPool::name));
  }

  private int needed(AddressPool pool) {
    IpPrefix prefix = smallest.get(pool.name());
    return prefix == null ? 0 : prefix.length();
  }

  private Problem problem(BgpAdvertisement advertisement, AddressPool pool, SourceMap places) {
    int length = length(advertisement);
    return new Problem(
        places.placeOf(advertisement, field(), length),
        ProblemCode.AGGREGATION_TOO_WIDE,
        "%s %d of BGPAdvertisement %s reaches beyond pool %s, which has addresses in a block of /%d (%s); use %d to %d"
            .formatted(
                field(),
                length,
                advertisement.name(),
                pool.name(),
                needed(pool),
                smallest.get(pool.name()),
                needed(pool),
                family.bits()));
  }
}
