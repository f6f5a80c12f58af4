// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The pool's space against a linear model: a list of addresses that is searched from the start.
class PoolSpaceTest {

  private static final List<IpRange> RANGES =
      List.of(
          range("10.0.0.250", "10.0.1.5"),
          range("10.0.2.255", "10.0.2.255"),
          range("10.0.3.0", "10.0.3.40"),
          range("10.0.5.7", "10.0.5.7"),
          range("2001:db8::fffe", "2001:db8::1:20"),
          range("2001:db8:1::", "2001:db8:1::"));

  private static final List<IpRange> BLOCKED =
      List.of(range("10.0.3.8", "10.0.3.15"), range("2001:db8::1:4", "2001:db8::1:7"));

  @Test
  void theLowestFreeAddressIsTheOneThatAScanFinds() {
    for (EndOctets endOctets : EndOctets.values()) {
      long seed = 20_260_801L;
      drive(endOctets, new Random(seed), "seed " + seed + " " + endOctets);
    }
  }

  private static void drive(EndOctets endOctets, Random random, String message) {
    PoolSpace space = new PoolSpace(pool(endOctets), BLOCKED);
    List<IpAddress> usable = usable(endOctets);
    List<IpAddress> every = every();
    TreeSet<IpAddress> taken = new TreeSet<>();
    int rounds = 5_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      IpFamily family = random.nextBoolean() ? IpFamily.IPV4 : IpFamily.IPV6;
      Optional<IpAddress> scanned =
          usable.stream()
              .filter(address -> address.family() == family && !taken.contains(address))
              .findFirst();
      assertEquals(scanned, space.lowestFree(family), message);
      boolean filling = round / 400 % 2 == 0;
      IpAddress address = every.get(random.nextInt(every.size()));
      if (random.nextInt(10) < (filling ? 8 : 2)) {
        IpAddress wanted = random.nextBoolean() ? address : scanned.orElse(address);
        space.take(wanted);
        taken.add(wanted);
      } else {
        space.release(address);
        taken.remove(address);
      }
    }
  }

  private static AddressPool pool(EndOctets endOctets) {
    return new AddressPool(
        new PoolName("lan"),
        SourcePlace.of("test.yaml"),
        new TreeMap<>(),
        RANGES,
        Assignment.AUTOMATIC,
        endOctets,
        Optional.empty());
  }

  private static List<IpAddress> every() {
    List<IpAddress> every = new ArrayList<>();
    for (IpRange range : RANGES) {
      for (IpAddress address = range.first();
          address.compareTo(range.last()) <= 0;
          address = address.next().orElseThrow()) {
        every.add(address);
      }
    }
    return every;
  }

  private static List<IpAddress> usable(EndOctets endOctets) {
    return every().stream()
        .filter(address -> BLOCKED.stream().noneMatch(range -> range.contains(address)))
        .filter(
            address ->
                endOctets == EndOctets.USED
                    || address.family() == IpFamily.IPV6
                    || !address.toString().matches(".*\\.(0|255)"))
        .sorted()
        .toList();
  }

  private static IpRange range(String first, String last) {
    return new IpRange(IpAddress.of(first), IpAddress.of(last));
  }
}
