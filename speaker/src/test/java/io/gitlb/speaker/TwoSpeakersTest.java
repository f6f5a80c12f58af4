// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.pcap.InterfaceType;
import io.gitlb.speaker.pcap.PcapSegments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two whole speakers in this process that hear of each other by mutual TLS alone: their links have
/// no addresses, so there are no liveness sessions.
final class TwoSpeakersTest {

  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final String ADDRESS = "192.0.2.10";

  @TempDir private Path directory;

  private final FakeSegmentPort firstPort = new FakeSegmentPort();
  private final FakeSegmentPort secondPort = new FakeSegmentPort();
  private final HttpLoops loops = HttpLoops.open(1);
  private DevelopmentCertificates certificates;

  @BeforeEach
  void thereAreLinksAndCertificates() throws IOException {
    firstPort.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
    secondPort.link("eth0", 2, "02:00:5e:00:53:02", "192.0.2.0/24");
    certificates = DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
  }

  @AfterEach
  void endTheLoops() {
    loops.close();
  }

  @Test
  void theSecondCandidateTakesOverWhenTheFirstStops() throws IOException {
    try (SpeakerProcess second = start(OTHER, secondPort)) {
      try (SpeakerProcess first = start(SELF, firstPort)) {
        push(first, SELF, bothKnow(SELF, first, second));
        await("the first answers", () -> answers(firstPort));
        push(second, OTHER, bothKnow(OTHER, first, second));
        await("the second has heard of it", () -> secondPort.segments.containsKey("eth0"));
        assertFalse(answers(secondPort));
      }
      await("the second answers", () -> answers(secondPort));
      await("the neighbours are told", () -> secondPort.segment("eth0").sent.size() >= 2);
    }
  }

  @Test
  void aSpeakerMayReadTheClaimsOfAnotherAndNothingElse() throws IOException {
    try (SpeakerProcess first = start(SELF, firstPort)) {
      TlsIdentity other = certificates.speaker(OTHER);
      assertEquals(200, call(first, SELF, other, HttpCall.get("/v1/claims")).status());
      assertEquals(403, call(first, SELF, other, HttpCall.get("/v1/status")).status());
      assertEquals(403, call(first, SELF, other, HttpCall.get("/v1/desired")).status());
      byte[] state = ProtocolCodec.encode(state(1, List.of()));
      HttpCall put = HttpCall.put("/v1/desired", "application/json", HttpBody.of(state));
      assertEquals(403, call(first, SELF, other, put).status());
      TlsIdentity reconciler = certificates.reconciler();
      assertEquals(200, call(first, SELF, reconciler, HttpCall.get("/v1/claims")).status());
      assertEquals(200, call(first, SELF, reconciler, HttpCall.get("/v1/status")).status());
    }
  }

  @Test
  void whoIsNotPushedToAsksTheReconcilerAndWhoCannotSaysSo() throws IOException {
    AtomicReference<DesiredState> held = new AtomicReference<>(state(1, List.of()));
    try (SpeakerProcess second = start(OTHER, secondPort)) {
      HttpServer reconciler = reconciler(held, 0);
      int port = reconciler.address().getPort();
      Optional<URI> url = Optional.of(URI.create("https://127.0.0.1:" + port));
      try (SpeakerProcess first = start(SELF, firstPort, url)) {
        push(first, SELF, bothKnow(SELF, first, second));
        await("the first answers", () -> answers(firstPort));
        held.set(numbered(bothKnow(SELF, first, second), 3, "192.0.2.11"));
        push(second, OTHER, numbered(bothKnow(OTHER, first, second), 2, "192.0.2.11"));
        await("the first has fetched its state", () -> generation(first) == 3);
        await("the first does not answer", () -> !answers(firstPort));
        // Once more, and now the reconciler cannot be asked.
        reconciler.close();
        push(second, OTHER, numbered(bothKnow(OTHER, first, second), 4, ADDRESS));
        push(first, SELF, numbered(bothKnow(SELF, first, second), 5, ADDRESS));
        await("the first answers again", () -> answers(firstPort));
        push(second, OTHER, numbered(bothKnow(OTHER, first, second), 6, "192.0.2.11"));
        await("it is told", () -> cutOff(status(first)));
        // Without a liveness session the other is no witness: it may be off the link. The fence is
        // shut for a moment when the machine stalls.
        await("the first still answers", () -> answers(firstPort));
        // It is back, and the address is no longer this node's.
        held.set(numbered(bothKnow(SELF, first, second), 7, "192.0.2.11"));
        HttpServer again = reconciler(held, port);
        await("the first goes by the reconciler's word", () -> !answers(firstPort));
        await("nothing is wrong any more", () -> status(first).problems().isEmpty());
        again.close();
      }
    }
  }

