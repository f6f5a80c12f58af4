// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static io.gitlb.schema.check.Defined.advertised;
import static io.gitlb.schema.check.Defined.aggregate;
import static io.gitlb.schema.check.Defined.codes;
import static io.gitlb.schema.check.Defined.pool;
import static io.gitlb.schema.check.Defined.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregationChecksTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 24, 24",
    "192.0.2.0/24, 32, 24",
    "192.0.2.0-192.0.2.255, 24, 24",
    "192.0.2.0-192.0.2.128, 32, 32",
    "192.0.2.100-192.0.2.149, 31, 31",
    "192.0.2.100-192.0.2.151, 30, 30",
  })
  void theSmallestBlockOfAPoolDecides(String range, int fits, int widest) {
    assertEquals(List.of(), codes(advertised(pool("a", range), aggregate("x", fits, 128))));
    assertEquals(
        List.of(ProblemCode.AGGREGATION_TOO_WIDE),
        codes(advertised(pool("a", range), aggregate("x", widest - 1, 128))));
  }

  @Test
  void theFamiliesAreCheckedByThemselves() {
    assertEquals(List.of(), codes(advertised(pool("a", "2001:db8::/64"), aggregate("x", 1, 64))));
    assertEquals(
        List.of(ProblemCode.AGGREGATION_TOO_WIDE),
        codes(advertised(pool("a", "2001:db8::/64", "192.0.2.0/24"), aggregate("x", 24, 63))));
  }

  @Test
  void theMessageNamesTheBlockAndTheLengthsThatFit() {
    assertEquals(
        List.of(
            "x.yaml:4:9: GLB1308 spec.aggregationLength 24 of BGPAdvertisement x reaches beyond pool"
                + " a, which has addresses in a block of /31 (192.0.2.148/31); use 31 to 32"),
        Defined.errors(advertised(pool("a", "192.0.2.100-192.0.2.149"), aggregate("x", 24, 128)))
            .stream()
            .map(Object::toString)
            .toList());
  }

  /// Against the meaning: no aggregate around an address of the range leaves the range.
  @Test
  void anAggregateIsRefusedExactlyWhenItLeavesTheRange() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      int first = random.nextInt(64);
      IpRange range = new IpRange(new Ipv4(first), new Ipv4(first + random.nextInt(64)));
      int length = 24 + random.nextInt(9);
      boolean leaves = false;
      for (Optional<IpAddress> next = Optional.of(range.first());
          next.filter(range::contains).isPresent();
          next = next.flatMap(IpAddress::next)) {
        IpPrefix around = new IpPrefix(next.get(), length);
        leaves |= !range.contains(around.address()) || !range.contains(around.last());
      }
      assertEquals(
          leaves,
          !codes(advertised(pool("a", List.of(range)), aggregate("x", length, 128))).isEmpty(),
          "seed " + seed + ": " + range + " /" + length);
    }
  }

  @Test
  void minimalPrefixesAreExactlyTheRange() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      int a = random.nextInt();
      int b = random.nextInt();
      boolean inOrder = Integer.compareUnsigned(a, b) <= 0;
      IpRange range = new IpRange(new Ipv4(inOrder ? a : b), new Ipv4(inOrder ? b : a));
      List<IpPrefix> prefixes = MinimalPrefixes.of(range);
      Optional<IpAddress> expected = Optional.of(range.first());
      for (IpPrefix prefix : prefixes) {
        assertEquals(expected, Optional.of(prefix.address()), "seed " + seed);
        expected = prefix.last().next();
      }
      assertEquals(range.last(), prefixes.getLast().last(), "seed " + seed);
      assertTrue(prefixes.size() <= 62, "seed " + seed);
    }
  }

  @Test
  void theWholeFamilyIsOnePrefix() {
    assertEquals(List.of(IpPrefix.of("0.0.0.0/0")), MinimalPrefixes.of(range("0.0.0.0/0")));
    assertEquals(List.of(IpPrefix.of("::/0")), MinimalPrefixes.of(range("::/0")));
    assertEquals(
        254, MinimalPrefixes.of(range("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")).size());
  }
}
