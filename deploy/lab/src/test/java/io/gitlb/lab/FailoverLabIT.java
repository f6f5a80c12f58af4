// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Round;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every way for the owner of an address to go, each ending with another owner. What the machine
/// itself stalls is added to the bars; `./gitlb bench failover` has the figures.
@NeedsLab
final class FailoverLabIT {

  private static final double GAP_MILLIS = 1_500;
  private static final double DOUBLED_MILLIS = 500;

  private static final double NANOS_A_MILLI = 1e6;

  @RegisterExtension static final Lab LAB = new Lab();

  private static Field field() {
    return LAB.keep(
        Field.class, () -> Field.open(LAB.sandbox(), SpeakerLabLabIT.distribution(), 3, 1));
  }

  @ParameterizedTest
  @MethodSource("surprises")
  void anotherNodeTakesOverHoweverTheOwnerGoes(Failure failure) throws InterruptedException {
    judged(failure);
  }

  static List<Failure> surprises() {
    return Failure.ofOwners().stream().filter(failure -> failure != Failure.GRACEFUL).toList();
  }

  @RepeatedTest(2)
  void noConnectionFailsWhenTheOwnerLeavesInGoodOrder() throws InterruptedException {
    Round round = judged(Failure.GRACEFUL);
    assertTrue(round.connections() > 0, round::toString);
    assertEquals(0, round.failedConnections(), round::toString);
  }

  private static Round judged(Failure failure) throws InterruptedException {
    long from = System.nanoTime();
    Round round = Round.run(field(), failure);
    System.out.println(round.line());
    double stalled =
        field().control().stalled(new Span(from, System.nanoTime())).toNanos() / NANOS_A_MILLI;
    assertTrue(round.firstAnswer().isPresent(), round::toString);
    assertTrue(round.clientGap() < GAP_MILLIS + stalled, () -> round + ", stalled " + stalled);
    assertTrue(round.doubled() < DOUBLED_MILLIS + stalled, () -> round + ", stalled " + stalled);
    return round;
  }
}
