// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who talks to whom over TLS.
class PusherSecurityTest extends PusherFixture {

  @Test
  void overMutualTlsTheNodesOwnSpeakerIsServed() throws InterruptedException, IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    try (FakeSpeaker speaker = secured(certificates.speaker(A));
        SpeakerPusher pusher = pusher(Optional.of(certificates.reconciler()), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void aSpeakerWithAnotherNodesCertificateIsRefused() throws InterruptedException, IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    try (FakeSpeaker speaker = secured(certificates.speaker(B));
        SpeakerPusher pusher = pusher(Optional.of(certificates.reconciler()), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TLS);
      String message = report(pusher, A).failure().orElseThrow().message();
      assertTrue(message.contains("it must be for node-a.speaker.gitlb"), message);
      assertEquals(List.of(), speaker.pushes());
    }
  }

  @Test
  void aReconcilerOfAnotherAuthorityIsToldThatItsCertificateIsNotTaken()
      throws InterruptedException, IOException {
    TlsIdentity speakers =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now()).speaker(A);
    TlsIdentity stranger =
        DevelopmentCertificates.create(directory.resolve("other"), Instant.now()).reconciler();
    TlsIdentity mixed =
        new TlsIdentity(stranger.certificateChain(), stranger.privateKey(), speakers.authorities());
    try (FakeSpeaker speaker = secured(speakers);
        SpeakerPusher pusher = pusher(Optional.of(mixed), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TLS);
      assertEquals(List.of(), speaker.pushes());
    }
  }

  private FakeSpeaker secured(TlsIdentity identity) {
    return FakeSpeaker.secured(
        A, loops, conditions, new ServerSecurity.MutualTls(identity, PeerNames.reconciler()));
  }
}
