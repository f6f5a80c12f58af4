// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.check.OwnedRanges.Owned;
import io.gitlb.schema.check.OwnedRanges.Part;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.util.ArrayList;
import java.util.List;

/// No pool gives what a ReservedRange says is somebody else's; what a pool excludes, it does not
/// give.
final class ReservedChecks {

  private static final String ADDRESSES = "spec.addresses";

  private record Clash(Owned<AddressPool> pool, Owned<ReservedRange> reserved) {}

  private ReservedChecks() {}

  static List<Problem> check(Definitions definitions, SourceMap places) {
    return clashes(definitions).stream().map(clash -> problem(clash, places)).toList();
  }

  /// The reserved ranges of which pools may give nothing.
  static OwnedRanges<ReservedRange> reserved(Definitions definitions) {
    List<Owned<ReservedRange>> ranges = new ArrayList<>();
    for (ReservedRange reserved : NameChecks.inOrderOfText(definitions.reservedRanges())) {
      if (reserved.isClosed()) {
        reserved.ranges().forEach(range -> ranges.add(new Owned<>(range, reserved)));
      }
    }
    return new OwnedRanges<>(ranges);
  }

  /// The ranges of all pools.
  static OwnedRanges<AddressPool> pooled(Definitions definitions) {
    List<Owned<AddressPool>> ranges = new ArrayList<>();
    for (AddressPool pool : NameChecks.inOrderOfText(definitions.pools())) {
      pool.ranges().forEach(range -> ranges.add(new Owned<>(range, pool)));
    }
    return new OwnedRanges<>(ranges);
  }

  /// What the pools exclude.
  static IpRangeSet excluded(Definitions definitions) {
    return IpRangeSet.of(
        definitions.pools().stream().flatMap(pool -> pool.rules().excluded().stream()).toList());
  }

  /// Each range of a pool with each range that reserves some of it.
  private static List<Clash> clashes(Definitions definitions) {
    OwnedRanges<ReservedRange> reserved = reserved(definitions);
    IpRangeSet excluded = excluded(definitions);
    List<Clash> clashes = new ArrayList<>();
    for (Part<AddressPool> pool : pooled(definitions).parts()) {
      for (Part<ReservedRange> other : reserved.overlapping(pool.range())) {
        if (!excluded.contains(common(pool.range(), other.range()))) {
          clashes.add(new Clash(pool.of(), other.of()));
        }
      }
    }
    return clashes;
  }

  /// What both have, of two ranges that overlap.
  static IpRange common(IpRange a, IpRange b) {
    return new IpRange(higher(a.first(), b.first()), lower(a.last(), b.last()));
  }

  private static IpAddress higher(IpAddress a, IpAddress b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static IpAddress lower(IpAddress a, IpAddress b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Problem problem(Clash clash, SourceMap places) {
    AddressPool pool = clash.pool.owner();
    return new Problem(
        places.placeOf(pool, ADDRESSES, clash.pool.range()),
        ProblemCode.RESERVED,
        "%s of pool %s is reserved by %s; exclude it in the pool (spec.exclude, in gitlb.io/v1) or"
                .formatted(
                    shown(common(clash.pool.range(), clash.reserved.range())),
                    pool.name(),
                    inWords(clash.reserved, places))
            + " shrink the pool");
  }

  /// A single address by itself.
  static String shown(IpRange range) {
    return range.first().equals(range.last()) ? range.first().toString() : range.toString();
  }

  /// Who reserves it, where, and why.
  static String inWords(Owned<ReservedRange> reserved, SourceMap places) {
    SourcePlace place = places.placeOf(reserved.owner(), ADDRESSES, reserved.range());
    return "ReservedRange %s at %s (%s)"
        .formatted(reserved.owner().name(), place, reserved.owner().reason());
  }
}
