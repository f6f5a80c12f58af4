// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import static io.gitlb.schema.http.LocalServer.PATIENCE;
import static io.gitlb.schema.http.LocalServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpClientTest {

  private static final HttpHandler FINE = _ -> HttpAnswer.text(200, "fine");

  @Test
  void aClosedPortIsUnreachable() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertEquals(
        "Connection refused: /127.0.0.1:" + port,
        unreachable(HttpClientSettings.of("127.0.0.1", port, new ClientSecurity.Plaintext())));
  }

  @Test
  void withoutTlsOnlyLoopbackIsTalkedTo() {
    assertEquals(
        "without TLS only loopback addresses are talked to, not 192.0.2.1",
        unreachable(HttpClientSettings.of("192.0.2.1", 80, new ClientSecurity.Plaintext())));
  }

  private static String unreachable(HttpClientSettings settings) {
    try (HttpLoops loops = HttpLoops.open(1);
        HttpClient client = HttpClient.create(loops, settings)) {
      HttpResult result = client.send(HttpCall.get("/"), PATIENCE);
      return assertInstanceOf(HttpResult.Unreachable.class, result).reason();
    }
  }

  @Test
  void anAnswerThatDoesNotComeTimesOut() {
    HttpHandler never =
        _ -> {
          new CountDownLatch(1).await();
          return HttpAnswer.empty(204);
        };
    HttpLimits hasty = HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(10));
    try (LocalServer local = LocalServer.plain(hasty, never);
        HttpClient client = local.client()) {
      assertEquals(
          new HttpResult.TimedOut("no answer within 50 ms"),
          client.send(HttpCall.get("/"), Duration.ofMillis(50)));
    }
  }

  @Test
  void theConnectionIsUsedAgain() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        HttpLoops loops = HttpLoops.open(1);
        HttpClient client = plainClient(loops, listener)) {
      AtomicInteger connections = new AtomicInteger();
      serve(listener, connections, 3);
      for (int i = 0; i < 3; i++) {
        assertEquals(204, answer(client.send(HttpCall.get("/"), PATIENCE)).status());
      }
      assertEquals(1, connections.get());
    }
  }

  @Test
  void aKeptConnectionThatDiedIsReplacedWithoutNotice() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        HttpLoops loops = HttpLoops.open(1);
        HttpClient client = plainClient(loops, listener)) {
      AtomicInteger connections = new AtomicInteger();
      serve(listener, connections, 1);
      for (int i = 0; i < 20; i++) {
        assertEquals(204, answer(client.send(HttpCall.get("/"), PATIENCE)).status(), "call " + i);
      }
      assertEquals(20, connections.get());
    }
  }

  /// Answers so many calls on each connection, then closes it without notice.
  private static void serve(ServerSocket listener, AtomicInteger connections, int callsEach) {
    Thread.startVirtualThread(
        () -> {
          try {
            while (true) {
              try (Socket socket = listener.accept()) {
                connections.incrementAndGet();
                for (int i = 0; i < callsEach; i++) {
                  readHead(socket);
                  write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
                }
              }
            }
          } catch (IOException _) {
            // The test is over.
          }
        });
  }

  @Test
  void aBrokenAnswerIsReported() throws Exception {
    assertEquals(
        "the connection was closed before the answer was there",
        reasonFor("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
    assertEquals("the connection was closed before the answer was there", reasonFor(""));
    assertTrue(reasonFor("SSH-2.0-OpenSSH\r\n").startsWith("the answer is not HTTP"));
    assertEquals(
        "the answer is too large", reasonFor("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"));
  }

  private static String reasonFor(String answer) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        HttpLoops loops = HttpLoops.open(1);
        HttpClient client = plainClient(loops, listener)) {
      Thread.startVirtualThread(
          () -> {
            try (Socket socket = listener.accept()) {
              readHead(socket);
              write(socket, answer);
            } catch (IOException _) {
              // The client went first.
            }
          });
      HttpResult result = client.send(HttpCall.get("/"), PATIENCE);
      return assertInstanceOf(HttpResult.Unreachable.class, result).reason();
    }
  }

  private static HttpClient plainClient(HttpLoops loops, ServerSocket listener) {
    return HttpClient.create(
        loops,
        new HttpClientSettings(
            "127.0.0.1",
            listener.getLocalPort(),
            new ClientSecurity.Plaintext(),
            Optional.empty(),
            PATIENCE,
            1000));
  }

  private static void readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = socket.getInputStream().read();
      if (octet < 0) {
        throw new IOException("closed");
      }
      head.append((char) octet);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void theSourceAddressIsTheOneAskedFor() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        HttpLoops loops = HttpLoops.open(1);
        HttpClient client =
            HttpClient.create(
                loops,
                new HttpClientSettings(
                    "127.0.0.1",
                    listener.getLocalPort(),
                    new ClientSecurity.Plaintext(),
                    Optional.of(InetAddress.ofLiteral("127.0.0.2")),
                    PATIENCE,
                    1000))) {
      CompletableFuture<String> source = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try (Socket socket = listener.accept()) {
              source.complete(
                  ((InetSocketAddress) socket.getRemoteSocketAddress()).getHostString());
            } catch (IOException e) {
              source.completeExceptionally(e);
            }
          });
      assertInstanceOf(HttpResult.Unreachable.class, client.send(HttpCall.get("/"), PATIENCE));
      assertEquals("127.0.0.2", source.get());
    }
  }

  private static LocalServer neverAnswering(CountDownLatch arrived) {
    HttpHandler never =
        _ -> {
          arrived.countDown();
          new CountDownLatch(1).await();
          return HttpAnswer.empty(204);
        };
    return LocalServer.plain(HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(10)), never);
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (LocalServer local = neverAnswering(arrived);
        HttpClient client = local.client()) {
      CompletableFuture<HttpResult> result = new CompletableFuture<>();
      Thread caller =
          Thread.startVirtualThread(
              () -> result.complete(client.send(HttpCall.get("/"), PATIENCE)));
      arrived.await();
      caller.interrupt();
      assertEquals(new HttpResult.Unreachable("interrupted"), result.get());
    }
  }

  @Test
  @SuppressWarnings("try")
  void closingTheClientEndsItsCalls() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (LocalServer local = neverAnswering(arrived);
        HttpClient client = local.client()) {
      CompletableFuture<HttpResult> result = new CompletableFuture<>();
      Thread.startVirtualThread(() -> result.complete(client.send(HttpCall.get("/"), PATIENCE)));
      arrived.await();
      client.close();
      assertInstanceOf(HttpResult.Unreachable.class, result.get());
      assertEquals(
          new HttpResult.Unreachable("this client is closed"),
          client.send(HttpCall.get("/"), PATIENCE));
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    assertEquals(
        "the host name speaker.invalid cannot be resolved",
        unreachable(HttpClientSettings.of("speaker.invalid", 80, new ClientSecurity.Plaintext())));
  }

  @Test
  void manyThreadsShareOneClient() throws Exception {
    try (LocalServer local = LocalServer.plain(FINE);
        HttpClient client = local.client()) {
      AtomicInteger fine = new AtomicInteger();
      Thread[] threads = new Thread[8];
      for (int i = 0; i < threads.length; i++) {
        threads[i] =
            Thread.startVirtualThread(
                () -> {
                  for (int j = 0; j < 50; j++) {
                    answer(client.send(HttpCall.get("/"), PATIENCE));
                    fine.incrementAndGet();
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(400, fine.get());
    }
  }

  @Test
  void aRefusalIsKnownByItsTypeWhateverTheLanguageOfItsText() {
    assertEquals(
        HttpResult.Unreachable.Kind.REFUSED,
        Failures.kind(new ConnectException("Verbindungsaufbau abgelehnt")));
    assertEquals(
        HttpResult.Unreachable.Kind.OTHER,
        Failures.kind(new ConnectTimeoutException("Connection refused")));
    assertEquals(
        HttpResult.Unreachable.Kind.OTHER,
        Failures.kind(new NoRouteToHostException("Connection refused")));
  }

  @Test
  void whereNobodyListensTheCallIsRefused() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    HttpLoops loops = HttpLoops.open(1);
    try (HttpClient client =
        HttpClient.create(
            loops, HttpClientSettings.of("127.0.0.1", port, new ClientSecurity.Plaintext()))) {
      HttpResult.Unreachable refused =
          assertInstanceOf(
              HttpResult.Unreachable.class, client.send(HttpCall.get("/"), Duration.ofSeconds(10)));
      assertTrue(refused.isRefused(), refused.reason());
    } finally {
      loops.close();
    }
  }
}
