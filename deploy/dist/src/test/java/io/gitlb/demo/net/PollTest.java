// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PollTest {

  @Test
  void itProbesUntilTheConditionHolds() {
    AtomicInteger probes = new AtomicInteger();

    Poll.Result<Integer> result =
        Poll.until(Duration.ofSeconds(30), probes::incrementAndGet, count -> count == 3);

    assertInstanceOf(Poll.Reached.class, result);
    assertEquals(3, result.last());
    assertEquals(3, probes.get());
  }

  @Test
  void atTheLimitItGivesBackWhatItSawLast() {
    assertEquals(
        new Poll.TimedOut<>("still waiting", Duration.ZERO),
        Poll.until(Duration.ZERO, () -> "still waiting", _ -> false));
  }
}
