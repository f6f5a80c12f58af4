// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Ages as kubectl prints them.
class AgeTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT119S, 119s",
    "PT120S, 2m",
    "PT9M59S, 9m59s",
    "PT10M30S, 10m",
    "PT179M, 179m",
    "PT3H, 3h",
    "PT7H5M, 7h5m",
    "PT8H30M, 8h",
    "PT47H, 47h",
    "P2D, 2d",
    "P7DT3H, 7d3h",
    "P8DT3H, 8d",
    "P729D, 729d",
    "P730D, 2y",
    "P800D, 2y70d",
    "P3000D, 8y",
    "PT-1S, 0s",
    "PT-5S, <invalid>"
  })
  void anAgeHasOneUnitOrTwoWhileItIsSmall(Duration age, String text) {
    assertEquals(text, Age.text(age));
  }

  @Test
  void whatIsNoTimeIsSaidToBeNone() {
    assertEquals("<unknown>", Age.since("", Instant.EPOCH));
    assertEquals("<invalid>", Age.since("yesterday", Instant.EPOCH));
    assertEquals("5s", Age.since("1970-01-01T00:00:00Z", Instant.ofEpochSecond(5)));
  }
}
