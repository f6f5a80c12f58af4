// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The addresses of some ranges, whatever ranges they were written as. Asking costs the logarithm
/// of their number.
public final class IpRangeSet {

  // first address → last address of every run (1:1); runs neither overlap nor touch
  private final NavigableMap<IpAddress, IpAddress> runs = new TreeMap<>();

  private IpRangeSet(Collection<IpRange> ranges) {
    ranges.stream().sorted().forEach(this::add);
  }

  /// The addresses of all these ranges, which may overlap.
  public static IpRangeSet of(Collection<IpRange> ranges) {
    return new IpRangeSet(ranges);
  }

  /// The range begins no earlier than those before it.
  private void add(IpRange range) {
    Map.Entry<IpAddress, IpAddress> run = runs.lastEntry();
    if (run == null || !reaches(run.getValue(), range.first())) {
      runs.put(range.first(), range.last());
    } else if (run.getValue().compareTo(range.last()) < 0) {
      runs.put(run.getKey(), range.last());
    }
  }

  /// Whether no address of the family is between both.
  private static boolean reaches(IpAddress last, IpAddress first) {
    return last.compareTo(first) >= 0 || last.next().equals(Optional.of(first));
  }

  /// Whether the address is one of them.
  public boolean contains(IpAddress address) {
    return contains(new IpRange(address, address));
  }

  /// Whether every address of the range is one of them.
  public boolean contains(IpRange range) {
    Map.Entry<IpAddress, IpAddress> run = runs.floorEntry(range.first());
    return run != null && run.getValue().compareTo(range.last()) >= 0;
  }

  /// The fewest ranges that together are the set, ascending.
  public List<IpRange> ranges() {
    return runs.entrySet().stream().map(run -> new IpRange(run.getKey(), run.getValue())).toList();
  }
}
