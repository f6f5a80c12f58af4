// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.Conflicts.Reaction;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// RFC 5227 section 2.4, reaction (c).
final class ConflictsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:aa");
  private static final OwnNodes.Whose FOREIGN = new OwnNodes.Whose.Foreign();

  private final Conflicts conflicts = new Conflicts();

  @Test
  void oneClaimASecondIsReportedOnceAndDefendedEachTenSeconds() {
    assertEquals(
        Map.of(Reaction.REPORT_AND_DEFEND, 1, Reaction.DEFEND, 5, Reaction.NONE, 54),
        flood(60, Duration.ofSeconds(1)));
    assertEquals(
        Map.of(ADDRESS, new Conflict(MAC, HolderKind.FOREIGN, START, START.plusSeconds(59))),
        conflicts.current());
  }

  @Test
  void tenThousandClaimsASecondAreNoStorm() {
    assertEquals(
        Map.of(Reaction.REPORT_AND_DEFEND, 1, Reaction.DEFEND, 2, Reaction.NONE, 299_997),
        flood(300_000, Duration.ofNanos(100_000)));
  }

  @Test
  void aForgerOfManyStationsIsNoStormEither() {
    Random random = new Random(7);
    int said = 0;
    int sent = 0;
    for (int i = 0; i < 300_000; i++) {
      Sighting sighting =
          new Sighting(ADDRESS, new MacAddress(random.nextLong(1L << 40)), SightingKind.CLAIM);
      Reaction reaction = conflicts.heard(sighting, FOREIGN, START.plusNanos(i * 100_000L));
      said += reaction == Reaction.REPORT || reaction == Reaction.REPORT_AND_DEFEND ? 1 : 0;
      sent += reaction == Reaction.DEFEND || reaction == Reaction.REPORT_AND_DEFEND ? 1 : 0;
    }
    assertEquals(3, said);
    assertEquals(3, sent);
  }

  @Test
  void halfAMinuteOfCalmEndsItAndTheNextClaimIsNew() {
    conflicts.heard(claim(MAC), FOREIGN, START);
    assertEquals(List.of(), conflicts.advance(START.plusSeconds(29)));
    assertEquals(List.of(ADDRESS), conflicts.advance(START.plusSeconds(30)));
    assertTrue(conflicts.current().isEmpty());
    assertEquals(Optional.empty(), conflicts.nextDue());
    assertEquals(
        Reaction.REPORT_AND_DEFEND, conflicts.heard(claim(MAC), FOREIGN, START.plusSeconds(31)));
  }

  @Test
  void aReleasedAddressIsInNoConflict() {
    conflicts.heard(claim(MAC), FOREIGN, START);
    conflicts.released(ADDRESS);
    assertTrue(conflicts.current().isEmpty());
  }

  @Test
  void aProbeIsNoConflict() {
    Sighting probe = new Sighting(ADDRESS, MAC, SightingKind.PROBE);
    assertEquals(Reaction.NONE, conflicts.heard(probe, FOREIGN, START));
    assertTrue(conflicts.current().isEmpty());
  }

  @Test
  void aClaimingMemberIsNoConflict() {
    OwnNodes.Whose member = new OwnNodes.Whose.ClaimingMember(new NodeName("n2"));
    for (int i = 0; i < 100; i++) {
      assertEquals(
          Reaction.NONE, conflicts.heard(claim(MAC), member, START.plus(Duration.ofSeconds(i))));
    }
    assertTrue(conflicts.current().isEmpty());
    assertEquals(Optional.empty(), conflicts.nextDue());
  }

  @Test
  void aMemberThatIsHeardNoMoreIsForgotten() {
    conflicts.heard(claim(MAC), other("n2"), START);
    conflicts.heard(claim(MAC), other("n2"), START.plusSeconds(1));
    MacAddress third = MacAddress.of("02:00:5e:00:53:bb");
    hearOther(third, 2, 30);
    assertEquals(HolderKind.KERNEL_ANSWERS, kind());
    // Now it is one node alone.
    hearOther(third, 31, 40);
    assertEquals(HolderKind.OTHER_ANNOUNCER_ON_NODE, kind());
  }

  private void hearOther(MacAddress mac, int from, int to) {
    for (int i = from; i <= to; i++) {
      conflicts.heard(claim(mac), other("n3"), START.plusSeconds(i));
    }
  }

  @Test
  void aMemberThatJustHandedOverIsForgiven() {
    assertEquals(Reaction.NONE, conflicts.heard(claim(MAC), other("n2"), START));
    assertEquals(Reaction.NONE, conflicts.heard(claim(MAC), other("n2"), START.plusMillis(1_900)));
    assertTrue(conflicts.current().isEmpty());
  }

  @Test
  void oneMemberThatGoesOnIsAnotherAnnouncerAndSeveralAreKernels() {
    conflicts.heard(claim(MAC), other("n2"), START);
    assertEquals(Reaction.REPORT, conflicts.heard(claim(MAC), other("n2"), START.plusSeconds(3)));
    assertEquals(HolderKind.OTHER_ANNOUNCER_ON_NODE, kind());
    MacAddress third = MacAddress.of("02:00:5e:00:53:bb");
    conflicts.heard(claim(third), other("n3"), START.plusSeconds(12));
    assertEquals(
        Reaction.REPORT, conflicts.heard(claim(third), other("n3"), START.plusSeconds(15)));
    assertEquals(HolderKind.KERNEL_ANSWERS, kind());
    assertEquals(Reaction.NONE, conflicts.heard(claim(MAC), other("n2"), START.plusSeconds(40)));
  }

  @Test
  void aMemberDoesNotHideAForeignStation() {
    conflicts.heard(claim(MAC), FOREIGN, START);
    conflicts.heard(claim(MAC), other("n2"), START.plusSeconds(1));
    conflicts.heard(claim(MAC), other("n2"), START.plusSeconds(20));
    assertEquals(HolderKind.FOREIGN, kind());
  }

  private HolderKind kind() {
    return Objects.requireNonNull(conflicts.current().get(ADDRESS)).kind();
  }

  private Map<Reaction, Integer> flood(int frames, Duration distance) {
    Map<Reaction, Integer> reactions = new EnumMap<>(Reaction.class);
    for (int i = 0; i < frames; i++) {
      Instant now = START.plus(distance.multipliedBy(i));
      reactions.merge(conflicts.heard(claim(MAC), FOREIGN, now), 1, Integer::sum);
      assertEquals(List.of(), conflicts.advance(now));
    }
    return reactions;
  }

  private static Sighting claim(MacAddress mac) {
    return new Sighting(ADDRESS, mac, SightingKind.CLAIM);
  }

  private static OwnNodes.Whose other(String node) {
    return new OwnNodes.Whose.OtherMember(new NodeName(node));
  }
}
