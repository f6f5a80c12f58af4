// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.speaker.ownership.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartStampTest {

  private static final Instant STORED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant RAN = STORED.plus(Duration.ofHours(2));

  @TempDir private Path directory;

  private Start after(String bootId, Duration absence) {
    return new StartStamp(directory, bootId).judge(STORED, RAN.plus(absence));
  }

  private static Start cold(Duration age) {
    return new Start.Cold(age);
  }

  private static Start coldOnTheSameBoot(Duration age) {
    return new Start.Cold(age, Start.Boot.SAME);
  }

  @Test
  void aMinuteOnTheSameBootIsWarm() {
    new StartStamp(directory.resolve("new"), "boot-1").write(RAN);
    directory = directory.resolve("new");
    assertEquals(new Start.Warm(), after("boot-1", Duration.ZERO));
    assertEquals(new Start.Warm(), after("boot-1", Duration.ofSeconds(60)));
    assertEquals(
        coldOnTheSameBoot(Duration.ofSeconds(60).plusNanos(1)),
        after("boot-1", Duration.ofSeconds(60).plusNanos(1)));
  }

  @Test
  void withoutAStateTheBootCounts() {
    StartStamp stamp = new StartStamp(directory, "boot-1");
    assertEquals(new Start.Fresh(Start.Boot.OTHER), stamp.judgeWithoutState());
    stamp.write(RAN);
    assertEquals(new Start.Fresh(Start.Boot.SAME), stamp.judgeWithoutState());
    assertEquals(
        new Start.Fresh(Start.Boot.OTHER), new StartStamp(directory, "boot-2").judgeWithoutState());
    new StartStamp(directory, "").write(RAN);
    assertEquals(
        new Start.Fresh(Start.Boot.OTHER), new StartStamp(directory, "").judgeWithoutState());
  }

  @Test
  void anotherBootOrAnUnknownOneIsCold() {
    new StartStamp(directory, "boot-1").write(RAN);
    assertEquals(cold(Duration.ofMinutes(1)), after("boot-2", Duration.ofMinutes(1)));
    assertEquals(cold(Duration.ZERO), after("", Duration.ZERO));
    new StartStamp(directory, "").write(RAN);
    assertEquals(cold(Duration.ZERO), after("", Duration.ZERO));
  }

  /// A speaker that runs never expires, so what it announced until it stopped is not old either.
  @Test
  void aStateIsAsOldAsTheLastMomentThatItWasInForceAt() {
    new StartStamp(directory, "boot-1").write(RAN);
    assertEquals(cold(Duration.ofDays(1)), after("boot-2", Duration.ofDays(1)));
    new StartStamp(directory, "boot-1").write(STORED.minusSeconds(1));
    assertEquals(cold(Duration.ofHours(2)), after("boot-2", Duration.ZERO));
  }

  @Test
  void aClockThatWasSetBackProvesNothing() {
    new StartStamp(directory, "boot-1").write(RAN);
    assertEquals(coldOnTheSameBoot(Duration.ZERO), after("boot-1", Duration.ofMillis(-1)));
    assertEquals(coldOnTheSameBoot(Duration.ZERO), after("boot-1", Duration.ofDays(-1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "boot-1", "boot-1\n", "boot-1\nyesterday\n", "boot-1\n\n\n", "\0\0"})
  void aDamagedStampIsCold(String text) throws IOException {
    Files.writeString(directory.resolve("ran"), text);
    assertEquals(cold(Duration.ofHours(2)), after("boot-1", Duration.ZERO));
  }

  @Test
  void withoutAStampItIsCold() {
    assertEquals(cold(Duration.ofHours(2)), after("boot-1", Duration.ZERO));
  }
}
