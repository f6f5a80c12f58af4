// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.store.Samples;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AcceptanceTest {

  private static final DesiredDocument STORED = document(Samples.state(3, 7, 2));

  @Test
  void theFirstStateIsAccepted() {
    assertEquals(new Acceptance.Accepted(), Acceptance.of(Samples.NODE, Optional.empty(), STORED));
  }

  @Test
  void higherIsAcceptedLowerIsNotAndTheEpochCountsFirst() {
    assertEquals(new Acceptance.Accepted(), offered(Samples.state(3, 8, 2)));
    assertEquals(new Acceptance.Accepted(), offered(Samples.state(4, 1, 2)));
    Acceptance outdated = new Acceptance.Outdated(new Generation(3, 7));
    assertEquals(outdated, offered(Samples.state(3, 6, 2)));
    assertEquals(outdated, offered(Samples.state(2, 900, 2)));
  }

  @Test
  void theSameStateIsKnownAndAnotherOfItsGenerationRefused() {
    assertEquals(new Acceptance.Known(), offered(Samples.state(3, 7, 2)));
    refused(offered(Samples.state(3, 7, 1)), "generation 3.7 is stored with other content");
  }

  @Test
  void theSameStateIsKnownUnderAnotherDigestToo() {
    DesiredDocument came = new DesiredDocument(STORED.state(), "as a delta");
    assertEquals(new Acceptance.Known(), Acceptance.of(Samples.NODE, Optional.of(came), STORED));
  }

  @Test
  void aStateForAnotherNodeIsRefusedAlsoAtFirst() {
    DesiredState other = Samples.state(new NodeName("node-b"), "cluster", new Generation(9, 9), 0);
    String expected = "the state is for node node-b, this is the speaker of node node-a";
    refused(Acceptance.of(Samples.NODE, Optional.empty(), document(other)), expected);
    refused(offered(other), expected);
  }

  @Test
  void aStateOfAnotherClusterIsRefusedWhateverItsEpoch() {
    refused(
        offered(Samples.state(Samples.NODE, "other-cluster", new Generation(9, 9), 0)),
        "the state is of cluster other-cluster, this speaker belongs to cluster 8b1f7a52-");
  }

  private static Acceptance offered(DesiredState state) {
    return Acceptance.of(Samples.NODE, Optional.of(STORED), document(state));
  }

  private static DesiredDocument document(DesiredState state) {
    return new DesiredDocument(state, ProtocolCodec.digest(state));
  }

  private static void refused(Acceptance acceptance, String beginning) {
    String message = assertInstanceOf(Acceptance.Refused.class, acceptance).message();
    assertTrue(message.startsWith(beginning), message);
  }
}
