// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.pcap.CaptureFilter.Range;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class CaptureFilterTest {

  @Test
  void withoutAddressesNothingPasses() {
    assertEquals("arp and arp[24:4] = 0", CaptureFilter.forTable(AnswerTable.EMPTY));
  }

  @Test
  void singleAddressesAndRunsOfThem() {
    assertEquals(
        "(arp and (arp[24:4] = 3221225994 or (arp[24:4] >= 3221226000 and arp[24:4] <= 3221226002)))"
            + " or (arp and (arp[14:4] = 3221225994"
            + " or (arp[14:4] >= 3221226000 and arp[14:4] <= 3221226002)))"
            + " or (ip6 and ((ip6[6] = 58 and ip6[40] = 135) or (ip6[6] = 58 and ip6[40] = 136))"
            + " and (ip6[60:4] = 1))",
        CaptureFilter.forTable(
            new AnswerTable(
                addresses("192.0.2.10", "192.0.2.16", "192.0.2.17", "192.0.2.18", "2001:db8::1"),
                Set.of())));
  }

  @Test
  void addressesAboveTheSignedHalfAreUnsigned() {
    assertEquals(
        List.of(new Range(0x7FFF_FFFFL, 0x8000_0000L), new Range(0xFFFF_FFFFL, 0xFFFF_FFFFL)),
        CaptureFilter.ranges(numbers("127.255.255.255", "128.0.0.0", "255.255.255.255"), 10));
  }

  @Test
  void theNearestRangesAreJoinedWhenThereAreTooMany() {
    assertEquals(
        List.of(new Range(0x0A00_0001L, 0x0A00_0008L), new Range(0x0A00_0064L, 0x0A00_0064L)),
        CaptureFilter.ranges(numbers("10.0.0.1", "10.0.0.3", "10.0.0.8", "10.0.0.100"), 2));
    assertEquals(
        List.of(new Range(0x0A00_0001L, 0x0A00_0064L)),
        CaptureFilter.ranges(numbers("10.0.0.1", "10.0.0.3", "10.0.0.8", "10.0.0.100"), 1));
  }

  @Test
  void whateverTheLimitEveryAddressPassesAndBelowItNothingElse() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int round = 0; round < 200 * Integer.getInteger("gitlb.random.rounds", 1); round++) {
      TreeSet<IpAddress> addresses = new TreeSet<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        addresses.add(new Ipv4(0xC000_0200 + random.nextInt(200)));
      }
      int most = 1 + random.nextInt(30);
      List<Range> ranges =
          CaptureFilter.ranges(CaptureFilter.numbers(addresses, IpFamily.IPV4), most);
      assertTrue(ranges.size() <= most, "seed " + seed);
      long covered = 0;
      for (Range range : ranges) {
        covered += range.last() - range.first() + 1;
      }
      for (IpAddress address : addresses) {
        long number = address.toNumber().longValue();
        assertEquals(
            1,
            ranges.stream().filter(r -> r.first() <= number && number <= r.last()).count(),
            "seed " + seed);
      }
      if (ranges.size() < most) {
        assertEquals(addresses.size(), covered, "seed " + seed);
      }
    }
  }

  private static SortedSet<Long> numbers(String... texts) {
    return CaptureFilter.numbers(addresses(texts), IpFamily.IPV4);
  }

  private static SortedSet<IpAddress> addresses(String... texts) {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (String text : texts) {
      addresses.add(IpAddress.of(text));
    }
    return addresses;
  }
}
