// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.conflict.ProbeWish.Purpose;
import io.gitlb.reconciler.conflict.Verdict.Free;
import io.gitlb.reconciler.conflict.Verdict.Taken;
import io.gitlb.reconciler.conflict.Verdict.Unprobed;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
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
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProbeKeeperTest {

  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final IpAddress A = IpAddress.of("192.0.2.1");
  private static final IpAddress B = IpAddress.of("192.0.2.2");
  private static final Taken TAKEN = new Taken(MacAddress.of("02:00:5e:00:53:01"));

  private final ProbeKeeper keeper = new ProbeKeeper();

  private static ProbeWish wish(Purpose purpose, String... speakers) {
    return new ProbeWish(purpose, List.of(speakers).stream().map(NodeName::new).toList());
  }

  private void want(IpAddress address, Purpose purpose, Instant now, String... speakers) {
    keeper.want(new TreeMap<>(Map.of(address, wish(purpose, speakers))), now);
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }

  @Test
  void oneQuestionASpeakerCarriesAllAddresses() {
    keeper.want(
        new TreeMap<>(
            Map.of(A, wish(Purpose.FRESH, "n1", "n2", "n3"), B, wish(Purpose.FRESH, "n1"))),
        START);
    List<Ask> asks = keeper.due(START);
    assertEquals(
        List.of("n1 [192.0.2.1, 192.0.2.2]", "n3 [192.0.2.1]"),
        asks.stream().map(ask -> ask.speaker() + " " + ask.addresses()).toList());
    assertEquals(List.of(), keeper.due(START));
  }

  @Test
  void asManyAreAskedAboutAsTheSpeakersTakeAndNoneIsLeftOut() {
    SortedMap<IpAddress, ProbeWish> wishes = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      IpAddress address = IpAddress.of("198.18." + i / 256 + "." + i % 256);
      wishes.put(address, wish(Purpose.FRESH, "n1", "n2", "n3"));
    }
    keeper.want(wishes, START);
    Instant now = START;
    int passes = 0;
    while (keeper.verdicts(now).size() < wishes.size()) {
      assertTrue(passes++ < 20, "too slow");
      for (Ask ask : keeper.due(now)) {
        assertTrue(ask.addresses().size() <= ProbeKeeper.MOST_ADDRESSES);
        Map<IpAddress, Verdict> answer = new HashMap<>();
        ask.addresses().forEach(address -> answer.put(address, new Free()));
        keeper.told(ask.number(), answer, now.plusMillis(450));
      }
      now = now.plusMillis(500);
    }
    assertEquals(Set.of(new Free()), Set.copyOf(keeper.verdicts(now).values()));
    assertEquals(Optional.empty(), keeper.nextDue());
  }

  @Test
  void whatFindsNoRoomWaitsForAnAnswerAndNotForATime() {
    SortedMap<IpAddress, ProbeWish> wishes = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      wishes.put(IpAddress.of("198.18.0." + i), wish(Purpose.FRESH, "n1"));
    }
    keeper.want(wishes, START);
    assertEquals(128, keeper.due(START).getFirst().addresses().size());
    assertEquals(List.of(), keeper.due(at(10)));
    assertEquals(Optional.of(at(1_000)), keeper.nextDue());
    assertEquals(128, keeper.verdicts(at(1_000)).size());
    assertEquals(72, keeper.due(at(1_000)).getFirst().addresses().size());
  }

  @Test
  void aBusySpeakerIsAskedAgainForASecond() {
    want(A, Purpose.FRESH, START, "n1");
    Instant now = START;
    int asked = 0;
    while (keeper.verdicts(now).isEmpty()) {
      for (Ask ask : keeper.due(now)) {
        asked++;
        keeper.told(ask.number(), Map.of(A, new Verdict.Later()), now);
      }
      now = keeper.nextDue().orElse(now);
      assertTrue(now.isBefore(at(1_300)));
    }
    assertEquals(6, asked);
    assertEquals(Map.of(A, new Unprobed("the speakers have too much to do")), keeper.verdicts(now));
  }

  @Test
  void freeIsSaidWhenAllHaveAnsweredAndNotAskedAgain() {
    want(A, Purpose.FRESH, START, "n1", "n2");
    List<Ask> asks = keeper.due(START);
    keeper.told(asks.getFirst().number(), Map.of(A, new Free()), at(300));
    assertEquals(Map.of(), keeper.verdicts(at(300)));
    keeper.told(asks.getLast().number(), Map.of(A, new Free()), at(310));
    assertEquals(Map.of(A, new Free()), keeper.verdicts(at(310)));
    want(A, Purpose.FRESH, at(400), "n1", "n2");
    assertEquals(List.of(), keeper.due(at(100_000)));
    assertEquals(Optional.empty(), keeper.nextDue());
  }

  @Test
  void oneWhoSawAStrangerIsEnough() {
    want(A, Purpose.FRESH, START, "n1", "n2");
    List<Ask> asks = keeper.due(START);
    keeper.told(asks.getFirst().number(), Map.of(A, TAKEN), at(10));
    assertEquals(Map.of(A, TAKEN), keeper.verdicts(at(10)));
    keeper.told(asks.getLast().number(), Map.of(A, new Free()), at(20));
    assertEquals(Map.of(A, TAKEN), keeper.verdicts(at(20)));
  }

  @Test
  void aDeadSpeakerDoesNotHideWhatTheOtherSays() {
    want(A, Purpose.FRESH, START, "n1", "n2");
    List<Ask> asks = keeper.due(START);
    keeper.told(asks.getLast().number(), Map.of(A, new Free()), at(300));
    keeper.failed(asks.getFirst().number(), "connection refused", at(301));
    assertEquals(Map.of(A, new Free()), keeper.verdicts(at(301)));
  }

  @Test
  void afterASecondItIsUnprobedAndALateStrangerCounts() {
    want(A, Purpose.FRESH, START, "n1");
    Ask ask = keeper.due(START).getFirst();
    assertEquals(Optional.of(at(1000)), keeper.nextDue());
    assertEquals(Map.of(), keeper.verdicts(at(999)));
    assertEquals(Map.of(A, new Unprobed("no answer within 1000 ms")), keeper.verdicts(at(1000)));
    keeper.told(ask.number(), Map.of(A, new Free()), at(1100));
    assertEquals(Map.of(A, new Unprobed("no answer within 1000 ms")), keeper.verdicts(at(1100)));
    keeper.told(ask.number(), Map.of(A, TAKEN), at(1200));
    assertEquals(Map.of(A, TAKEN), keeper.verdicts(at(1200)));
  }

  @Test
  void withNobodyOnLinkItIsUnprobedAtOnce() {
    want(A, Purpose.FRESH, START);
    assertEquals(List.of(), keeper.due(START));
    assertEquals(Map.of(A, new Unprobed("no speaker has it on link")), keeper.verdicts(START));
  }

  @Test
  void aConflictIsAskedAboutAgainUntilItIsFreeOrNobodyCanTellForAnHour() {
    want(A, Purpose.FRESH, START, "n1");
    keeper.told(keeper.due(START).getFirst().number(), Map.of(A, TAKEN), START);
    want(A, Purpose.CONFLICTED, START, "n1");
    assertEquals(List.of(), keeper.due(at(14_999)));
    Instant retry = START.plus(ProbeKeeper.RETRY);
    assertEquals(Optional.of(retry), keeper.nextDue());
    keeper.failed(keeper.due(retry).getFirst().number(), "gone", retry);
    assertEquals(Map.of(A, TAKEN), keeper.verdicts(retry));
    assertFalse(keeper.isUnconfirmed(A, at(3_599_999)));
    assertTrue(keeper.isUnconfirmed(A, at(3_600_000)));
    Instant later = retry.plus(Duration.ofMinutes(1));
    keeper.told(keeper.due(later).getFirst().number(), Map.of(A, new Free()), later);
    assertEquals(Map.of(A, new Free()), keeper.verdicts(later));
  }

  @Test
  void aConflictThatARestartFoundIsAskedAboutAtOnce() {
    want(A, Purpose.CONFLICTED, START, "n1");
    assertEquals(1, keeper.due(START).size());
  }

  @Test
  void whatIsWantedNoMoreIsForgottenAndLateAnswersDoNotCount() {
    want(A, Purpose.FRESH, START, "n1");
    Ask old = keeper.due(START).getFirst();
    keeper.want(new TreeMap<>(), at(10));
    want(A, Purpose.FRESH, at(20), "n1");
    keeper.told(old.number(), Map.of(A, TAKEN), at(30));
    assertEquals(Map.of(), keeper.verdicts(at(30)));
    assertEquals(1, keeper.due(at(30)).size());
  }

  /// Answers that come late, never, twice or in any order: one question at a time for an address,
  /// no fresh address asked about twice, what was told taken in this round stays taken, and each
  /// has its verdict within a second.
  @Test
  void randomAnswersNeverLoseAStranger() {
    int rounds = 200 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      long seed = 20_261_121L + round;
      story(new Random(seed), "seed " + seed);
    }
  }

  private static void story(Random random, String seed) {
    ProbeKeeper keeper = new ProbeKeeper();
    SortedMap<IpAddress, ProbeWish> wishes = new TreeMap<>();
    for (int i = 1; i <= 5; i++) {
      wishes.put(IpAddress.of("192.0.2." + i), wish(Purpose.FRESH, "n" + i % 3, "n3"));
    }
    keeper.want(wishes, START);
    List<Ask> asks = new ArrayList<>();
    Set<IpAddress> taken = new HashSet<>();
    for (int millis = 0; millis <= 1000; millis += 50) {
      asks.addAll(keeper.due(at(millis)));
      if (random.nextBoolean()) {
        Ask ask = asks.get(random.nextInt(asks.size()));
        Map<IpAddress, Verdict> answer = new HashMap<>();
        ask.addresses().forEach(address -> answer.put(address, verdict(random)));
        answer.forEach(
            (address, verdict) -> {
              if (verdict instanceof Taken) {
                taken.add(address);
              }
            });
        keeper.told(ask.number(), answer, at(millis));
      }
      SortedMap<IpAddress, Verdict> verdicts = keeper.verdicts(at(millis));
      taken.forEach(address -> assertEquals(TAKEN, verdicts.get(address), seed));
    }
    assertEquals(wishes.keySet(), keeper.verdicts(at(1000)).keySet(), seed);
    assertTrue(asks.size() <= 4, seed);
  }

  private static Verdict verdict(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Free();
      case 1 -> TAKEN;
      default -> new Unprobed("no capture");
    };
  }
}
