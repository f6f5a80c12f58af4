// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.announce.Placement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class GratuitousLogTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  private final GratuitousLog log = new GratuitousLog();
  private final SortedMap<IpAddress, Placement> placements = new TreeMap<>();

  @Test
  void theLastRoundCountsForAsLongAsTheAddressIsAnswered() {
    placements.put(ADDRESS, new Placement.Answered(new TreeSet<>(List.of("eth0"))));
    log.sent(ADDRESS, START);
    log.sent(ADDRESS, START.plusMillis(100));
    log.sent(IpAddress.of("192.0.2.11"), START);
    assertEquals(Map.of(ADDRESS, START.plusMillis(100)), log.of(() -> placements));
    placements.put(ADDRESS, new Placement.Standby(Optional.of(new NodeName("node-b"))));
    assertEquals(Map.of(), log.of(() -> placements));
  }

  /// Else nobody could tell that it is another one.
  @Test
  void whatWasReadStaysAsItWas() {
    placements.put(ADDRESS, new Placement.Answered(new TreeSet<>(List.of("eth0"))));
    Map<IpAddress, Instant> before = log.of(() -> placements);
    log.sent(ADDRESS, START);
    assertEquals(Map.of(), before);
    assertEquals(Map.of(ADDRESS, START), log.of(() -> placements));
  }

  @Test
  void whatIsAnsweredAndSentWhileItIsReadIsNotForgotten() {
    log.of(
        () -> {
          log.sent(ADDRESS, START);
          return placements;
        });
    placements.put(ADDRESS, new Placement.Answered(new TreeSet<>(List.of("eth0"))));
    assertEquals(Map.of(ADDRESS, START), log.of(() -> placements));
  }
}
