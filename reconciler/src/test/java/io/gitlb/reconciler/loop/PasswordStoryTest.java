// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Stories of passwords out of Secrets: to the speakers and nowhere else.
class PasswordStoryTest {

  private static final String PLANTED = "pl4nted";

  private static final String ROUTED =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: lan}
      spec: {addresses: ["10.77.0.100-10.77.0.103"]}
      ---
      apiVersion: gitlb.io/v1
      kind: BGPAdvertisement
      metadata: {name: lan}
      spec: {}
      ---
      apiVersion: gitlb.io/v1
      kind: BFDProfile
      metadata: {name: signed}
      spec: {authentication: {type: KeyedSHA1, keyID: 1, passwordSecret: {name: tor}}}
      ---
      apiVersion: gitlb.io/v1
      kind: BGPPeer
      metadata: {name: tor}
      spec:
        myASN: 64512
        peerASN: 64513
        peerAddress: 192.0.2.1
        passwordSecret: {name: tor}
        bfdProfile: signed
      """;

  private final LoopStory story = new LoopStory();

  @Test
  void aPasswordReachesTheSpeakersAndNothingElse() {
    story.config(ROUTED).service("demo/web").settle();
    assertEquals(
        new PeerPassword.Missing(
            "there is no Secret tor of the type kubernetes.io/basic-auth in the namespace"
                + " gitlb-system"),
        password());
    story.cluster.server().secret("tor", PLANTED);
    story.settle();
    PeerPassword given =
        new PeerPassword.Given(Password.of(PLANTED.getBytes(StandardCharsets.US_ASCII)));
    assertEquals(given, password());
    assertEquals(
        given,
        stored().peers().getFirst().extras().bfd().orElseThrow().signature().orElseThrow().key());
    List<String> told = new ArrayList<>(story.trace);
    told.add(story.reconciler().state().orElseThrow().toString());
    told.add(story.reconciler().overview().orElseThrow().report(Optional.empty()).toString());
    told.add(story.cluster.view().toString());
    told.add(story.ledger.local().toString());
    told.add(story.ledger.local().files().toString());
    told.add(stored().toString());
    told.forEach(text -> assertFalse(text.contains(PLANTED), text));
  }

  private PeerPassword password() {
    return stored().peers().getFirst().extras().password().orElseThrow();
  }

  private DesiredState stored() {
    return Optional.ofNullable(story.speakers.handed().get(new NodeName("n1"))).orElseThrow();
  }
}