  private static boolean cutOff(SpeakerStatus status) {
    return status.problems().stream()
        .anyMatch(one -> one.startsWith("reconciler: GLB6018 a peer has generation 1.6, "));
  }

  private HttpServer reconciler(AtomicReference<DesiredState> held, int port) throws IOException {
    HttpServerSettings settings =
        new HttpServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            new ServerSecurity.MutualTls(certificates.reconciler(), PeerNames.anySpeaker()),
            HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(50)));
    HttpHandler handler =
        call ->
            call.path().equals("/v1/nodes/" + SELF + "/desired")
                    && call.caller().equals(Optional.of(SELF + ".speaker.gitlb"))
                ? HttpAnswer.json(200, ProtocolCodec.encode(Objects.requireNonNull(held.get())))
                : HttpAnswer.text(404, "");
    return assertInstanceOf(
            HttpServerStart.Listening.class, HttpServer.start(loops, settings, handler))
        .server();
  }

  /// With another generation and one address, which both may answer for.
  private static DesiredState numbered(DesiredState state, long number, String address) {
    DesiredState other = state(number, List.of(), layer2(address, List.of(SELF, OTHER)));
    return new DesiredState(
        state.node(),
        state.clusterUid(),
        other.generation(),
        state.configCommit(),
        state.ledgerCommit(),
        other.announcements(),
        state.peers(),
        state.members());
  }

  private SpeakerStatus status(SpeakerProcess speaker) {
    try {
      HttpAnswer answer =
          call(speaker, SELF, certificates.reconciler(), HttpCall.get("/v1/status"));
      return switch (ProtocolCodec.decodeStatus(answer.body().octets())) {
        case Decoded.Value<SpeakerStatus>(SpeakerStatus status) -> status;
        case Decoded.Malformed<SpeakerStatus>(String message) -> throw new AssertionError(message);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long generation(SpeakerProcess speaker) {
    return status(speaker).stored().map(Generation::number).orElse(0L);
  }

  private SpeakerProcess start(NodeName node, FakeSegmentPort port) throws IOException {
    return start(node, port, Optional.empty());
  }

  private SpeakerProcess start(NodeName node, FakeSegmentPort port, Optional<URI> reconciler)
      throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    SpeakerSettings settings =
        new SpeakerSettings(
            node,
            directory.resolve(node.value()),
            anyPort,
            anyPort,
            Pattern.compile(PcapSegments.DEFAULT_INTERFACE_REGEX),
            EnumSet.allOf(InterfaceType.class),
            new ServerSecurity.MutualTls(
                certificates.speaker(node), PeerNames.reconcilerAndSpeakers()),
            reconciler,
            LivenessKeys.none(),
            Duration.ofDays(7));
    return assertInstanceOf(
            SpeakerProcess.Start.Running.class, SpeakerProcess.start(settings, port))
        .speaker();
  }

  private static DesiredState bothKnow(NodeName node, SpeakerProcess first, SpeakerProcess second) {
    DesiredState one = state(1, List.of(), layer2(ADDRESS, List.of(SELF, OTHER)));
    return new DesiredState(
        node,
        one.clusterUid(),
        one.generation(),
        one.configCommit(),
        one.ledgerCommit(),
        one.announcements(),
        one.peers(),
        List.of(member(SELF, first), member(OTHER, second)));
  }

  private static Member member(NodeName node, SpeakerProcess speaker) {
    return new Member(
        node,
        Optional.of(new Member.Endpoint("127.0.0.1", speaker.address().getPort())),
        List.of());
  }

  private void push(SpeakerProcess speaker, NodeName node, DesiredState state) throws IOException {
    HttpBody body = HttpBody.of(ProtocolCodec.encode(state));
    HttpCall put = HttpCall.put("/v1/desired", "application/json", body);
    HttpAnswer answer = call(speaker, node, certificates.reconciler(), put);
    assertEquals(200, answer.status(), answer.body().text());
  }

  private HttpAnswer call(
      SpeakerProcess speaker, NodeName node, TlsIdentity identity, HttpCall call) {
    try (HttpClient client =
        HttpClient.create(
            loops,
            HttpClientSettings.of(
                "127.0.0.1",
                speaker.address().getPort(),
                new ClientSecurity.MutualTls(identity, PeerNames.speaker(node))))) {
      return switch (client.send(call, DEADLINE)) {
        case HttpResult.Answered(HttpAnswer answer) -> answer;
        case HttpResult.Unreachable(String reason, var _) -> throw new AssertionError(reason);
        case HttpResult.TimedOut(String reason) -> throw new AssertionError(reason);
      };
    }
  }

  private static boolean answers(FakeSegmentPort port) {
    return port.segments.containsKey("eth0") && port.segment("eth0").answers(ADDRESS);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time: " + what);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
