// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IpRangeSetTest {

  private static IpRange range(String prefix) {
    return IpPrefix.of(prefix).toRange();
  }

  @Test
  void nothingIsInTheEmptySet() {
    IpRangeSet empty = IpRangeSet.of(List.of());
    assertFalse(empty.contains(IpAddress.of("192.0.2.1")));
    assertEquals(List.of(), empty.ranges());
  }

  @Test
  void rangesThatTouchBecomeOneButNotAcrossFamilies() {
    assertEquals(
        List.of("192.0.2.0-192.0.2.255", "255.255.255.255-255.255.255.255", "::-::ffff"),
        IpRangeSet.of(
                List.of(
                    range("::/112"),
                    range("255.255.255.255/32"),
                    range("192.0.2.128/25"),
                    range("192.0.2.0/25"),
                    range("192.0.2.7/32")))
            .ranges()
            .stream()
            .map(IpRange::toString)
            .toList());
  }

  @Test
  void aRangeIsInsideWhenAllOfItIs() {
    IpRangeSet set = IpRangeSet.of(List.of(range("192.0.2.0/25"), range("192.0.2.128/25")));
    assertTrue(set.contains(range("192.0.2.64/26")));
    assertTrue(set.contains(range("192.0.2.0/24")));
    assertFalse(set.contains(range("192.0.2.0/23")));
    assertFalse(set.contains(range("2001:db8::/112")));
  }

  /// Against asking every range.
  @Test
  void theSetHasExactlyTheAddressesOfTheRanges() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      List<IpRange> ranges =
          IntStream.range(0, random.nextInt(6))
              .mapToObj(
                  _ -> {
                    int first = random.nextInt(50);
                    return new IpRange(new Ipv4(first), new Ipv4(first + random.nextInt(9)));
                  })
              .toList();
      IpRangeSet set = IpRangeSet.of(ranges);
      for (int i = 0; i < 60; i++) {
        IpAddress address = new Ipv4(i);
        boolean inside = ranges.stream().anyMatch(range -> range.contains(address));
        assertEquals(inside, set.contains(address), "seed " + seed + ": " + address);
      }
      List<IpRange> runs = set.ranges();
      for (int i = 1; i < runs.size(); i++) {
        IpAddress after = runs.get(i - 1).last().next().orElseThrow();
        assertTrue(after.compareTo(runs.get(i).first()) < 0, "seed " + seed + ": " + runs);
      }
    }
  }
}
