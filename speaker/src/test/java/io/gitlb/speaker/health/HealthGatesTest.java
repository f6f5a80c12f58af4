// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class HealthGatesTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int PORT = 31_000;
  private static final int OTHER = 31_001;

  private final HealthGates gates = new HealthGates();
  private Instant now = START;

  @Test
  void aNewPortIsAskedAtOnceAndThenTenTimesASecond() {
    gates.ports(ports(PORT), now);
    assertEquals(Set.of(PORT), gates.advance(now).ask());
    gates.answered(PORT, 200);
    assertEquals(Optional.of(Map.of(PORT, Gate.OPEN)), gates.takeChange());
    assertEquals(Optional.empty(), gates.takeChange());

    Instant second = gates.nextDue().orElseThrow();
    assertTrue(!second.isAfter(START.plus(HealthGates.SHORTEST_INTERVAL)), second::toString);
    assertEquals(Set.of(PORT), gates.advance(second).ask());
    gates.answered(PORT, 200);
    assertEquals(Optional.of(second.plus(HealthGates.SHORTEST_INTERVAL)), gates.nextDue());
  }

  @Test
  void oneDefiniteWordIsEnough() {
    open(PORT);
    ask();
    gates.answered(PORT, 503);
    assertEquals(Gate.SHUT, gates.gates().get(PORT));
    ask();
    gates.answered(PORT, 200);
    assertEquals(Gate.OPEN, gates.gates().get(PORT));
  }

  @Test
  void twoMissesInARowSilenceAnOpenGateAndOneAnswerOpensIt() {
    open(PORT);
    miss();
    assertEquals(Gate.OPEN, gates.gates().get(PORT));
    ask();
    gates.answered(PORT, 200);
    miss();
    assertEquals(Gate.OPEN, gates.gates().get(PORT), "misses that are not in a row do not add up");
    miss();
    assertEquals(Gate.SILENT, gates.gates().get(PORT));
    assertEquals(Optional.of(Map.of(PORT, Gate.SILENT)), gates.takeChange());
    ask();
    gates.answered(PORT, 200);
    assertEquals(Gate.OPEN, gates.gates().get(PORT));
  }

  @Test
  void silenceOpensNothingAndOtherAnswersAreMisses() {
    gates.ports(ports(PORT), now);
    for (int i = 0; i < 3; i++) {
      miss();
    }
    assertEquals(Gate.UNKNOWN, gates.gates().get(PORT));
    ask();
    gates.answered(PORT, 404);
    assertEquals(Gate.UNKNOWN, gates.gates().get(PORT));
    ask();
    gates.answered(PORT, 503);
    miss();
    miss();
    assertEquals(Gate.SHUT, gates.gates().get(PORT));
    assertEquals(Optional.of(Map.of(PORT, Gate.SHUT)), gates.takeChange());
  }

  @Test
  void aQuestionIsGivenUpAndItsLateAnswerDoesNotCount() {
    open(PORT);
    Instant asked = ask();
    assertEquals(Optional.of(asked.plus(HealthGates.PATIENCE)), gates.nextDue());
    HealthGates.Step step = gates.advance(asked.plus(HealthGates.PATIENCE));
    assertEquals(Set.of(PORT), step.giveUp());
    assertEquals(Set.of(), step.ask());
    gates.answered(PORT, 503);
    assertEquals(Gate.OPEN, gates.gates().get(PORT));
    assertEquals(Optional.of(asked.plus(HealthGates.LONGEST_INTERVAL)), gates.nextDue());
  }

  @Test
  void whoIsSilentForLongIsAskedOnceASecond() {
    open(PORT);
    for (int i = 0; i < 8; i++) {
      miss();
    }
    Instant last = now;
    assertEquals(Optional.of(last.plus(HealthGates.SLOW_INTERVAL)), gates.nextDue());
    ask();
    gates.answered(PORT, 200);
    assertEquals(Optional.of(now.plus(HealthGates.SHORTEST_INTERVAL)), gates.nextDue());
  }

  @Test
  void aPortThatGoesIsForgottenAndBeginsAnew() {
    open(PORT);
    gates.ports(ports(OTHER), now);
    assertEquals(Set.of(OTHER), gates.gates().keySet());
    gates.answered(PORT, 503);
    gates.missed(PORT);
    gates.ports(ports(PORT, OTHER), now);
    assertEquals(Gate.UNKNOWN, gates.gates().get(PORT));
    gates.ports(ports(), now);
    assertEquals(Optional.empty(), gates.nextDue());
  }

  @Test
  void aThousandPortsAreSpreadOverTheInterval() {
    TreeSet<Integer> all = new TreeSet<>();
    for (int port = 30_000; port < 31_000; port++) {
      all.add(port);
    }
    gates.ports(all, now);
    assertEquals(all, gates.advance(now).ask());
    all.forEach(port -> gates.answered(port, 200));
    TreeMap<Instant, Integer> asked = new TreeMap<>();
    Instant end = START.plus(HealthGates.LONGEST_INTERVAL);
    while (!gates.nextDue().orElseThrow().isAfter(end)) {
      now = gates.nextDue().orElseThrow();
      SortedSet<Integer> ask = gates.advance(now).ask();
      ask.forEach(port -> gates.answered(port, 200));
      asked.put(now, ask.size());
    }
    assertEquals(1000, asked.values().stream().mapToInt(Integer::intValue).sum());
    assertTrue(asked.values().stream().allMatch(count -> count <= 8), asked::toString);
  }

  @Test
  void theFewerPortsThereAreTheMoreOftenEachIsAsked() {
    Map.of(1, 100, 400, 100, 600, 150, 1_000, 250, 2_000, 250)
        .forEach(
            (count, millis) -> {
              TreeSet<Integer> all = new TreeSet<>();
              for (int port = 30_000; port < 30_000 + count; port++) {
                all.add(port);
              }
              gates.ports(all, now);
              assertEquals(Duration.ofMillis(millis), gates.interval(), count + " ports");
            });
  }

  @Test
  void whoMissesIsAskedAgainNoSoonerThanAmongMany() {
    open(PORT);
    miss();
    assertEquals(Optional.of(now.plus(HealthGates.LONGEST_INTERVAL)), gates.nextDue());
  }

  @Test
  void inRandomRoundsEveryPortIsAskedInTimeAndOnceAtATime() {
    long seed = Long.getLong("gitlb.seed", System.nanoTime());
    Random random = new Random(seed);
    Set<Integer> asked = new TreeSet<>();
    gates.ports(ports(1, 2, 3, 4, 5), now);
    for (int i = 0; i < 5_000; i++) {
      HealthGates.Step step = gates.advance(now);
      asked.removeAll(step.giveUp());
      for (int port : step.ask()) {
        assertTrue(asked.add(port), "asked twice, seed " + seed);
      }
      for (int port : Set.copyOf(asked)) {
        switch (random.nextInt(4)) {
          case 0 -> gates.answered(port, random.nextBoolean() ? 200 : 503);
          case 1 -> gates.missed(port);
          default -> {
            continue;
          }
        }
        asked.remove(port);
      }
      Instant due = gates.nextDue().orElseThrow();
      assertTrue(!due.isAfter(now.plus(HealthGates.SLOW_INTERVAL)), "nothing is due, seed " + seed);
      now = now.plus(Duration.ofMillis(random.nextInt(300)));
    }
  }

  private void open(int port) {
    gates.ports(ports(port), now);
    ask();
    gates.answered(port, 200);
    gates.takeChange();
  }

  private Instant ask() {
    now = gates.nextDue().orElseThrow();
    assertEquals(Set.of(PORT), gates.advance(now).ask());
    return now;
  }

  private void miss() {
    ask();
    gates.missed(PORT);
  }

  private static SortedSet<Integer> ports(Integer... ports) {
    return new TreeSet<>(Set.of(ports));
  }
}
