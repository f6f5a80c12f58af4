// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gitlb.reconciler.trust.SampleDelivery;
import io.gitlb.reconciler.trust.WebhookSender;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Over real HTTP, with requests of the senders' shape.
class WebhookReceiverTest {

  private static final String MAIN = "refs/heads/main";
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  @TempDir Path temp;
  private final AtomicInteger polls = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final Map<String, Integer> counted = new TreeMap<>();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpLoops loops;
  private HttpServer server;
  private Path secret;
  private Path next;

  @BeforeEach
  void start() throws IOException {
    secret = Files.writeString(temp.resolve("secret"), SampleDelivery.SECRET + "\n");
    next = Files.writeString(temp.resolve("next"), SampleDelivery.SIGNING_SECRET);
    loops = HttpLoops.open(1);
    WebhookReceiver receiver =
        new WebhookReceiver(
            List.of(secret, next),
            FollowedRefs.of("main", "allocations/lab"),
            now::get,
            polls::incrementAndGet,
            (sender, outcome) -> {
              synchronized (counted) {
                counted.merge(sender + " " + outcome.word(), 1, Integer::sum);
              }
            });
    assertEquals(List.of(), receiver.problems());
    server =
        switch (HttpServer.start(
            loops,
            new HttpServerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ServerSecurity.Plaintext(),
                WebhookReceiver.limits()),
            receiver)) {
          case HttpServerStart.Listening(HttpServer listening) -> listening;
          case HttpServerStart.Refused(String message) -> throw new AssertionError(message);
        };
    logged.start();
    root().addAppender(logged);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @AfterEach
  void stop() {
    root().detachAppender(logged);
    server.close();
    loops.close();
    client.close();
    // Whatever happened: no secret in any line.
    for (ILoggingEvent event : logged()) {
      assertFalse(event.getFormattedMessage().contains(SampleDelivery.SECRET), event::toString);
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> deliver(SampleDelivery delivery) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/webhook/" + delivery.sender().word()))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(delivery.octets()));
    delivery.headers().forEach(request::header);
    return send(request.build());
  }

  private void expect(int status, String begin, SampleDelivery delivery) {
    HttpResponse<String> answer = deliver(delivery);
    assertEquals(status, answer.statusCode(), answer::body);
    assertTrue(answer.body().startsWith(begin), answer::body);
  }

  @Test
  void everySendersPushIsAPollNow() {
    for (WebhookSender sender : WebhookSender.values()) {
      expect(202, "the branch is looked at", SampleDelivery.push(sender, MAIN));
      assertEquals(1, polls.getAndSet(0), sender::word);
      assertEquals(1, counted.get(sender.word() + " poll"));
    }
    expect(202, "the branch is looked at", SampleDelivery.refsChanged(MAIN));
    expect(202, "the branch is looked at", SampleDelivery.signedPush(MAIN, "m1", NOW));
    assertEquals(2, polls.get());
  }

  @Test
  void pushesOfOtherBranchesAndOurOwnAreLeftAlone() {
    for (WebhookSender sender : WebhookSender.values()) {
      expect(200, "nothing to do: another", SampleDelivery.push(sender, "refs/heads/dev"));
      expect(
          200, "nothing to do: our own", SampleDelivery.push(sender, "refs/heads/allocations/lab"));
    }
    expect(200, "nothing to do: our own", SampleDelivery.refsChanged("refs/heads/allocations/lab"));
    expect(200, "nothing to do: our own", SampleDelivery.refsChanged("refs/gitlb/lab/accepted"));
    expect(200, "nothing to do: another", SampleDelivery.refsChanged("refs/heads/dev"));
    assertEquals(0, polls.get());
  }

  /// The payload decides nothing but that: when it cannot be read, the branch is looked at.
  @Test
  void aProvenBodyThatCannotBeReadIsAPollNow() {
    for (String body :
        List.of(
            "",
            "payload=%7B%22ref%22",
            "[]",
            "{\"ref\":7}",
            "{\"ref\":",
            "[".repeat(100_000),
            "{\"ref\":{\"ref\":\"refs/heads/dev\"}}")) {
      SampleDelivery bare =
          new SampleDelivery(
              WebhookSender.GENERIC, new TreeMap<>(), body.getBytes(StandardCharsets.UTF_8));
      SampleDelivery signed =
          bare.with("x-signature", "sha256=" + bare.hmac("HmacSHA256", SampleDelivery.SECRET));
      expect(202, "the branch is looked at", signed);
    }
  }

  @Test
  void pingsAndOtherEventsAreHeard() {
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, MAIN);
    expect(200, "heard", github.with("x-github-event", "ping"));
    SampleDelivery gitlab = SampleDelivery.push(WebhookSender.GITLAB, MAIN);
    expect(200, "nothing to do: not a push", gitlab.with("x-gitlab-event", "Issue Hook"));
    SampleDelivery bitbucket = SampleDelivery.refsChanged(MAIN);
    expect(200, "heard", bitbucket.with("x-event-key", "diagnostics:ping"));
    assertEquals(0, polls.get());
  }

