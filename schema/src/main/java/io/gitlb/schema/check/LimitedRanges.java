// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.check.OwnedRanges.Part;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A pool gives no more addresses of a ReservedRange than that lets it.
final class LimitedRanges {

  private LimitedRanges() {}

  static List<Problem> check(Definitions definitions, SourceMap places, Budget budget) {
    List<ReservedRange> limited =
        definitions.reservedRanges().stream().filter(range -> !range.isClosed()).toList();
    if (limited.isEmpty()) {
      return List.of();
    }
    OwnedRanges<AddressPool> pooled = ReservedChecks.pooled(definitions);
    CountedRanges excluded = new CountedRanges(ReservedChecks.excluded(definitions));
    List<Problem> problems = new ArrayList<>();
    for (ReservedRange reserved : limited) {
      BigInteger most = BigInteger.valueOf(reserved.maxPoolAddresses().orElseThrow());
      given(reserved, pooled, excluded, budget)
          .forEach(
              (pool, share) -> {
                if (share.count.compareTo(most) > 0) {
                  problems.add(problem(reserved, share, places));
                }
              });
    }
    return problems;
  }

  /// What a pool can give of a ReservedRange.
  ///
  /// @param first of the pool's ranges that reach into it
  private record Share(AddressPool pool, IpRange first, BigInteger count) {

    Share and(Share other) {
      return new Share(pool, first, count.add(other.count));
    }
  }

  /// pool name → what it can give
  private static Map<String, Share> given(
      ReservedRange reserved,
      OwnedRanges<AddressPool> pooled,
      CountedRanges excluded,
      Budget budget) {
    Map<String, Share> shares = new TreeMap<>();
    for (IpRange range : IpRangeSet.of(reserved.ranges()).ranges()) {
      for (Part<AddressPool> part : pooled.overlapping(range)) {
        if (budget.allowsOneMore()) {
          IpRange common = ReservedChecks.common(range, part.range());
          BigInteger count = common.size().subtract(excluded.countIn(common));
          Share share = new Share(part.of().owner(), part.of().range(), count);
          shares.merge(share.pool.name().value(), share, Share::and);
        }
      }
    }
    return shares;
  }

  private static Problem problem(ReservedRange reserved, Share share, SourceMap places) {
    return new Problem(
        places.placeOf(share.pool, "spec.addresses", share.first),
        ProblemCode.POOL_TOO_LARGE,
        "pool %s has %d addresses of ReservedRange %s at %s (%s), which lets a pool have %d; exclude some in the pool (spec.exclude, in gitlb.io/v1) or shrink it"
            .formatted(
                share.pool.name(),
                share.count,
                reserved.name(),
                reserved.place(),
                reserved.reason(),
                reserved.maxPoolAddresses().orElseThrow()));
  }
}
