// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerStatus;
import java.time.Duration;
import java.util.Optional;

/// Asks one speaker for its status, over the same mutual TLS as the reconciler.
final class SpeakerApi implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final HttpClient client;

  SpeakerApi(HttpLoops loops, DemoNode node, TlsIdentity identity) {
    this.client =
        HttpClient.create(
            loops,
            HttpClientSettings.of(
                node.speakerHost(),
                node.speakerPort(),
                new ClientSecurity.MutualTls(identity, PeerNames.speaker(node.name()))));
  }

  /// What it does right now; empty when it does not answer.
  Optional<SpeakerStatus> status() {
    HttpResult result = client.send(HttpCall.get("/v1/status"), LIMIT);
    if (!(result instanceof HttpResult.Answered(var answer)) || answer.status() != 200) {
      return Optional.empty();
    }
    return switch (ProtocolCodec.decodeStatus(answer.body().octets())) {
      case Decoded.Value<SpeakerStatus>(SpeakerStatus status) -> Optional.of(status);
      case Decoded.Malformed<SpeakerStatus> _ -> Optional.empty();
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