  @Test
  void aDeliveryThatIsSentAgainDoesNothing() {
    for (WebhookSender sender : WebhookSender.values()) {
      SampleDelivery delivery = SampleDelivery.push(sender, MAIN);
      expect(202, "the branch is looked at", delivery);
      expect(200, "nothing to do: had that", delivery.with("x-github-delivery", "another-one"));
    }
    SampleDelivery signed = SampleDelivery.signedPush(MAIN, "m1", NOW);
    expect(202, "the branch is looked at", signed);
    expect(200, "nothing to do: had that", signed);
    assertEquals(7, polls.get());
  }

  @Test
  void whatIsRememberedIsBounded() {
    SeenDeliveries seen = new SeenDeliveries();
    for (int i = 0; i <= SeenDeliveries.MOST; i++) {
      assertTrue(seen.add("m" + i));
    }
    assertFalse(seen.add("m1"));
    assertTrue(seen.add("m0"), "the oldest was forgotten");
  }

  @Test
  void everyBadProofHasItsCode() {
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, MAIN);
    expect(401, "GLB2406 ", github.without("x-hub-signature-256").without("x-hub-signature"));
    expect(401, "GLB2407 ", github.without("x-hub-signature-256"));
    expect(401, "GLB2408 ", github.with("x-hub-signature-256", "sha256=xyz"));
    expect(401, "GLB2409 ", github.withBody(new byte[0]));
    expect(401, "GLB2410 ", SampleDelivery.signedPush(MAIN, "m1", NOW.minusSeconds(301)));
    assertEquals(0, polls.get());
    assertEquals(1, counted.get("github proof_wrong"), counted::toString);
    List<ILoggingEvent> warnings =
        logged().stream().filter(event -> event.getLevel() == Level.WARN).toList();
    assertEquals(5, warnings.size(), "each is told");
    assertTrue(warnings.getFirst().getFormattedMessage().contains("127.0.0.1"));
  }

  @Test
  void otherPathsAndMethodsAreRefused() {
    HttpResponse<String> get = send(HttpRequest.newBuilder(uri("/webhook/github")).build());
    assertEquals(405, get.statusCode());
    assertTrue(get.body().startsWith("GLB2404 "), get::body);
    assertEquals("POST", get.headers().firstValue("allow").orElseThrow());
    for (String path :
        List.of("/", "/webhook", "/webhook/", "/webhook/github/", "/webhook/GITHUB")) {
      HttpResponse<String> post =
          send(
              HttpRequest.newBuilder(uri(path))
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build());
      assertEquals(404, post.statusCode(), path);
      assertTrue(post.body().startsWith("GLB2403 "), post::body);
    }
  }

  @Test
  void aBodyBeyondTheCapIsRefusedBeforeItIsThere() throws IOException {
    String head =
        "POST /webhook/github HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
            .formatted(WebhookReceiver.MOST_BODY_BYTES + 1);
    String answer = talk(head);
    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    assertTrue(answer.contains("GLB2405 "), answer);
    assertEquals(1, counted.get("unknown too_large"), counted::toString);
    SampleDelivery bare =
        new SampleDelivery(
            WebhookSender.GENERIC, new TreeMap<>(), new byte[WebhookReceiver.MOST_BODY_BYTES]);
    expect(
        202,
        "the branch",
        bare.with("x-signature", "sha256=" + bare.hmac("HmacSHA256", SampleDelivery.SECRET)));
  }

  @Test
  void whatIsNoHttpIsRefused() throws IOException {
    String answer = talk("POST /webhook/github SMTP/9\r\n\r\n");
    assertTrue(answer.contains("GLB2412 "), answer);
    String long_ =
        talk("POST /webhook/github HTTP/1.1\r\nX: " + "y".repeat(17 * 1024) + "\r\n\r\n");
    assertTrue(long_.startsWith("HTTP/1.1 431 "), long_);
    assertTrue(long_.contains("GLB2412 "), long_);
  }

  private String talk(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// A source that only sends rubbish gets short answers and fills no log; a right proof from the
  /// same address, as behind a proxy, still counts.
  @Test
  void badProofsAreLimitedForEachSource() {
    SampleDelivery bad = SampleDelivery.push(WebhookSender.GITHUB, MAIN).withBody(new byte[1]);
    for (int i = 0; i < BadSources.AT_ONCE; i++) {
      expect(401, "GLB2409 ", bad);
    }
    int lines = logged.list.size();
    HttpResponse<String> limited = deliver(bad);
    assertEquals(429, limited.statusCode());
    assertTrue(limited.body().startsWith("GLB2411 "), limited::body);
    assertEquals("60", limited.headers().firstValue("retry-after").orElseThrow());
    assertEquals(lines, logged.list.size());
    expect(202, "the branch is looked at", SampleDelivery.push(WebhookSender.GITHUB, MAIN));
    now.set(NOW.plus(Duration.ofSeconds(6)));
    expect(401, "GLB2409 ", bad);
  }

  @Test
  void sourcesAreToldApartAndBounded() throws IOException {
    BadSources sources = new BadSources();
    InetAddress one = InetAddress.ofLiteral("2001:db8::1");
    InetAddress neighbour = InetAddress.ofLiteral("2001:db8::ffff");
    InetAddress other = InetAddress.ofLiteral("192.0.2.1");
    for (int i = 0; i < BadSources.AT_ONCE; i++) {
      assertTrue(sources.note(i % 2 == 0 ? one : neighbour, NOW));
    }
    assertFalse(sources.note(one, NOW), "one /64 is one source");
    assertTrue(sources.note(other, NOW));
    for (int i = 0; i < 2_000; i++) {
      sources.note(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}), NOW);
    }
    assertTrue(sources.note(one, NOW), "forgotten in favour of newer ones");
  }

  @Test
  void aSecretIsRotatedWithoutARestart() throws IOException {
    SampleDelivery delivery = SampleDelivery.push(WebhookSender.GITHUB, MAIN);
    Files.writeString(secret, "quite-another-secret-now");
    expect(401, "GLB2409 ", delivery);
    Files.writeString(next, SampleDelivery.SECRET);
    expect(202, "the branch is looked at", delivery);
  }

  @Test
  void withoutAUsableSecretNothingIsTaken() throws IOException {
    Files.delete(secret);
    Files.writeString(next, "short");
    SampleDelivery delivery = SampleDelivery.push(WebhookSender.GITLAB, MAIN);
    expect(503, "GLB2402 ", delivery);
    String line = logged.list.getLast().getFormattedMessage();
    assertTrue(line.contains(next.toString()) && line.contains("16 to 1024"), line);
    Files.writeString(secret, SampleDelivery.SECRET);
    expect(202, "the branch is looked at", delivery);
  }

  /// Rubbish over real HTTP: an answer each time, never a poll, never a 500.
  @Test
  void rubbishIsAnsweredAndNeverBelieved() throws IOException {
    long seed = Long.getLong("gitlb.seed", 20261121);
    Random random = new Random(seed);
    List<String> paths = new ArrayList<>(List.of("/", "/webhook/x", "/webhook/github?a=%ff"));
    Arrays.stream(WebhookSender.values()).forEach(sender -> paths.add("/webhook/" + sender.word()));
    for (int i = 0; i < 300; i++) {
      byte[] body = new byte[random.nextInt(100)];
      random.nextBytes(body);
      String answer =
          talk(
              "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s"
                  .formatted(
                      paths.get(random.nextInt(paths.size())),
                      rubbishHeaders(random),
                      body.length,
                      new String(body, StandardCharsets.US_ASCII).replace('\uFFFD', '?')));
      assertTrue(
          answer.matches("(?s)HTTP/1.1 4\\d\\d .*"), "seed %d, %d: %s".formatted(seed, i, answer));
    }
    assertEquals(0, polls.get());
  }

  private static String rubbishHeaders(Random random) {
    StringBuilder headers = new StringBuilder();
    for (String name :
        List.of("X-Hub-Signature-256", "X-Signature", "X-Gitlab-Token", "Webhook-Signature", "Ü")) {
      if (random.nextBoolean()) {
        headers
            .append(name)
            .append(random.nextInt(10) == 0 ? " " : ": ")
            .append(random.nextBoolean() ? "sha256=" : "v1,")
            .append(Long.toHexString(random.nextLong()).toUpperCase(Locale.ROOT))
            .append("\r\n");
      }
    }
    return headers.toString();
  }

  /// Appending takes the same lock; threads of the server may still be at it.
  private List<ILoggingEvent> logged() {
    synchronized (logged) {
      return List.copyOf(logged.list);
    }
  }
}
