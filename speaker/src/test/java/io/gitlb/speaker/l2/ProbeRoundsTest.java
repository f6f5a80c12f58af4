// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.ProbeRounds.Probe;
import io.gitlb.speaker.l2.ProbeRounds.Purpose;
import io.gitlb.speaker.l2.ProbeRounds.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// RFC 5227 section 2.1.1, with shorter times.
final class ProbeRoundsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final MacAddress OWN = MacAddress.of("02:00:5e:00:53:01");
  private static final MacAddress STRANGER = MacAddress.of("02:00:5e:00:53:aa");
  private static final Link LINK = new Link("eth0", 2, OWN, new TreeSet<>());
  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final ProbeRounds.Key TAKE_OVER = new ProbeRounds.Key(ADDRESS, Purpose.TAKE_OVER);

  private final ProbeRounds rounds = new ProbeRounds(new Random(1));

  private record Sent(Duration at, Probe probe) {}

  private record Ended(Duration at, Result result) {}

  private record Run(List<Sent> sent, List<Ended> ended) {}

  @Test
  void aTakeOverAsksThreeTimesAndTakesSixtyMilliseconds() {
    assertTrue(rounds.begin(TAKE_OVER, List.of(LINK), START));
    Run run = run();
    assertEquals(List.of(ms(0), ms(20), ms(40)), run.sent().stream().map(Sent::at).toList());
    assertEquals(ms(60), run.ended().getFirst().at());
    assertEquals(
        new Result(TAKE_OVER, new TreeSet<>(), new TreeSet<>()), run.ended().getFirst().result());
    assertTrue(rounds.watched().isEmpty());
  }

  @Test
  void aDetectionEndsWellBelowASecond() {
    rounds.begin(new ProbeRounds.Key(ADDRESS, Purpose.DETECTION), List.of(LINK), START);
    Run run = run();
    assertEquals(3, run.sent().size());
    Duration took = run.ended().getFirst().at();
    assertTrue(took.compareTo(ms(240)) >= 0 && took.compareTo(ms(301)) <= 0, took::toString);
  }

  @Test
  void whoClaimsAndWhoProbesIsToldApart() {
    MacAddress other = MacAddress.of("02:00:5e:00:53:bb");
    rounds.begin(TAKE_OVER, List.of(LINK), START);
    rounds.advance(START);
    rounds.sighted(new Sighting(ADDRESS, STRANGER, SightingKind.CLAIM), "eth0");
    rounds.sighted(new Sighting(ADDRESS, STRANGER, SightingKind.CLAIM), "eth0");
    rounds.sighted(new Sighting(ADDRESS, other, SightingKind.PROBE), "eth0");
    Result result = run().ended().getFirst().result();
    assertEquals(Set.of(STRANGER), result.claimants());
    assertEquals(Set.of(other), result.probers());
  }

  @Test
  void copiesOfOwnFramesOtherAddressesAndOtherInterfacesChangeNothing() {
    Link second = new Link("eth1", 3, MacAddress.of("02:00:5e:00:53:02"), new TreeSet<>());
    rounds.begin(TAKE_OVER, List.of(LINK, second), START);
    rounds.sighted(new Sighting(ADDRESS, OWN, SightingKind.PROBE), "eth0");
    rounds.sighted(new Sighting(ADDRESS, second.macAddress(), SightingKind.PROBE), "eth0");
    rounds.sighted(new Sighting(ADDRESS, STRANGER, SightingKind.CLAIM), "eth7");
    rounds.sighted(new Sighting(IpAddress.of("192.0.2.11"), STRANGER, SightingKind.CLAIM), "eth0");
    Run run = run();
    assertEquals(6, run.sent().size());
    assertTrue(run.ended().getFirst().result().claimants().isEmpty());
    assertTrue(run.ended().getFirst().result().probers().isEmpty());
  }

  @Test
  void aSecondBeginJoinsAnotherPurposeDoesNotAndCancelEndsOnlyOne() {
    ProbeRounds.Key detection = new ProbeRounds.Key(ADDRESS, Purpose.DETECTION);
    rounds.begin(TAKE_OVER, List.of(LINK), START);
    assertFalse(rounds.begin(TAKE_OVER, List.of(LINK), START));
    assertTrue(rounds.begin(detection, List.of(LINK), START));
    rounds.cancel(TAKE_OVER);
    rounds.cancel(TAKE_OVER);
    assertEquals(List.of(detection), run().ended().stream().map(e -> e.result().key()).toList());
  }

  @Test
  void silenceWithoutALinkIsNoAnswer() {
    assertThrows(IllegalArgumentException.class, () -> rounds.begin(TAKE_OVER, List.of(), START));
  }

  @Test
  void silenceDuringAPauseOfThisProcessDoesNotCount() {
    rounds.begin(TAKE_OVER, List.of(LINK), START);
    for (int millis = 0; millis <= 40; millis += 20) {
      rounds.advance(START.plusMillis(millis));
    }
    Instant resumed = START.plusSeconds(5);
    assertEquals(List.of(), rounds.advance(resumed).finished());
    rounds.sighted(new Sighting(ADDRESS, STRANGER, SightingKind.CLAIM), "eth0");
    rounds.advance(resumed.plusMillis(20));
    rounds.advance(resumed.plusMillis(40));
    Result result = rounds.advance(resumed.plusMillis(60)).finished().getFirst();
    assertEquals(Set.of(STRANGER), result.claimants());
  }

  @Test
  void aForgerDoesNotFillTheMemory() {
    rounds.begin(TAKE_OVER, List.of(LINK), START);
    for (int i = 1; i <= 100_000; i++) {
      rounds.sighted(new Sighting(ADDRESS, new MacAddress(i), SightingKind.CLAIM), "eth0");
    }
    assertEquals(16, run().ended().getFirst().result().claimants().size());
  }

  @Test
  void fiveThousandAddressesArePacedAndTheFirstAreReadyEarly() {
    for (int i = 0; i < 5_000; i++) {
      rounds.begin(
          new ProbeRounds.Key(new Ipv4(0x0A00_0000 + i), Purpose.TAKE_OVER), List.of(LINK), START);
    }
    Run run = run();
    assertEquals(15_000, run.sent().size());
    assertEquals(5_000, run.ended().size());
    assertTrue(run.ended().getFirst().at().compareTo(ms(100)) < 0);
    assertTrue(
        run.ended().getLast().at().compareTo(ms(7_700)) < 0, run.ended().getLast()::toString);
    Map<Long, Integer> perTenth = new HashMap<>();
    run.sent().forEach(sent -> perTenth.merge(sent.at().toMillis() / 100, 1, Integer::sum));
    perTenth.forEach((tenth, count) -> assertTrue(count <= 221, tenth + ": " + count));
  }

  @Test
  void randomRoundsAskThreeTimesOnEachLinkAndEndOnce() {
    int count = 50 * Integer.getInteger("gitlb.random.rounds", 1);
    for (long seed = 0; seed < count; seed++) {
      randomRound(seed);
    }
  }

  private static void randomRound(long seed) {
    Random random = new Random(seed);
    ProbeRounds rounds = new ProbeRounds(random);
    Set<ProbeRounds.Key> open = new HashSet<>();
    Map<ProbeRounds.Key, Integer> expected = new HashMap<>();
    Instant now = START;
    for (int step = 0; step < 2_000; step++) {
      now = now.plusMillis(random.nextInt(4));
      if (step < 1_000 && random.nextInt(4) == 0) {
        Purpose purpose = random.nextBoolean() ? Purpose.TAKE_OVER : Purpose.DETECTION;
        ProbeRounds.Key key =
            new ProbeRounds.Key(new Ipv4(0x0A00_0000 + random.nextInt(20)), purpose);
        boolean begun = rounds.begin(key, List.of(LINK), now);
        assertEquals(open.add(key), begun, "seed " + seed);
        expected.merge(key, begun ? 1 : 0, Integer::sum);
      }
      for (Result result : rounds.advance(now).finished()) {
        assertTrue(open.remove(result.key()), "seed " + seed);
        expected.merge(result.key(), -1, Integer::sum);
      }
    }
    assertTrue(open.isEmpty(), "seed " + seed);
    assertTrue(expected.values().stream().allMatch(left -> left == 0), "seed " + seed);
    assertEquals(Optional.empty(), rounds.nextDue(), "seed " + seed);
  }

  private Run run() {
    Run run = new Run(new ArrayList<>(), new ArrayList<>());
    Optional<Instant> due = rounds.nextDue();
    Instant now = START;
    while (due.isPresent()) {
      now = due.get().isAfter(now) ? due.get() : now;
      Duration at = Duration.between(START, now);
      ProbeRounds.Step step = rounds.advance(now);
      step.probes().forEach(probe -> run.sent().add(new Sent(at, probe)));
      step.finished().forEach(result -> run.ended().add(new Ended(at, result)));
      due = rounds.nextDue();
    }
    return run;
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
