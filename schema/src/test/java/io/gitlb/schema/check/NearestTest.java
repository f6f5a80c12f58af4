// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  private static final List<String> FIELDS = List.of("addresses", "autoAssign", "peers", "tor");

  @ParameterizedTest
  @CsvSource({
    "adresses, addresses",
    "address, addresses",
    "autoassign, autoAssign",
    "AUTOASSIGN, autoAssign",
    "peer, peers",
    "tot, tor",
    "tro, ",
    "xyz, ",
    "'', ",
  })
  void aTypingErrorFindsWhatWasMeant(String written, String meant) {
    assertEquals(Optional.ofNullable(meant), Nearest.of(written, FIELDS));
  }

  @Test
  void theFirstInTheAlphabetWinsATie() {
    assertEquals(Optional.of("pool-a"), Nearest.of("pool-c", List.of("pool-b", "pool-a")));
  }

  @Test
  void aVeryLongWordFindsNothing() {
    assertEquals(Optional.empty(), Nearest.of("x".repeat(1_000), FIELDS));
  }

  @Test
  void theQuestionIsEmptyWhenNothingIsNear() {
    assertEquals(" (did you mean \"peers\"?)", Nearest.question("peer", FIELDS));
    assertEquals("", Nearest.question("xyz", FIELDS));
  }
}
