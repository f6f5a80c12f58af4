// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// An address lies in one range of one pool.
final class PoolChecks {

  private record Owned(AddressPool pool, IpRange range, SourcePlace place) {}

  private static final Comparator<Owned> ORDER =
      Comparator.comparing(Owned::range).thenComparing(Owned::place);

  private PoolChecks() {}

  /// One sweep from the lowest address up; each range is compared with the one that reaches
  /// furthest so far, which finds every range that overlaps an earlier one.
  static List<Problem> check(Definitions definitions, SourceMap places) {
    List<Owned> ranges = new ArrayList<>();
    for (AddressPool pool : definitions.pools()) {
      for (IpRange range : pool.ranges()) {
        ranges.add(new Owned(pool, range, places.placeOf(pool, "spec.addresses", range)));
      }
    }
    ranges.sort(ORDER);
    List<Problem> problems = new ArrayList<>();
    for (int i = 1, furthest = 0; i < ranges.size(); i++) {
      if (ranges.get(i).range.overlaps(ranges.get(furthest).range)) {
        problems.add(overlap(ranges.get(furthest), ranges.get(i)));
      }
      if (ranges.get(i).range.last().compareTo(ranges.get(furthest).range.last()) > 0) {
        furthest = i;
      }
    }
    return problems;
  }

  private static Problem overlap(Owned a, Owned b) {
    boolean inOrder = a.place.compareTo(b.place) <= 0;
    Owned earlier = inOrder ? a : b;
    Owned later = inOrder ? b : a;
    return new Problem(
        later.place,
        ProblemCode.POOLS_OVERLAP,
        "%s of pool %s overlaps %s of pool %s at %s; an address lies in one range of one pool"
            .formatted(
                later.range, later.pool.name(), earlier.range, earlier.pool.name(), earlier.place));
  }
}
