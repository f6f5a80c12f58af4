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
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over TLS, as the reconciler listens.
class DesiredEndpointTest {

  private static final NodeName A = new NodeName("node-a");
  private static final NodeName B = new NodeName("node-b");

  /// For both ends of many handshakes on the one thread that this test has for them all.
  private static final Duration HANDSHAKES = Duration.ofSeconds(30);

  /// Four times as many as are answered at a time.
  private static final int SPEAKERS = 4 * DesiredEndpoint.BODIES;

  @TempDir Path directory;

  private final HttpLoops loops = HttpLoops.open(1);
  private final Map<NodeName, DesiredState> states = new ConcurrentHashMap<>();
  private final DesiredEndpoint endpoint =
      new DesiredEndpoint(
          node -> Optional.ofNullable(states.get(node)), DesiredEndpoint.Callers.CERTIFIED);
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
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
                        HttpLimits.DEFAULTS.withRequest(HANDSHAKES)),
                    counted(endpoint)))
            .server();
  }

  /// Counts the states that are under way.
  private HttpHandler counted(HttpHandler handler) {
    return new HttpHandler() {
      @Override
      public HttpAnswer handle(HttpCall call) throws InterruptedException {
        HttpAnswer answer = handler.handle(call);
        if (answer.status() == 200) {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        }
        return answer;
      }

      @Override
      public void ended(HttpAnswer answer) {
        if (answer.status() == 200) {
          underWay.decrementAndGet();
        }
        handler.ended(answer);
      }
    };
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
  void whoShowsNoCertificateGetsNothingWhereOneIsAskedFor() {
    states.put(A, state(A, 42));
    assertEquals(403, endpoint.handle(desired(A)).status());
  }

  @Test
  void withoutTlsNoPasswordIsGiven() {
    DesiredEndpoint open =
        new DesiredEndpoint(
            node -> Optional.ofNullable(states.get(node)), DesiredEndpoint.Callers.ANYBODY);
    PeerPassword given =
        new PeerPassword.Given(Password.of("s3cr3t".getBytes(StandardCharsets.US_ASCII)));
    states.put(A, state(A, 42).withPeers(List.of(peer(given))));
    HttpAnswer refused = open.handle(desired(A));
    assertEquals(403, refused.status());
    assertEquals("the state of node node-a has passwords, which need TLS\n", refused.body().text());
    states.put(A, state(A, 43).withPeers(List.of(peer(new PeerPassword.InFile("/run/tor")))));
    assertEquals(200, open.handle(desired(A)).status());
  }

  private static PeerSettings peer(PeerPassword password) {
    return new PeerSettings(
            new PeerName("tor-a"),
            new Asn(64_512),
            new Asn(64_513),
            IpAddress.of("192.0.2.1"),
            179,
            Duration.ofSeconds(90),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Hops.SINGLE)
        .withExtras(Extras.of(IpFamily.IPV4).withPassword(password));
  }

  /// A body is in memory until it is written: more speakers than a few are told to come again.
  @Test
  void whatIsBeingWrittenIsBounded() throws Exception {
    states.put(A, large(16 * 1024 * 1024));
    HttpServer plain =
        assertInstanceOf(
                HttpServerStart.Listening.class,
                HttpServer.start(
                    loops,
                    new HttpServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new ServerSecurity.Plaintext(),
                        HttpLimits.DEFAULTS),
                    counted(
                        new DesiredEndpoint(
                            node -> Optional.ofNullable(states.get(node)),
                            DesiredEndpoint.Callers.ANYBODY))))
            .server();
    List<Socket> deaf = new ArrayList<>();
    try (HttpClient client =
        HttpClient.create(
            loops,
            HttpClientSettings.of("127.0.0.1", plain.port(), new ClientSecurity.Plaintext()))) {
      for (int i = 0; i < DesiredEndpoint.BODIES; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), plain.port());
        deaf.add(socket);
        socket
            .getOutputStream()
            .write(
                "GET /v1/nodes/node-a/desired HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      await(() -> underWay.get() == DesiredEndpoint.BODIES);
      HttpAnswer busy = answer(client, desired(A));
      assertEquals(503, busy.status());
      assertEquals(Optional.of("3"), busy.header("retry-after"));
      HttpCall known = desired(A).withHeader("if-none-match", "\"7.42\"");
      assertEquals(304, answer(client, known).status());
      deaf.getFirst().close();
      await(() -> underWay.get() == DesiredEndpoint.BODIES - 1);
      states.put(A, state(A, 43));
      await(() -> answer(client, desired(A)).status() == 200);
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
      plain.close();
    }
  }

  private static HttpAnswer answer(HttpClient client, HttpCall call) {
    HttpResult result = client.send(call, Duration.ofSeconds(20));
    return assertInstanceOf(HttpResult.Answered.class, result, result::toString).answer();
  }

  /// After a new epoch all speakers ask at once; each gets its state in the end.
  @Test
  void allOfManySpeakersAreAnsweredInTheEnd() throws Exception {
    states.put(A, large(1024 * 1024));
    TlsIdentity speaker = certificates.speaker(A);
    AtomicInteger turnedAway = new AtomicInteger();
    List<Future<Integer>> answered = new ArrayList<>();
    try (ExecutorService speakers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SPEAKERS; i++) {
        answered.add(speakers.submit(() -> persist(speaker, turnedAway)));
      }
    }
    for (Future<Integer> one : answered) {
      assertTrue(one.get() > 1024 * 1024);
    }
    assertTrue(most.get() <= DesiredEndpoint.BODIES, most + " states were under way");
    await(() -> underWay.get() == 0);
    System.out.println(SPEAKERS + " speakers: turned away " + turnedAway + " times");
  }

  /// The length of the state that it got.
  private int persist(TlsIdentity identity, AtomicInteger turnedAway) throws Exception {
    try (HttpClient client =
        HttpClient.create(
            loops,
            new HttpClientSettings(
                "127.0.0.1",
                server.port(),
                new ClientSecurity.MutualTls(identity, PeerNames.reconciler()),
                Optional.empty(),
                HANDSHAKES,
                ProtocolCodec.MAX_DOCUMENT_BYTES))) {
      while (true) {
        HttpAnswer answer = answer(client, desired(A));
        if (answer.status() == 200) {
          return answer.body().length();
        }
        assertEquals(503, answer.status());
        assertTrue(answer.header("retry-after").isPresent());
        turnedAway.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private static DesiredState large(int octets) {
    DesiredState small = state(A, 42);
    return new DesiredState(
        small.node(),
        small.clusterUid(),
        small.generation(),
        small.configCommit(),
        small.ledgerCommit(),
        List.of(
            new Announcement(
                IpAddress.of("192.0.2.7"),
                new Announcement.Owner.Services(
                    new TreeSet<>(List.of(new ServiceRef("demo", "web")))),
                "x".repeat(octets),
                Optional.empty(),
                List.of())),
        List.of());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "in vain");
      TimeUnit.MILLISECONDS.sleep(10);
    }
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
