// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.l2.GratuitousSchedule.Extent;
import io.gitlb.speaker.l2.GratuitousSchedule.Round;
import io.gitlb.speaker.l2.GratuitousSchedule.Target;
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
import org.junit.jupiter.api.Test;

final class GratuitousScheduleTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final GratuitousSchedule schedule = new GratuitousSchedule();

  /// One round that went out.
  record Sent(Target target, Extent extent, Duration at) {}

  @Test
  void oneAddressGoesOutSevenTimesInFourAndAHalfSeconds() {
    schedule.start(target(1), START);
    List<Duration> times = new ArrayList<>();
    for (Sent sent : runUntilEmpty(schedule, START)) {
      times.add(sent.at());
    }
    assertEquals(GratuitousSchedule.ROUNDS, times);
    assertEquals(Optional.empty(), schedule.nextDue());
  }

  @Test
  void aStoppedAddressIsNotSentAgain() {
    schedule.start(target(1), START);
    assertEquals(List.of(target(1)), take(START));
    schedule.stop(target(1));
    assertEquals(Optional.empty(), schedule.nextDue());
    assertEquals(List.of(), take(START.plusSeconds(10)));
  }

  @Test
  void stoppingWhatNeverStartedIsNothing() {
    schedule.stop(target(9));
    assertEquals(Optional.empty(), schedule.nextDue());
  }

  @Test
  void anAddressThatStartsAgainBeginsItsRoundsAgain() {
    schedule.start(target(1), START);
    take(START);
    Instant again = START.plusMillis(50);
    schedule.start(target(1), again);
    assertEquals(7, runUntilEmpty(schedule, again).size());
  }

  @Test
  void whatIsAboutToBeSentAnywayIsNotBegunAgain() {
    schedule.start(target(1), START);
    schedule.again(target(1), START);
    assertEquals(List.of(target(1)), take(START));
    schedule.again(target(1), START.plusMillis(10));
    assertEquals(List.of(target(1)), take(START.plusMillis(100)));
    schedule.again(target(1), START.plusMillis(110));
    assertEquals(List.of(target(1)), take(START.plusMillis(110)));
    schedule.again(target(2), START.plusMillis(200));
    assertEquals(2, take(START.plusMillis(220)).size());
  }

  @Test
  void firstRoundsGoBeforeRepeatsAndTheNewestFirst() {
    schedule.start(target(1), START);
    assertEquals(List.of(target(1)), take(START));
    Instant later = START.plusMillis(200);
    schedule.start(target(2), later);
    schedule.start(target(3), later);
    // The repeat of the first has been due for 100 ms, yet the other two were never announced.
    List<Target> taken = new ArrayList<>();
    Instant now = later;
    while (taken.size() < 3) {
      taken.addAll(take(now));
      now = now.plusMillis(1);
    }
    assertEquals(List.of(target(3), target(2), target(1)), taken);
  }

  @Test
  void fiveHundredAddressesArePacedToEightHundredFramesASecond() {
    for (int i = 0; i < 500; i++) {
      schedule.start(target(i), START);
    }
    List<Sent> sent = runUntilEmpty(schedule, START);
    assertEquals(500 * 7, sent.size());
    assertPaced(sent);
    Set<Target> first = new HashSet<>();
    for (Sent one : sent.subList(0, 500)) {
      first.add(one.target());
    }
    assertTrue(first.size() >= 499, "nearly all are announced before any is repeated");
  }

  @Test
  void fiveThousandAddressesAreToldWithinTenSecondsTheNewestFirst() {
    for (int i = 0; i < 5_000; i++) {
      schedule.start(target(i), START);
    }
    List<Sent> sent = runUntilEmpty(schedule, START);
    List<Sent> first = sent.subList(0, 5_000);
    for (int i = 0; i < first.size(); i++) {
      assertEquals(target(4_999 - i), first.get(i).target());
    }
    assertTrue(
        first.getLast().at().compareTo(Duration.ofSeconds(7)) < 0, first.getLast()::toString);
    assertEquals(5_000 * 7, sent.size());
    assertPaced(sent);
    Set<Target> whole = new HashSet<>();
    sent.stream().filter(one -> one.extent() == Extent.WHOLE).map(Sent::target).forEach(whole::add);
    assertEquals(5_000, whole.size(), "each is told in both forms in the end");
  }

  @Test
  void oneThatStopsInACrowdIsOneLessThatWaits() {
    for (int i = 0; i < GratuitousSchedule.CROWD + 1; i++) {
      schedule.start(target(i), START);
    }
    schedule.stop(target(0));
    assertEquals(Extent.WHOLE, schedule.takeDue(START).getFirst().extent());
    schedule.start(target(0), START.plusSeconds(60));
    for (int i = 0; i < 10; i++) {
      schedule.start(target(1_000 + i), START.plusSeconds(60));
    }
    assertEquals(Extent.ONE_FRAME, schedule.takeDue(START.plusSeconds(60)).getFirst().extent());
  }

  @Test
  void aLateTimerCatchesUpByTenMillisecondsAndNoMore() {
    for (int i = 0; i < 500; i++) {
      schedule.start(target(i), START);
    }
    assertTrue(take(START.plusSeconds(60)).size() <= 9, "10 ms at 1.25 ms each");
  }

  @Test
  void theNextMomentIsNeverLaterThanWhatAPlainCountOfRoundsNeeds() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int round = 0; round < 20 * Integer.getInteger("gitlb.random.rounds", 1); round++) {
      GratuitousSchedule random500 = new GratuitousSchedule();
      Map<Target, Integer> left = new HashMap<>();
      Instant now = START;
      for (int step = 0; step < 300; step++) {
        Target target = target(random.nextInt(40));
        if (random.nextInt(5) == 0) {
          random500.stop(target);
          left.remove(target);
        } else if (random.nextInt(3) == 0) {
          random500.start(target, now);
          left.put(target, GratuitousSchedule.ROUNDS.size());
        }
        now = now.plusMillis(random.nextInt(200));
        for (Round sent : random500.takeDue(now)) {
          left.computeIfPresent(sent.target(), (_, count) -> count == 1 ? null : count - 1);
        }
        assertEquals(left.isEmpty(), random500.nextDue().isEmpty(), "seed " + seed);
      }
      for (Sent sent : runUntilEmpty(random500, now)) {
        left.computeIfPresent(sent.target(), (_, count) -> count == 1 ? null : count - 1);
      }
      assertEquals(Map.of(), left, "seed " + seed);
    }
  }

  /// Drives the schedule by its own next moments.
  private static List<Sent> runUntilEmpty(GratuitousSchedule schedule, Instant from) {
    List<Sent> sent = new ArrayList<>();
    Instant now = from;
    Optional<Instant> due = schedule.nextDue();
    while (due.isPresent()) {
      now = due.get().isAfter(now) ? due.get() : now;
      for (Round round : schedule.takeDue(now)) {
        sent.add(new Sent(round.target(), round.extent(), Duration.between(from, now)));
      }
      due = schedule.nextDue();
    }
    return sent;
  }

  private static void assertPaced(List<Sent> sent) {
    Map<Long, Integer> framesInSecond = new HashMap<>();
    for (Sent one : sent) {
      framesInSecond.merge(
          one.at().toSeconds(), one.extent() == Extent.WHOLE ? 2 : 1, Integer::sum);
    }
    for (int frames : framesInSecond.values()) {
      assertTrue(frames <= 810, framesInSecond.toString());
    }
  }

  private List<Target> take(Instant now) {
    return schedule.takeDue(now).stream().map(Round::target).toList();
  }

  private static Target target(int number) {
    return new Target("eth0", new Ipv4(0x0A00_0000 + number));
  }
}
