// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An aggregate must not reach beyond its pool. A range counts by each of the prefixes that it
/// consists of, so the smallest of them decides; MetalLB looks at the largest only, and then
/// announces addresses that are not its own. Nor should it bring in traffic for addresses of the
/// pool that this cluster never gives: that is warned of.
final class AggregationChecks {

  /// Of a shared pool a cluster leases sixteen addresses at a time.
  private static final int BLOCK_HOST_BITS = 4;

  private final IpFamily family;
  // pool → its smallest prefix of the family (1:1); none for a pool without the family
  private final Map<PoolName, IpPrefix> smallest = new HashMap<>();

  // pool → the shortest length with which this cluster gives each aggregate wholly or not at all
  // (1:1); none for a pool that it gives wholly
  private final Map<PoolName, Integer> served = new HashMap<>();

  private AggregationChecks(Definitions definitions, IpFamily family) {
    this.family = family;
    for (AddressPool pool : definitions.pools()) {
      smallestOf(pool.ranges()).ifPresent(prefix -> smallest.put(pool.name(), prefix));
      if (isShared(pool) && smallest.containsKey(pool.name())) {
        served.put(pool.name(), family.bits() - BLOCK_HOST_BITS);
      }
      smallestOf(excluded(pool))
          .ifPresent(prefix -> served.merge(pool.name(), prefix.length(), Math::max));
    }
  }

  private Optional<IpPrefix> smallestOf(List<IpRange> ranges) {
    return ranges.stream()
        .filter(range -> range.family() == family)
        .map(range -> MinimalPrefixes.of(range))
        .flatMap(List::stream)
        .max(Comparator.comparingInt(IpPrefix::length));
  }

  /// In as few ranges as can be.
  private static List<IpRange> excluded(AddressPool pool) {
    return IpRangeSet.of(pool.rules().excluded()).ranges();
  }

  private static boolean isShared(AddressPool pool) {
    return pool.rules().ownership() == Ownership.SHARED;
  }

  static List<Problem> check(
      Definitions definitions, AdvertisedPools<BgpAdvertisement> advertised, SourceMap places) {
    OwnedRanges<ReservedRange> reserved = ReservedChecks.reserved(definitions);
    List<Problem> problems = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      AggregationChecks checks = new AggregationChecks(definitions, family);
      for (BgpAdvertisement advertisement : definitions.bgpAdvertisements()) {
        checks
            .tooWideFor(advertisement, advertised)
            .map(pool -> checks.problem(advertisement, pool, places))
            .or(() -> checks.partlyServed(advertisement, advertised, reserved, places))
            .ifPresent(problems::add);
      }
    }
    return problems;
  }

  private int length(BgpAdvertisement advertisement) {
    return advertisement.aggregationLength(family);
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

  private int alignedFrom(IpRange excluded) {
    return smallestOf(List.of(excluded)).map(IpPrefix::length).orElse(0);
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

  /// The first pool of which an aggregate has addresses that are given and others that are not.
  private Optional<Problem> partlyServed(
      BgpAdvertisement advertisement,
      AdvertisedPools<BgpAdvertisement> advertised,
      OwnedRanges<ReservedRange> reserved,
      SourceMap places) {
    return advertised.of(advertisement).stream()
        .filter(pool -> pool.rules().presence() == Presence.ANNOUNCED)
        .filter(pool -> served.getOrDefault(pool.name(), 0) > length(advertisement))
        .min(Comparator.comparing(AddressPool::name))
        .map(pool -> partlyServed(advertisement, pool, reserved, places));
  }

  private Problem partlyServed(
      BgpAdvertisement advertisement,
      AddressPool pool,
      OwnedRanges<ReservedRange> reserved,
      SourceMap places) {
    int length = length(advertisement);
    int least = served.getOrDefault(pool.name(), family.bits());
    return new Problem(
        places.placeOf(advertisement, field(), length),
        ProblemCode.AGGREGATE_PARTLY_SERVED,
        "%s %d of BGPAdvertisement %s: %s; use %s"
            .formatted(
                field(),
                length,
                advertisement.name(),
                excluded(pool).stream()
                    .filter(range -> alignedFrom(range) > length)
                    .findFirst()
                    .map(range -> aroundExcluded(range, length, pool, reserved, places))
                    .orElseGet(() -> aroundBlocks(pool)),
                least == family.bits() ? least : least + " to " + family.bits()));
  }

  private static String aroundExcluded(
      IpRange excluded,
      int length,
      AddressPool pool,
      OwnedRanges<ReservedRange> reserved,
      SourceMap places) {
    IpPrefix first = new IpPrefix(excluded.first(), length);
    boolean isWhole = first.address().equals(excluded.first()) && excluded.contains(first.last());
    return "the route %s of pool %s attracts traffic for %s, too, which the pool excludes%s: no node takes it"
        .formatted(
            isWhole ? new IpPrefix(excluded.last(), length) : first,
            pool.name(),
            ReservedChecks.shown(excluded),
            reserved.overlapping(excluded).stream()
                .findFirst()
                .map(part -> ReservedChecks.inWords(part.of(), places))
                .map(owner -> ", and some of which is reserved by " + owner)
                .orElse(""));
  }

  private String aroundBlocks(AddressPool pool) {
    return "a route of the shared pool %s attracts traffic for blocks of %d addresses, too, that other clusters lease: no node here takes it"
        .formatted(pool.name(), 1 << BLOCK_HOST_BITS);
  }
}
