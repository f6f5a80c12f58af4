// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static io.gitlb.schema.check.Defined.codes;
import static io.gitlb.schema.check.Defined.pool;
import static io.gitlb.schema.check.Defined.pools;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolChecksTest {

  @Test
  void poolsSideBySideAreFine() {
    assertEquals(
        List.of(),
        codes(
            pools(
                pool("a", "192.0.2.0/25", "2001:db8::/112"),
                pool("b", "192.0.2.128/25", "0.0.0.0/32", "255.255.255.255/32", "::/128"))));
  }

  @Test
  void anOverlapIsReportedAtTheLaterPlaceWithTheEarlierOne() {
    assertEquals(
        List.of(
            "b.yaml:4:9: GLB1303 192.0.2.0-192.0.2.255 of pool b overlaps 192.0.2.255-192.0.3.3 of"
                + " pool a at a.yaml:4:9; an address lies in one range of one pool"),
        Defined.errors(pools(pool("a", "192.0.2.255-192.0.3.3"), pool("b", "192.0.2.0/24")))
            .stream()
            .map(Object::toString)
            .toList());
  }

  @Test
  void aRangeInsideAFarEarlierOneIsFound() {
    assertEquals(
        List.of(ProblemCode.POOLS_OVERLAP, ProblemCode.POOLS_OVERLAP),
        codes(
            pools(
                pool("a", "192.0.2.0/24"),
                pool("b", "192.0.2.5-192.0.2.6"),
                pool("c", "192.0.2.200-192.0.2.201"))));
  }

  @Test
  void twoPoolsOfOneNameAreOneProblem() {
    assertEquals(
        List.of(ProblemCode.DUPLICATE_NAME),
        codes(pools(pool("a", "192.0.2.0/24"), pool("a", "198.51.100.0/24"))));
  }

  /// The sweep against comparing every pair.
  @Test
  void someOverlapIsFoundExactlyWhenThereIsOne() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      List<IpRange> ranges = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int first = random.nextInt(60);
        ranges.add(new IpRange(new Ipv4(first), new Ipv4(first + random.nextInt(8))));
      }
      List<AddressPool> pools = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        pools.add(pool("p" + i, ranges.subList(2 * i, 2 * i + 2)));
      }
      long withAnEarlier =
          IntStream.range(0, 6)
              .filter(
                  i ->
                      IntStream.range(0, 6)
                          .filter(j -> before(ranges, j, i))
                          .anyMatch(j -> ranges.get(i).overlaps(ranges.get(j))))
              .count();
      assertEquals(
          withAnEarlier,
          codes(pools(pools.toArray(AddressPool[]::new))).size(),
          "seed " + seed + ": " + ranges);
    }
  }

  private static boolean before(List<IpRange> ranges, int j, int i) {
    int order = ranges.get(j).compareTo(ranges.get(i));
    return order < 0 || (order == 0 && j < i);
  }
}
