// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Round;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every way for the owner of an address to go, each ending with another owner. The bars are far
/// from what is expected on a quiet machine: `./gitlb bench failover` has the figures.
@NeedsLab
final class FailoverLabIT {

  private static final double GAP_MILLIS = 5_000;
  private static final double DOUBLED_MILLIS = 1_500;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void anotherNodeTakesOverHoweverTheOwnerGoes() throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
    for (Failure failure : Failure.ofOwners()) {
      Round round = Round.run(field, failure);
      System.out.println(round.line());

      assertTrue(round.firstAnswer().isPresent(), round::toString);
      assertTrue(round.clientGap() < GAP_MILLIS, round::toString);
      assertTrue(round.doubled() < DOUBLED_MILLIS, round::toString);
    }
  }

  @Test
  void noConnectionFailsWhenTheOwnerLeavesInGoodOrder() throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
    for (Failure failure : List.of(Failure.GRACEFUL, Failure.GRACEFUL)) {
      Round round = Round.run(field, failure);

      assertTrue(round.firstAnswer().isPresent(), round::toString);
      assertTrue(round.connections() > 0, round::toString);
      assertEquals(0, round.failedConnections(), round::toString);
    }
  }
}
