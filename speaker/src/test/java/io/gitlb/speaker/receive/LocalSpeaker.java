// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpHandler;
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
import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.speaker.store.DesiredStore;
import io.gitlb.speaker.store.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The receiving end of a speaker on loopback with mutual TLS, and a reconciler's client to it.
final class LocalSpeaker implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final RecordingSink sink = new RecordingSink();
  final StatusBoard board;
  private final DesiredReceiver receiver;
  private final HttpLoops loops = HttpLoops.open(1);
  private final HttpServer api;
  private final HttpServer health;
  private final HttpClient client;
  private final HttpClient healthClient;

  LocalSpeaker(Path directory) throws IOException {
    this(directory, "boot-1");
  }

  LocalSpeaker(Path directory, String bootId) throws IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    TlsIdentity speaker = certificates.speaker(Samples.NODE);
    board = new StatusBoard(Samples.NODE, bootId);
    receiver =
        new DesiredReceiver(
            Samples.NODE, new DesiredStore(directory.resolve("speaker")), board, sink);
    api =
        listen(
            new ServerSecurity.MutualTls(speaker, PeerNames.reconciler()),
            SpeakerEndpoint.LIMITS,
            new SpeakerEndpoint(
                receiver, board, new ClaimsBoard(Samples.NODE, bootId), LocalSpeaker::free));
    health =
        listen(
            new ServerSecurity.Plaintext(),
            HealthEndpoint.LIMITS,
            new HealthEndpoint(
                board, Optional::empty, _ -> HttpAnswer.text(404, "nothing is shown")));
    client =
        client(
            api,
            new ClientSecurity.MutualTls(
                certificates.reconciler(), PeerNames.speaker(Samples.NODE)));
    healthClient = client(health, new ClientSecurity.Plaintext());
  }

  LocalSpeaker start() {
    receiver.start();
    return this;
  }

  private HttpServer listen(ServerSecurity security, HttpLimits limits, HttpHandler handler) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return switch (HttpServer.start(
        loops,
        new HttpServerSettings(address, security, limits.withGrace(Duration.ofMillis(100))),
        handler)) {
      case HttpServerStart.Listening(HttpServer server) -> server;
      case HttpServerStart.Refused(String message) -> throw new AssertionError(message);
    };
  }

  private HttpClient client(HttpServer server, ClientSecurity security) {
    return HttpClient.create(loops, HttpClientSettings.of("127.0.0.1", server.port(), security));
  }

  HttpAnswer call(HttpCall call) {
    return answer(client, call);
  }

  HttpAnswer health(String path) {
    return answer(healthClient, HttpCall.get(path));
  }

  private static HttpAnswer answer(HttpClient client, HttpCall call) {
    return switch (client.send(call, PATIENCE)) {
      case HttpResult.Answered(HttpAnswer answer) -> answer;
      case HttpResult.Unreachable(String reason, var _) -> throw new AssertionError(reason);
      case HttpResult.TimedOut(String reason) -> throw new AssertionError(reason);
    };
  }

  HttpAnswer put(byte[] json) {
    return call(HttpCall.put("/v1/desired", "application/json", HttpBody.of(json)));
  }

  HttpAnswer put(DesiredState state) {
    return put(ProtocolCodec.encode(state));
  }

  /// @param base the digest for If-Match
  HttpAnswer patch(String base, DesiredDelta delta) {
    return call(
        HttpCall.patch("/v1/desired", "application/json", HttpBody.of(ProtocolCodec.encode(delta)))
            .withHeader("if-match", '"' + base + '"'));
  }

  static PushReply reply(HttpAnswer answer) {
    return value(ProtocolCodec.decodeReply(answer.body().octets()));
  }

  SpeakerStatus status(HttpCall call) {
    return value(ProtocolCodec.decodeStatus(call(call).body().octets()));
  }

  /// Polls as a reconciler does until the generation is in force.
  SpeakerStatus awaitApplied(DesiredState state) {
    HttpCall poll = HttpCall.get("/v1/status").withQuery("wait", "10s");
    SpeakerStatus status = status(HttpCall.get("/v1/status"));
    while (status.applied().filter(state.generation()::equals).isEmpty()) {
      status = status(poll.withQuery("after", Long.toString(status.sequence())));
    }
    return status;
  }

  private static <T> T value(Decoded<T> decoded) {
    return switch (decoded) {
      case Decoded.Value<T>(T value) -> value;
      case Decoded.Malformed<T>(String message) -> throw new AssertionError(message);
    };
  }

  @Override
  public void close() {
    board.close();
    client.close();
    healthClient.close();
    api.close();
    health.close();
    receiver.close();
    loops.close();
  }

  private static ProbeReply free(ProbeRequest request) {
    return new ProbeReply(
        request.addresses().stream()
            .map(
                address -> new ProbeResult(address, ProbeVerdict.FREE, List.of(), Optional.empty()))
            .toList());
  }
}
