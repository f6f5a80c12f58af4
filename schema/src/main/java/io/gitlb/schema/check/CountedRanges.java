// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.math.BigInteger;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Counts how many addresses of a range are in a set, in logarithmic time.
final class CountedRanges {

  /// @param before addresses of all runs before this one
  private record Run(IpRange range, BigInteger before) {}

  // first address → the run that begins there (1:1)
  private final NavigableMap<IpAddress, Run> runs = new TreeMap<>();

  CountedRanges(IpRangeSet set) {
    BigInteger before = BigInteger.ZERO;
    for (IpRange range : set.ranges()) {
      runs.put(range.first(), new Run(range, before));
      before = before.add(range.size());
    }
  }

  BigInteger countIn(IpRange range) {
    return upTo(range.last())
        .subtract(upTo(range.first()))
        .add(contains(range.first()) ? BigInteger.ONE : BigInteger.ZERO);
  }

  /// That address included.
  private BigInteger upTo(IpAddress address) {
    Map.Entry<IpAddress, Run> entry = runs.floorEntry(address);
    if (entry == null) {
      return BigInteger.ZERO;
    }
    Run run = entry.getValue();
    IpAddress last = run.range.contains(address) ? address : run.range.last();
    return run.before.add(new IpRange(run.range.first(), last).size());
  }

  private boolean contains(IpAddress address) {
    Map.Entry<IpAddress, Run> entry = runs.floorEntry(address);
    return entry != null && entry.getValue().range.contains(address);
  }
}
