// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {

  @Test
  void bothKindsAgreeWithASetOfFreeAddresses() {
    List<IpRange> ranges =
        List.of(
            range("192.0.2.7", "192.0.2.7"),
            range("192.0.2.0", "192.0.2.63"),
            range("192.0.2.3", "192.0.2.77"),
            range("255.255.255.200", "255.255.255.255"),
            range("10.0.0.0", "10.0.31.255"),
            range("2001:db8::ffff:ffff:ffff:fff0", "2001:db8:0:1::f"),
            range(
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    long seed = 20_260_731L;
    Random random = new Random(seed);
    for (IpRange range : ranges) {
      compare(AddressSpace.of(range), random, "seed " + seed + " " + range);
      compare(new IntervalSpace(range), random, "seed " + seed + " intervals " + range);
    }
  }

  private static void compare(AddressSpace space, Random random, String message) {
    TreeSet<IpAddress> free = new TreeSet<>();
    int size = space.range().size().intValueExact();
    for (int i = 0; i < size; i++) {
      free.add(at(space.range(), i));
    }
    int rounds = 3_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      IpAddress address = at(space.range(), random.nextInt(size));
      // Phases of filling and of emptying, so that both ends are reached.
      boolean filling = round / 500 % 2 == 0;
      if (random.nextInt(10) < (filling ? 9 : 1)) {
        IpAddress taken = random.nextBoolean() ? address : free.isEmpty() ? address : free.first();
        space.take(taken);
        free.remove(taken);
      } else {
        space.release(address);
        free.add(address);
      }
      Optional<IpAddress> lowest = free.isEmpty() ? Optional.empty() : Optional.of(free.first());
      assertEquals(lowest, space.lowestFree(), message);
      assertEquals(free.contains(address), space.isFree(address), message);
    }
  }

  @Test
  void aHugeRangeCostsNothing() {
    AddressSpace space =
        AddressSpace.of(range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
    assertEquals(Optional.of(IpAddress.of("2001:db8::")), space.lowestFree());
    space.take(IpAddress.of("2001:db8::"));
    space.take(IpAddress.of("2001:db8::2"));
    assertEquals(Optional.of(IpAddress.of("2001:db8::1")), space.lowestFree());
  }

  @Test
  void theLargestBitmapFindsItsLastAddress() {
    AddressSpace space = AddressSpace.of(range("10.0.0.0", "10.255.255.255"));
    IpAddress address = IpAddress.of("10.0.0.0");
    for (int i = 0; i < 100_000; i++) {
      assertEquals(Optional.of(address), space.lowestFree());
      space.take(address);
      address = address.next().orElseThrow();
    }
    space.release(IpAddress.of("10.0.3.4"));
    assertEquals(Optional.of(IpAddress.of("10.0.3.4")), space.lowestFree());
  }

  @Test
  void blockedRangesAreCutOut() {
    assertEquals(
        List.of(range("10.0.0.0", "10.0.0.9"), range("10.0.0.20", "10.0.0.29")),
        Ranges.without(
            List.of(range("10.0.0.0", "10.0.0.39")),
            List.of(range("10.0.0.30", "10.0.0.255"), range("10.0.0.10", "10.0.0.19"))));
    assertEquals(
        List.of(),
        Ranges.without(
            List.of(range("10.0.0.1", "10.0.0.2")), List.of(range("10.0.0.0", "10.0.0.2"))));
  }

  private static IpRange range(String first, String last) {
    return new IpRange(IpAddress.of(first), IpAddress.of(last));
  }

  private static IpAddress at(IpRange range, int index) {
    return IpAddress.ofNumber(
        range.family(), range.first().toNumber().add(BigInteger.valueOf(index)));
  }
}
