// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static io.gitlb.schema.check.Defined.codes;
import static io.gitlb.schema.check.Defined.pin;
import static io.gitlb.schema.check.Defined.pinned;
import static io.gitlb.schema.check.Defined.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PinChecksTest {

  private static final AddressPool POOL =
      pool("a", "192.0.2.0-192.0.2.9", "192.0.2.20-192.0.2.29", "2001:db8::/112");

  @Test
  void pinsInsideThePoolsAreFine() {
    assertEquals(
        List.of(),
        codes(
            pinned(
                POOL,
                pin("x", "n/x", "192.0.2.0", "192.0.2.1", "2001:db8::ffff"),
                pin("y", "n/y", "192.0.2.29"),
                pin("z", "n/y", "2001:db8::"))));
  }

  @Test
  void pinsBetweenAndBesideTheRangesAreRefused() {
    assertEquals(
        List.of(
            ProblemCode.PIN_OUTSIDE_POOLS,
            ProblemCode.PIN_OUTSIDE_POOLS,
            ProblemCode.PIN_OUTSIDE_POOLS),
        codes(
            pinned(
                POOL,
                pin("x", "n/x", "192.0.2.10"),
                pin("y", "n/y", "192.0.1.255"),
                pin("z", "n/z", "2001:db8::1:0"))));
  }

  @Test
  void oneAddressForTwoServicesIsACollision() {
    assertEquals(
        List.of(
            "y.yaml:4:9: GLB1307 192.0.2.1 is pinned twice, also by PinnedIP x at x.yaml:4:9; remove"
                + " one"),
        Defined.errors(pinned(POOL, pin("y", "n/y", "192.0.2.1"), pin("x", "n/x", "192.0.2.1")))
            .stream()
            .map(Object::toString)
            .toList());
  }

  @Test
  void twoDocumentsWithAFamilyForOneServiceAreACollision() {
    assertEquals(
        List.of(
            "y.yaml:4:9: GLB1307 n/x has pinned IPv4 addresses in two documents, also in PinnedIP x"
                + " at x.yaml:4:9; list them in one"),
        Defined.errors(pinned(POOL, pin("x", "n/x", "192.0.2.1"), pin("y", "n/x", "192.0.2.2")))
            .stream()
            .map(Object::toString)
            .toList());
  }

  /// The merged runs against asking every range, also with ranges that overlap.
  @Test
  void aPinIsOutsideExactlyWhenNoRangeContainsIt() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      List<IpRange> ranges = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int first = random.nextInt(40);
        ranges.add(new IpRange(new Ipv4(first), new Ipv4(first + random.nextInt(9))));
      }
      IpAddress address = new Ipv4(random.nextInt(50));
      Definitions definitions = pinned(pool("a", ranges), pin("x", "n/x", address.toString()));
      assertEquals(
          ranges.stream().noneMatch(range -> range.contains(address)),
          codes(definitions).contains(ProblemCode.PIN_OUTSIDE_POOLS),
          "seed " + seed + ": " + address + " in " + ranges);
    }
  }
}
