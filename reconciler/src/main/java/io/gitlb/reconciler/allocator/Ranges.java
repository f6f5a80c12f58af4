// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Arithmetic on ranges.
public final class Ranges {

  private Ranges() {}

  /// What remains of `ranges` when every address of `blocked` is taken out, ascending.
  public static List<IpRange> without(List<IpRange> ranges, List<IpRange> blocked) {
    List<IpRange> rest = ranges;
    for (IpRange hole : blocked) {
      List<IpRange> next = new ArrayList<>();
      for (IpRange range : rest) {
        appendWithout(next, range, hole);
      }
      rest = next;
    }
    return rest.stream().sorted().toList();
  }

  /// What lies in both, ascending.
  public static List<IpRange> common(List<IpRange> ranges, List<IpRange> others) {
    List<IpRange> common = new ArrayList<>();
    for (IpRange range : ranges) {
      for (IpRange other : others) {
        if (range.overlaps(other)) {
          common.add(new IpRange(higher(range, other), lower(range, other)));
        }
      }
    }
    return common.stream().sorted().toList();
  }

  private static IpAddress higher(IpRange a, IpRange b) {
    return a.first().compareTo(b.first()) > 0 ? a.first() : b.first();
  }

  private static IpAddress lower(IpRange a, IpRange b) {
    return a.last().compareTo(b.last()) < 0 ? a.last() : b.last();
  }

  private static void appendWithout(List<IpRange> to, IpRange range, IpRange hole) {
    if (!range.overlaps(hole)) {
      to.add(range);
      return;
    }
    if (range.first().compareTo(hole.first()) < 0) {
      to.add(new IpRange(range.first(), plus(hole.first(), -1)));
    }
    if (range.last().compareTo(hole.last()) > 0) {
      to.add(new IpRange(plus(hole.last(), 1), range.last()));
    }
  }

  private static IpAddress plus(IpAddress address, int step) {
    return IpAddress.ofNumber(address.family(), address.toNumber().add(BigInteger.valueOf(step)));
  }
}
