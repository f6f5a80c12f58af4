// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over TLS, as the reconciler listens.
class DesiredEndpointTest {

  private static final NodeName A = new NodeName("node-a");
  private static final NodeName B = new NodeName("node-b");

  @TempDir Path directory;

  private final HttpLoops loops = HttpLoops.open(1);
  private final Map<NodeName, DesiredState> states = new ConcurrentHashMap<>();
  private DevelopmentCertificates certificates;
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    certificates = DevelopmentCertificates.create(directory, Instant.now());
    server =
        assertInstanceOf(
                HttpServerStart.Listening.class,
                HttpServer.start(
                    loops,
                    new HttpServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new ServerSecurity.MutualTls(
                            certificates.reconciler(), PeerNames.anySpeaker()),
                        HttpLimits.DEFAULTS),
                    new DesiredEndpoint(node -> Optional.ofNullable(states.get(node)))))
            .server();
  }

  @AfterEach
  void close() {
    server.close();
    loops.close();
  }

  private static DesiredState state(NodeName node, long number) {
    return new DesiredState(
        node,
        "8d7c2b1e-0000-4000-8000-000000000001",
        new Generation(7, number),
        "1".repeat(40),
        "2".repeat(40),
        List.of(),
        List.of());
  }

  private HttpResult call(TlsIdentity identity, HttpCall call) {
    try (HttpClient client =
        HttpClient.create(
            loops,
            HttpClientSettings.of(
                "127.0.0.1",
                server.address().getPort(),
                new ClientSecurity.MutualTls(identity, PeerNames.reconciler())))) {
      return client.send(call, Duration.ofSeconds(20));
    }
  }

  private HttpAnswer answer(TlsIdentity identity, HttpCall call) {
    return assertInstanceOf(HttpResult.Answered.class, call(identity, call)).answer();
  }

  private static HttpCall desired(NodeName node) {
    return HttpCall.get("/v1/nodes/" + node + "/desired");
  }

  @Test
  void aSpeakerGetsTheStateOfItsOwnNode() throws IOException {
    states.put(A, state(A, 42));
    HttpAnswer answer = answer(certificates.speaker(A), desired(A));
    assertEquals(200, answer.status());
    assertEquals("\"7.42\"", answer.headers().get("etag"));
    switch (ProtocolCodec.decodeDesired(answer.body().octets())) {
      case Decoded.Value<DesiredDocument>(DesiredDocument document) ->
          assertEquals(state(A, 42), document.state());
      case Decoded.Malformed<DesiredDocument>(String message) -> throw new AssertionError(message);
    }
  }

  @Test
  void whoHasItAlreadyIsToldSoWithoutIt() throws IOException {
    states.put(A, state(A, 42));
    HttpCall call = desired(A).withHeader("if-none-match", "\"7.41\", \"7.42\"");
    HttpAnswer same = answer(certificates.speaker(A), call);
    assertEquals(304, same.status());
    assertEquals(0, same.body().length());
    states.put(A, state(A, 43));
    assertEquals(200, answer(certificates.speaker(A), call).status());
  }

  @Test
  void theStateOfAnotherNodeIsNotGiven() throws IOException {
    states.put(A, state(A, 42));
    states.put(B, state(B, 43));
    HttpAnswer refused = answer(certificates.speaker(B), desired(A));
    assertEquals(403, refused.status());
    assertEquals(
        "the certificate is for node-b.speaker.gitlb; the state of node node-a is for"
            + " node-a.speaker.gitlb\n",
        refused.body().text());
  }

  @Test
  void whoIsNoSpeakerDoesNotGetIn() throws IOException {
    states.put(A, state(A, 42));
    String reason =
        assertInstanceOf(HttpResult.Unreachable.class, call(certificates.reconciler(), desired(A)))
            .reason();
    assertTrue(reason.contains("certificate"), reason);
  }

  @Test
  void beforeAnythingIsDecidedThereIsNone() throws IOException {
    assertEquals(503, answer(certificates.speaker(A), desired(A)).status());
  }

  @Test
  void othersThanTheQuestionAreTurnedAway() throws IOException {
    TlsIdentity speaker = certificates.speaker(A);
    HttpCall put = HttpCall.put("/v1/nodes/node-a/desired", "text/plain", HttpBody.EMPTY);
    assertEquals(405, answer(speaker, put).status());
    assertEquals(404, answer(speaker, HttpCall.get("/v1/nodes/node-a")).status());
    assertEquals(404, answer(speaker, HttpCall.get("/v1/nodes//desired")).status());
  }
}
