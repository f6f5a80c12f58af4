// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static io.gitlb.schema.check.Defined.excluding;
import static io.gitlb.schema.check.Defined.pin;
import static io.gitlb.schema.check.Defined.pool;
import static io.gitlb.schema.check.Defined.reserved;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReservedChecksTest {

  private static final String ADVICE =
      "; exclude it in the pool (spec.exclude, in gitlb.io/v1) or shrink the pool";

  private static List<String> problems(List<AddressPool> pools, ReservedRange... reserved) {
    return problems(pools, List.of(), reserved);
  }

  private static List<String> problems(
      List<AddressPool> pools, List<PinnedIp> pins, ReservedRange... reserved) {
    return Defined.errors(reserved(pools, pins, reserved)).stream().map(Object::toString).toList();
  }

  @Test
  void reservedRangesBesideThePoolsAreFine() {
    assertEquals(
        List.of(),
        problems(
            List.of(pool("a", "192.0.2.10-192.0.2.20", "2001:db8::/112")),
            reserved("r", "192.0.2.0-192.0.2.9", "192.0.2.21-192.0.2.255", "2001:db8::1:0/112")));
  }

  @Test
  void reservedRangesMayOverlapOneAnother() {
    assertEquals(
        List.of(),
        problems(
            List.of(pool("a", "192.0.2.0/24")),
            reserved("office", "198.51.100.0/24"),
            reserved("dhcp", "198.51.100.32/28")));
  }

  @Test
  void anOverlapIsReportedWithTheAddressesAndWhoseTheyAre() {
    assertEquals(
        List.of(
            "a.yaml:4:9: GLB1310 192.0.2.200-192.0.2.255 of pool a is reserved by ReservedRange r at"
                + " r.yaml:4:9 (the reason of r)"
                + ADVICE),
        problems(List.of(pool("a", "192.0.2.0/24")), reserved("r", "192.0.2.200-192.0.3.9")));
  }

  @Test
  void oneAddressIsShownAsOne() {
    assertEquals(
        List.of(
            "a.yaml:4:9: GLB1310 192.0.2.1 of pool a is reserved by ReservedRange r at r.yaml:4:9"
                + " (the reason of r)"
                + ADVICE),
        problems(List.of(pool("a", "192.0.2.0/24")), reserved("r", "192.0.2.1/32")));
  }

  @Test
  void whatThePoolExcludesMayBeReserved() {
    assertEquals(
        List.of(),
        problems(
            List.of(excluding(pool("a", "192.0.2.0/24"), "192.0.2.0/28", "192.0.2.16/28")),
            reserved("r", "192.0.2.8-192.0.2.23")));
  }

  @Test
  void theWholeOverlapIsShownWhenAPartOfItIsExcluded() {
    assertEquals(
        List.of(
            "a.yaml:4:9: GLB1310 192.0.2.8-192.0.2.23 of pool a is reserved by ReservedRange r at"
                + " r.yaml:4:9 (the reason of r)"
                + ADVICE),
        problems(
            List.of(excluding(pool("a", "192.0.2.0/24"), "192.0.2.9-192.0.2.22")),
            reserved("r", "192.0.2.8-192.0.2.23")));
  }

  @Test
  void everyReservedRangeOfEveryRangeOfEveryPoolIsReportedAtOnce() {
    assertEquals(
        List.of("192.0.2.20-192.0.2.21", "192.0.2.4", "192.0.2.9", "192.0.2.40"),
        problems(
                List.of(
                    pool("a", "192.0.2.0-192.0.2.9", "192.0.2.20-192.0.2.29"),
                    pool("b", "192.0.2.40-192.0.2.49")),
                reserved("r", "192.0.2.9-192.0.2.21", "192.0.2.4/32"),
                reserved("s", "192.0.2.30-192.0.2.40"))
            .stream()
            .map(line -> line.split(" ", -1)[2])
            .toList());
  }

  @Test
  void aReservedRangeAroundAnotherIsTheOneThatIsNamed() {
    assertEquals(
        List.of(
            "a.yaml:4:9: GLB1310 192.0.2.0-192.0.2.255 of pool a is reserved by ReservedRange wide"
                + " at wide.yaml:4:9 (the reason of wide)"
                + ADVICE),
        problems(
            List.of(pool("a", "192.0.2.0/24")),
            reserved("narrow", "192.0.2.7-192.0.2.9"),
            reserved("wide", "192.0.0.0/16")));
  }

  @Test
  void aPinToAReservedAddressIsRefusedAlsoWhereThePoolExcludesIt() {
    assertEquals(
        List.of(
            "p.yaml:4:9: GLB1310 192.0.2.1 of PinnedIP p is reserved by ReservedRange r at"
                + " r.yaml:4:9 (the reason of r); pin another address",
            "p.yaml:4:9: GLB1310 198.51.100.1 of PinnedIP p is reserved by ReservedRange r at"
                + " r.yaml:4:9 (the reason of r); pin another address"),
        problems(
            List.of(excluding(pool("a", "192.0.2.0/24"), "192.0.2.1/32")),
            List.of(pin("p", "n/p", "192.0.2.1", "192.0.2.2", "198.51.100.1")),
            reserved("r", "192.0.2.1/32", "198.51.100.0/24")));
  }

  @Test
  void aPinToAnExcludedAddressIsRefusedWithThePool() {
    assertEquals(
        List.of(
            "p.yaml:4:9: GLB1311 192.0.2.1 of PinnedIP p is excluded by its pool a at a.yaml:4:9;"
                + " take it out of spec.exclude there, or pin another address"),
        problems(
            List.of(
                pool("b", "198.51.100.0/24"), excluding(pool("a", "192.0.2.0/24"), "192.0.2.1/32")),
            List.of(pin("p", "n/p", "192.0.2.1", "192.0.2.2"))));
  }

  private static IpRange random(Random random) {
    int first = random.nextInt(60);
    return new IpRange(new Ipv4(first), new Ipv4(first + random.nextInt(9)));
  }

  private static List<IpRange> randomRanges(Random random, int most) {
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(_ -> random(random)).toList();
  }

  /// The sweep against asking for every address: some problem exactly when a pool can give a
  /// reserved address, one exactly at every pin of such a kind.
  @Test
  void somethingIsReportedExactlyWhenAPoolGivesOrAPinIsAReservedAddress() {
    int rounds = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int seed = 0; seed < rounds; seed++) {
      Random random = new Random(seed);
      AddressPool low = pool("low", "0.0.0.0-0.0.0.29");
      AddressPool high = pool("high", "0.0.0.32-0.0.0.40", "0.0.0.41-0.0.0.50");
      List<IpRange> excluded = randomRanges(random, 4);
      List<AddressPool> pools = List.of(within(low, excluded), within(high, excluded));
      List<IpRange> ranges = new ArrayList<>(randomRanges(random, 3));
      ranges.add(random(random));
      IpAddress pinned = new Ipv4(random.nextInt(55));
      Definitions definitions =
          reserved(pools, List.of(pin("p", "n/p", pinned.toString())), reserved("r", ranges));
      List<Problem> found = Defined.errors(definitions);
      String shown = "seed " + seed + ": " + definitions;
      assertEquals(
          IntStream.range(0, 80).anyMatch(i -> givesReserved(pools, ranges, new Ipv4(i))),
          found.stream().anyMatch(problem -> !problem.place().file().equals("p.yaml")),
          shown);
      assertEquals(
          pinProblem(pools, ranges, pinned),
          found.stream()
              .filter(problem -> problem.place().file().equals("p.yaml"))
              .map(Problem::code)
              .findFirst(),
          shown);
    }
  }

  /// As the reader makes it: what is excluded lies in the pool.
  private static AddressPool within(AddressPool pool, List<IpRange> excluded) {
    return excluding(
        pool,
        excluded.stream()
            .filter(range -> pool.contains(range.first()) && pool.contains(range.last()))
            .toList());
  }

  private static boolean givesReserved(
      List<AddressPool> pools, List<IpRange> reserved, IpAddress address) {
    return pools.stream().anyMatch(pool -> pool.contains(address) && !excludes(pool, address))
        && reserved.stream().anyMatch(range -> range.contains(address));
  }

  private static boolean excludes(AddressPool pool, IpAddress address) {
    return pool.rules().excluded().stream().anyMatch(range -> range.contains(address));
  }

  private static Optional<ProblemCode> pinProblem(
      List<AddressPool> pools, List<IpRange> reserved, IpAddress address) {
    if (reserved.stream().anyMatch(range -> range.contains(address))) {
      return Optional.of(ProblemCode.RESERVED);
    }
    if (pools.stream().noneMatch(pool -> pool.contains(address))) {
      return Optional.of(ProblemCode.PIN_OUTSIDE_POOLS);
    }
    return pools.stream().anyMatch(pool -> excludes(pool, address))
        ? Optional.of(ProblemCode.PIN_EXCLUDED)
        : Optional.empty();
  }

  /// However ranges overlap, there are fewer clashes than ranges: a commit of them takes no longer
  /// than one of as many that don't.
  @Test
  void thousandsOfRangesThatAllOverlapGiveNoMoreProblemsThanRanges() {
    int count = 20_000;
    List<IpRange> mine =
        IntStream.range(0, count)
            .mapToObj(i -> new IpRange(new Ipv4(i), new Ipv4(3 * count + i)))
            .toList();
    List<IpRange> theirs =
        IntStream.range(0, count)
            .mapToObj(i -> new IpRange(new Ipv4(i + 1), new Ipv4(2 * count + 2 * i)))
            .toList();
    List<Problem> found =
        ReservedChecks.check(
            reserved(List.of(pool("a", mine)), List.of(), reserved("r", theirs)), SourceMap.NONE);
    assertTrue(!found.isEmpty() && found.size() <= 2 * count, "found " + found.size());
  }
}
