// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountedRangesTest {

  private static IpRange draw(Random random) {
    IpFamily family = random.nextBoolean() ? IpFamily.IPV4 : IpFamily.IPV6;
    int first = random.nextInt(30);
    int last = first + random.nextInt(6);
    return new IpRange(
        IpAddress.ofNumber(family, BigInteger.valueOf(first)),
        IpAddress.ofNumber(family, BigInteger.valueOf(last)));
  }

  @Test
  void itCountsAsOneByOne() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<IpRange> ranges = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        ranges.add(draw(random));
      }
      IpRangeSet set = IpRangeSet.of(ranges);
      IpRange asked = draw(random);
      int count = 0;
      for (IpAddress one = asked.first(); asked.contains(one); one = one.next().orElseThrow()) {
        count += set.contains(one) ? 1 : 0;
      }
      assertEquals(
          BigInteger.valueOf(count),
          new CountedRanges(set).countIn(asked),
          "seed " + seed + ": " + asked + " of " + ranges);
    }
  }
}
