// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.discovery.Doing.Advertise;
import io.gitlb.speaker.discovery.Doing.Follow;
import io.gitlb.speaker.discovery.Doing.Solicit;
import io.gitlb.speaker.discovery.RouterMessage.Advertisement;
import io.gitlb.speaker.discovery.RouterMessage.Solicitation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NeighborSearchTest {

  private static final Ipv6 FIRST = (Ipv6) IpAddress.of("fe80::1");
  private static final Ipv6 SECOND = (Ipv6) IpAddress.of("fe80::2");
  private static final RouterMessage HERE = Advertisement.ofNoDefaultRouter(Optional.empty());
  private static final RouterMessage WHO = new Solicitation(Optional.empty());

  private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
  private final NeighborSearch search = new NeighborSearch(new Random(7), start);

  private Instant at(double seconds) {
    return start.plusMillis(Math.round(seconds * 1_000));
  }

  /// Everything that it does of itself until then.
  private List<String> until(double seconds) {
    List<String> done = new ArrayList<>();
    while (!search.nextDue().isAfter(at(seconds))) {
      Instant due = search.nextDue();
      for (Doing doing : search.advance(due)) {
        done.add(doing.getClass().getSimpleName());
      }
    }
    return done;
  }

  @Test
  void itSaysThatItIsThereAndAsksAtOnce() {
    assertEquals(List.of(new Advertise(), new Solicit()), search.advance(start));
    assertEquals(Optional.empty(), search.neighbor());
  }

  /// Nobody else answers within the time that routers take for it.
  private void find(Ipv6 router, double seconds) {
    search.heard(router, HERE, at(seconds));
    until(seconds + 0.6);
    assertEquals(Optional.of(router), search.neighbor());
  }

  @Test
  void whoAdvertisesItselfIsTheNeighborUnlessAnotherAnswersSoon() {
    search.advance(start);
    assertEquals(List.of(new Solicit()), search.heard(FIRST, HERE, at(0.1)));
    assertEquals(Optional.empty(), search.neighbor());
    assertEquals(at(0.7), search.nextDue());
    assertEquals(List.of(new Follow(FIRST)), search.advance(at(0.7)));
    assertEquals(Optional.of(FIRST), search.neighbor());
    assertEquals(List.of(), search.heard(FIRST, HERE, at(10)));
    assertEquals(Set.of(), search.others());
  }

  @Test
  void ofTwoThatAnswerTheLowestIsTheNeighborWhoeverIsFirst() {
    search.advance(start);
    search.heard(SECOND, HERE, at(0.1));
    search.heard(FIRST, HERE, at(0.5));
    assertEquals(List.of(new Follow(FIRST)), search.advance(at(0.7)));
    assertEquals(Set.of(SECOND), search.others());
  }

  @Test
  void aSecondRouterIsToldOfUntilItIsGone() {
    search.advance(start);
    find(FIRST, 0.1);
    search.heard(SECOND, HERE, at(10));
    assertEquals(Set.of(), search.others(), "the first may have become the second");
    search.heard(FIRST, HERE, at(10.4));
    assertEquals(Set.of(SECOND), search.others());

    for (double now = 40; now < 400; now += 30) {
      assertTrue(until(now + 1).contains("Solicit"), "a roll call");
      search.heard(FIRST, HERE, at(now + 1));
      search.heard(SECOND, HERE, at(now + 1));
      assertEquals(Set.of(SECOND), search.others());
      search.heard(FIRST, HERE, at(now + 1.1));
    }
    until(500);
    assertEquals(Set.of(), search.others());
    assertFalse(until(600).contains("Solicit"), "nobody is looked for");
    assertEquals(Optional.of(FIRST), search.neighbor());
  }

  @Test
  void itAsksLessAndLessUntilSomebodyIsThereAndThenNoMore() {
    List<String> alone = until(300);
    long asked = alone.stream().filter("Solicit"::equals).count();
    // After 0, 4, 12, 28, 60 s and then each minute.
    assertEquals(9, asked, alone::toString);
    find(FIRST, 300);
    assertFalse(until(1_000).contains("Solicit"));
  }

  @Test
  void itAdvertisesItselfThreeTimesAtFirstAndThenAtTheSlowPace() {
    List<Instant> times = new ArrayList<>(List.of(start));
    search.advance(start);
    find(FIRST, 0);
    while (times.size() < 50) {
      Instant due = search.nextDue();
      assertEquals(List.of(new Advertise()), search.advance(due));
      times.add(due);
    }
    assertEquals(List.of(start, at(3), at(6)), times.subList(0, 3));
    for (int i = 3; i < times.size(); i++) {
      Duration between = Duration.between(times.get(i - 1), times.get(i));
      assertTrue(
          between.compareTo(Duration.ofMillis(7_500)) >= 0
              && between.compareTo(NeighborSearch.LONGEST_BETWEEN) <= 0,
          between::toString);
    }
  }

  @Test
  void whoAsksIsAnsweredSoonButNotTooOften() {
    find(FIRST, 0);
    until(20);
    Instant last = start;
    int answers = 0;
    for (Instant asked = at(20); asked.isBefore(at(60)); asked = asked.plusMillis(100)) {
      search.heard(SECOND, WHO, asked);
      assertFalse(search.nextDue().isAfter(asked.plusMillis(3_500)));
      if (!search.nextDue().isAfter(asked)) {
        assertEquals(List.of(new Advertise()), search.advance(asked));
        assertTrue(answers == 0 || Duration.between(last, asked).toMillis() >= 3_000);
        last = asked;
        answers++;
      }
    }
    assertTrue(answers >= 10, () -> "few answers");
  }

  @Test
  void whatCouldNotBeSentIsTriedAgainSoon() {
    search.advance(start);
    search.unsent(start);
    assertEquals(at(1), search.nextDue());
    assertEquals(List.of(new Advertise(), new Solicit()), search.advance(at(1)));
  }

  /// The router was started anew, with another address.
  @Test
  void anotherAddressIsFollowedWhenTheOldOneDoesNotAnswer() {
    search.advance(start);
    find(FIRST, 0.1);
    until(60);
    assertEquals(List.of(new Solicit()), search.heard(SECOND, HERE, at(60)));
    assertEquals(Optional.of(FIRST), search.neighbor());
    assertFalse(until(63.9).contains("Follow"));
    assertTrue(until(64).contains("Follow"));
    assertEquals(Optional.of(SECOND), search.neighbor());
    assertEquals(Set.of(), search.others());
  }

  @Test
  void aSecondRouterTakesNothingOver() {
    search.advance(start);
    find(FIRST, 0.1);
    for (double now = 10; now < 600; now += 10) {
      search.heard(SECOND, HERE, at(now));
      search.heard(FIRST, HERE, at(now + 3.5));
      assertFalse(until(now + 9).contains("Follow"));
    }
    assertEquals(Optional.of(FIRST), search.neighbor());
  }

  /// Each message of a flood changes nothing but the first.
  @Test
  void aFloodOfAddressesCostsOneQuestion() {
    search.advance(start);
    find(FIRST, 0.1);
    int asked = 0;
    for (int i = 0; i < 10_000; i++) {
      asked += search.heard(new Ipv6(FIRST.high(), 100 + i), HERE, at(1)).size();
    }
    assertEquals(1, asked);
    for (int i = 0; i < 10_000; i++) {
      search.heard(FIRST, HERE, at(2));
      search.heard(new Ipv6(FIRST.high(), 100 + i), HERE, at(2));
    }
    assertTrue(search.others().size() <= 4, () -> "remembered: " + search.others());
  }
}
