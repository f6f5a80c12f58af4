// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.AnswerTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The kernel's filter for the addresses of one interface, in the language of pcap-filter(7).
///
/// Addresses that follow each other make one range. Compiling takes time that grows with the square
/// of the number of ranges (2 ms at the limit was measured for 5,000 addresses of each family), and
/// the kernel takes 4,096 instructions. So above [#MOST_RANGES] of a kind the nearest ranges are
/// joined: it passes some frames about addresses in between, which the responder drops. It never
/// gets so wide as to pass all ARP of a busy network. Of IPv6 the last four octets are looked at.
final class CaptureFilter {

  static final int MOST_RANGES = 96;

  /// libpcap refuses a filter that cannot match. Nobody asks for 0.0.0.0.
  private static final String NOTHING = "arp and arp[24:4] = 0";

  private static final String ARP_TARGET = "arp[24:4]";
  private static final String ARP_SENDER = "arp[14:4]";

  /// The last four octets of the target, which is at the same place in both messages.
  private static final String NDP_TARGET = "ip6[60:4]";

  /// ICMPv6 right behind the IPv6 header; extension headers are not for us.
  private static final String SOLICITATION = "ip6[6] = 58 and ip6[40] = 135";

  private static final String ADVERTISEMENT = "ip6[6] = 58 and ip6[40] = 136";

  private CaptureFilter() {}

  /// Numbers of addresses from first to last, unsigned and inclusive.
  record Range(long first, long last) {}

  /// The expression that passes requests for what is answered, and every frame from or about what
  /// is watched: ARP by target and by sender, neighbour discovery by the end of the target.
  static String forTable(AnswerTable table) {
    List<Range> watched4 = ranges(numbers(table.watched(), IpFamily.IPV4), MOST_RANGES);
    List<Range> watched6 = ranges(numbers(table.watched(), IpFamily.IPV6), MOST_RANGES);
    List<String> parts = new ArrayList<>();
    if (!watched4.isEmpty()) {
      parts.add("(arp and (" + within(ARP_TARGET, watched4) + "))");
      parts.add("(arp and (" + within(ARP_SENDER, watched4) + "))");
    }
    if (!watched6.isEmpty()) {
      String messages = "((" + SOLICITATION + ") or (" + ADVERTISEMENT + "))";
      parts.add("(ip6 and " + messages + " and (" + within(NDP_TARGET, watched6) + "))");
    }
    return parts.isEmpty() ? NOTHING : String.join(" or ", parts);
  }

  private static String within(String field, List<Range> ranges) {
    return ranges.stream()
        .map(
            range ->
                range.first() == range.last()
                    ? field + " = " + range.first()
                    : "(%s >= %d and %s <= %d)"
                        .formatted(field, range.first(), field, range.last()))
        .collect(Collectors.joining(" or "));
  }

  /// The last four octets of each address of the family, unsigned, ascending.
  static SortedSet<Long> numbers(Collection<IpAddress> addresses, IpFamily family) {
    SortedSet<Long> numbers = new TreeSet<>();
    for (IpAddress address : addresses) {
      switch (address) {
        case Ipv4 v4 when family == IpFamily.IPV4 -> numbers.add(Integer.toUnsignedLong(v4.bits()));
        case Ipv6 v6 when family == IpFamily.IPV6 -> numbers.add(v6.low() & 0xFFFF_FFFFL);
        case Ipv4 _, Ipv6 _ -> {}
      }
    }
    return numbers;
  }

  /// At most so many ranges that together hold every number given; ascending, disjoint.
  static List<Range> ranges(SortedSet<Long> numbers, int most) {
    List<Range> exact = new ArrayList<>();
    numbers.forEach(number -> append(exact, number));
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
