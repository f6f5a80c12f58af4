// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.IntStream;

/// The kernel's filter for the addresses of one interface, in the language of pcap-filter(7).
///
/// Addresses that follow each other make one range. Compiling takes time that grows with the square
/// of the number of ranges (3 ms for 256, 60 ms for 1,024, 1.1 s for 4,000 were measured), and the
/// kernel takes 4,096 instructions. So above [#MOST_RANGES] the nearest ranges are joined: it
/// passes some frames about addresses in between, which the responder drops. It never gets so wide
/// as to pass all ARP of a busy network.
final class CaptureFilter {

  static final int MOST_RANGES = 256;

  /// libpcap refuses a filter that cannot match. Nobody asks for 0.0.0.0.
  private static final String NOTHING = "arp and arp[24:4] = 0";

  private CaptureFilter() {}

  /// Target addresses of ARP from first to last, unsigned and inclusive.
  record Range(long first, long last) {}

  /// The expression that passes every ARP frame whose target is one of the addresses.
  static String forAddresses(SortedSet<IpAddress> addresses) {
    List<Range> ranges = ranges(addresses, MOST_RANGES);
    if (ranges.isEmpty()) {
      return NOTHING;
    }
    StringBuilder expression = new StringBuilder("arp and (");
    for (Range range : ranges) {
      expression.append(expression.charAt(expression.length() - 1) == '(' ? "" : " or ");
      if (range.first() == range.last()) {
        expression.append("arp[24:4] = ").append(range.first());
      } else {
        expression
            .append("(arp[24:4] >= ")
            .append(range.first())
            .append(" and arp[24:4] <= ")
            .append(range.last())
            .append(')');
      }
    }
    return expression.append(')').toString();
  }

  /// At most so many ranges that together hold every IPv4 address given; ascending, disjoint.
  static List<Range> ranges(SortedSet<IpAddress> addresses, int most) {
    List<Range> exact = new ArrayList<>();
    for (IpAddress address : addresses) {
      switch (address) {
        case Ipv4 v4 -> append(exact, Integer.toUnsignedLong(v4.bits()));
        case Ipv6 _ -> {} // Not asked for by ARP.
      }
    }
    return join(exact, most);
  }

  private static void append(List<Range> ranges, long number) {
    if (!ranges.isEmpty() && ranges.getLast().last() + 1 == number) {
      ranges.set(ranges.size() - 1, new Range(ranges.getLast().first(), number));
    } else {
      ranges.add(new Range(number, number));
    }
  }

  /// Keeps the widest gaps and closes the others.
  private static List<Range> join(List<Range> ranges, int most) {
    if (ranges.size() <= most) {
      return ranges;
    }
    List<Integer> keptGaps =
        IntStream.range(1, ranges.size())
            .boxed()
            .sorted(
                Comparator.comparingLong(
                        (Integer i) -> ranges.get(i - 1).last() - ranges.get(i).first())
                    .thenComparing(Comparator.naturalOrder()))
            .limit(most - 1L)
            .sorted()
            .toList();
    List<Range> joined = new ArrayList<>();
    int start = 0;
    for (int gap : keptGaps) {
      joined.add(new Range(ranges.get(start).first(), ranges.get(gap - 1).last()));
      start = gap;
    }
    joined.add(new Range(ranges.get(start).first(), ranges.getLast().last()));
    return joined;
  }
}
