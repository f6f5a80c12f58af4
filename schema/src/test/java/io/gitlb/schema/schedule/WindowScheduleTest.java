// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ChangeWindow;
import io.gitlb.schema.model.SourcePlace;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowScheduleTest {

  private static WindowSchedule window(String schedule, String duration, String zone) {
    return WindowSchedule.of(
        new ChangeWindow(
            "w", SourcePlace.of("w.yaml"), schedule, Duration.parse(duration), ZoneId.of(zone)));
  }

  /// 2026-11-23 is a Monday.
  @ParameterizedTest
  @CsvSource({
    "2026-11-23T21:59:59Z, false, 2026-11-23T22:00:00Z",
    "2026-11-23T22:00:00Z, true, 2026-11-30T22:00:00Z",
    "2026-11-23T23:59:59.999Z, true, 2026-11-30T22:00:00Z",
    "2026-11-24T00:00:00Z, false, 2026-11-30T22:00:00Z",
  })
  void aWindowIsOpenFromItsTimeUntilItsDurationLater(Instant at, boolean open, Instant next) {
    WindowSchedule mondays = window("0 0 22 ? * MON", "PT2H", "UTC");
    assertEquals(open, mondays.isOpen(at));
    assertEquals(Optional.of(next), mondays.nextOpening(at));
  }

  @Test
  void theTimeZoneCountsWithItsDaylightSaving() {
    WindowSchedule berlin = window("0 0 22 * * ?", "PT1H", "Europe/Berlin");
    assertTrue(berlin.isOpen(Instant.parse("2026-07-01T20:30:00Z")));
    assertTrue(berlin.isOpen(Instant.parse("2026-12-01T21:30:00Z")));
    assertTrue(!berlin.isOpen(Instant.parse("2026-07-01T21:30:00Z")));
  }

  @Test
  void aWindowThatOpensAgainBeforeItClosesIsOpenAllTheTime() {
    WindowSchedule always = window("0 0 * * * ?", "PT90M", "UTC");
    for (int minute = 0; minute < 300; minute += 7) {
      assertTrue(always.isOpen(Instant.parse("2026-11-23T00:00:00Z").plusSeconds(minute * 60L)));
    }
  }

  @Test
  void aWindowWhoseYearIsOverNeverOpensAgain() {
    WindowSchedule once = window("0 0 22 1 1 ? 2026", "PT1H", "UTC");
    assertTrue(once.isOpen(Instant.parse("2026-01-01T22:30:00Z")));
    assertEquals(Optional.empty(), once.nextOpening(Instant.parse("2026-01-02T00:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0 0 22 ? * MON", "0 30 1 L * ?", "0 0/15 8-17 ? * MON-FRI", "0 0 3 ? * 6#3"})
  void schedulesOfPeopleAreRight(String schedule) {
    assertEquals(Optional.empty(), WindowSchedule.problem(schedule));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 22 * * 1 | has 5 fields; put the seconds first, like 0 0 22 * * 1",
        "0 0 0 30 2 ? | never comes",
        "0 0 22 * * ? 2019 | never comes",
        "0 0 22 * * MON | is no Quartz cron expression: ",
        "often | is no Quartz cron expression: ",
        "0 99 22 ? * MON | is no Quartz cron expression: ",
        "'' | is no Quartz cron expression: ",
        "0 0 22 ? * - | is no Quartz cron expression: ",
        "0 0 22 ? * #/,L | is no Quartz cron expression: ",
      })
  void whatIsWrongIsSaidInTime(String schedule, String problem) {
    String found =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> WindowSchedule.problem(schedule).orElse("nothing"));
    assertTrue(found.startsWith(problem.strip()), found);
  }

  @Test
  void aLongScheduleIsNotParsed() {
    assertEquals(
        Optional.of("is longer than 120 characters"), WindowSchedule.problem("1,".repeat(100)));
  }

  @Test
  void aScheduleThatWasNotCheckedIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> window("often", "PT1H", "UTC"));
  }
}
