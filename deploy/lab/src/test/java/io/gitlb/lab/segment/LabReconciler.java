// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.reconciler.push.DesiredEndpoint;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
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
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// The reconciler's end of a [SpeakerLab]: it calls speakers and is asked by them, from its own
/// host and by its own name, and decides nothing.
final class LabReconciler implements AutoCloseable {

  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
  private static final int STATES_PORT = 8482;

  private final HttpLoops loops = HttpLoops.open(1);
  private final Inside inside;
  private final TlsIdentity identity;
  private final Map<NodeName, HttpClient> clients = new HashMap<>();
  private Optional<HttpServer> states = Optional.empty();
  private Optional<String> url = Optional.empty();

  LabReconciler(Host host, TlsIdentity identity) {
    this.inside = new Inside(host);
    this.identity = identity;
  }

  /// Can call its speaker from now on.
  void meet(LabNode node) {
    ClientSecurity security =
        new ClientSecurity.MutualTls(identity, PeerNames.speaker(node.name()));
    clients.put(
        node.name(),
        HttpClient.create(loops, HttpClientSettings.of(node.api(), LabNode.PORT, security)));
  }

  /// See [SpeakerLab#status].
  Optional<SpeakerStatus> status(LabNode node) {
    HttpResult result = call(node, HttpCall.get("/v1/status"));
    if (!(result instanceof HttpResult.Answered(HttpAnswer answer)) || answer.status() != 200) {
      return Optional.empty();
    }
    return switch (ProtocolCodec.decodeStatus(answer.body().octets())) {
      case Decoded.Value<SpeakerStatus>(SpeakerStatus status) -> Optional.of(status);
      case Decoded.Malformed<SpeakerStatus> _ -> Optional.empty();
    };
  }

  HttpResult call(LabNode node, HttpCall call) {
    return call(node, call, CALL_LIMIT);
  }

  HttpResult call(LabNode node, HttpCall call, Duration limit) {
    HttpClient http = Objects.requireNonNull(clients.get(node.name()));
    return inside.call(() -> http.send(call, limit));
  }

  /// Tells speakers that ask what they are to announce.
  ///
  /// @param address of its host
  /// @param desired empty for one of which nothing is decided
  void serve(String address, Function<NodeName, Optional<DesiredState>> desired) {
    HttpServerSettings settings =
        new HttpServerSettings(
            new InetSocketAddress(address, STATES_PORT),
            new ServerSecurity.MutualTls(identity, PeerNames.anySpeaker()),
            HttpLimits.DEFAULTS);
    DesiredEndpoint endpoint = new DesiredEndpoint(desired, DesiredEndpoint.Callers.CERTIFIED);
    states =
        switch (inside.call(() -> HttpServer.start(loops, settings, endpoint))) {
          case HttpServerStart.Listening(HttpServer server) -> Optional.of(server);
          case HttpServerStart.Refused(String message) -> throw new IllegalStateException(message);
        };
    url = Optional.of("https://" + address + ":" + STATES_PORT);
  }

  /// Where it can be asked, if it can.
  Optional<String> url() {
    return url;
  }

  @Override
  public void close() {
    states.ifPresent(HttpServer::close);
    clients.values().forEach(HttpClient::close);
    inside.close();
    loops.close();
  }
}
