// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import static io.gitlb.schema.http.LocalServer.PATIENCE;
import static io.gitlb.schema.http.LocalServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpServerTest {

  private static final HttpHandler ECHO =
      call ->
          HttpAnswer.text(
              200,
              call.method()
                  + " "
                  + call.path()
                  + " "
                  + call.query()
                  + " "
                  + call.header("x-test").orElse("-")
                  + " "
                  + call.body().text());

  @Test
  void aCallArrivesWholeAndItsAnswerGoesBack() {
    try (LocalServer local = LocalServer.plain(ECHO);
        HttpClient client = local.client()) {
      HttpCall call =
          HttpCall.put("/v1/ä b", "text/plain", HttpBody.of("body €"))
              .withQuery("after", "7")
              .withQuery("wait", "30 s&")
              .withHeader("x-test", "yes");

      HttpAnswer answer = answer(client.send(call, PATIENCE));

      assertEquals(200, answer.status());
      assertEquals("PUT /v1/ä b {after=7, wait=30 s&} yes body €\n", answer.body().text());
      assertEquals("text/plain; charset=utf-8", answer.header("content-type").orElseThrow());
    }
  }

  @Test
  void aConnectionCarriesManyCallsAlsoWhenTheyComeAtOnce() throws IOException {
    AtomicInteger atATime = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    HttpHandler counting =
        call -> {
          most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
          try {
            return ECHO.handle(call);
          } finally {
            atATime.decrementAndGet();
          }
        };
    try (LocalServer local = LocalServer.plain(counting)) {
      String answers =
          local.talk(
              "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                  + "PUT /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                  + "PUT /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
                  + "GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      List<String> bodies = answers.lines().filter(line -> line.contains(" {} ")).toList();
      assertEquals(
          List.of("GET /1 {} - ", "PUT /2 {} - abc", "PUT /3 {} - de", "GET /4 {} - "), bodies);
      assertEquals(1, most.get());
    }
  }

  /// What a handler keeps in memory for an answer it can let go of then, and not before.
  @Test
  void theHandlerIsToldWhenAnAnswerIsOutOrItsConnectionGone() throws Exception {
    BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    HttpBody large = HttpBody.of(new byte[32 * 1024 * 1024]);
    HttpHandler handler =
        new HttpHandler() {
          @Override
          public HttpAnswer handle(HttpCall call) {
            if (call.path().equals("/failing")) {
              throw new IllegalStateException("on purpose");
            }
            return call.path().equals("/large")
                ? HttpAnswer.json(200, large.octets())
                : HttpAnswer.empty(204);
          }

          @Override
          public void ended(HttpAnswer answer) {
            ended.add(answer.status());
          }
        };
    try (LocalServer local = LocalServer.plain(handler)) {
      local.talk("GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertEquals(204, ended.poll(20, TimeUnit.SECONDS));
      local.talk("GET /failing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertEquals(500, ended.poll(20, TimeUnit.SECONDS));
      try (Socket deaf = local.connect()) {
        deaf.getOutputStream()
            .write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertNull(ended.poll(500, TimeUnit.MILLISECONDS));
      }
      assertEquals(200, ended.poll(20, TimeUnit.SECONDS));
      assertEquals(0, ended.size());
    }
  }

  @Test
  void headIsAnsweredWithoutABody() throws IOException {
    try (LocalServer local = LocalServer.plain(ECHO)) {
      String answer = local.talk("HEAD /1 HTTP/1.1\r\nConnection: close\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertTrue(answer.contains("content-length: 13\r\n"), answer);
      assertTrue(answer.endsWith("\r\n\r\n"), answer);
    }
  }

  @Test
  void aWaitingClientIsToldToGoOn() throws IOException {
    try (LocalServer local = LocalServer.plain(ECHO)) {
      String answer =
          local.talk(
              "PUT /1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n"
                  + "Connection: close\r\n\r\nx");
      assertTrue(answer.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), answer);
    }
  }

  @Test
  void badRequestsAreRefusedWithTheirReason() throws IOException {
    HttpLimits small = HttpLimits.DEFAULTS.withBodyBytes(10);
    try (LocalServer local = LocalServer.plain(small, ECHO)) {
      assertRefused(local, "nonsense\r\n\r\n", "400");
      assertRefused(local, "GET http://x/ HTTP/1.1\r\n\r\n", "400");
      assertRefused(local, "GET /%zz HTTP/1.1\r\n\r\n", "400");
      assertRefused(local, "BREW /pot HTTP/1.1\r\n\r\n", "501");
      assertRefused(local, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n", "414");
      assertRefused(local, "GET / HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n", "431");
      assertRefused(local, "PUT / HTTP/1.1\r\nContent-Length: 11\r\n\r\nabcdefghijk", "413");
      assertRefused(
          local,
          "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n0\r\n\r\n",
          "413");
      assertRefused(
          local, "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n", "413");
    }
  }

  private static void assertRefused(LocalServer local, String request, String status)
      throws IOException {
    String answer = local.talk(request);
    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
    assertTrue(answer.contains("connection: close"), answer);
  }

  @Test
  void aClientThatSendsTooMuchSeesWhy() {
    try (LocalServer local = LocalServer.plain(ECHO);
        HttpClient client = local.client()) {
      HttpCall large = HttpCall.put("/", "text/plain", HttpBody.of(new byte[8 * 1024 * 1024]));
      HttpAnswer answer = answer(client.send(large, PATIENCE));
      assertEquals(413, answer.status());
      assertEquals("the body may have up to 1048576 octets\n", answer.body().text());
    }
  }

  @Test
  void aFailingHandlerIsAnsweredWithoutItsDetails() {
    HttpHandler failing =
        _ -> {
          throw new IllegalStateException("secret");
        };
    try (LocalServer local = LocalServer.plain(failing);
        HttpClient client = local.client()) {
      HttpAnswer answer = answer(client.send(HttpCall.get("/"), PATIENCE));
      assertEquals(500, answer.status());
      assertTrue(!answer.body().text().contains("secret"));
    }
  }

  @Test
  void blockedCallsDoNotHinderOthers() throws Exception {
    int blocked = 100;
    CountDownLatch arrived = new CountDownLatch(blocked);
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler handler =
        call -> {
          if (call.path().equals("/block")) {
            arrived.countDown();
            release.await();
          }
          return HttpAnswer.text(200, "done");
        };
    try (LocalServer local = LocalServer.plain(handler);
        HttpClient client = local.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResult>> results = new ArrayList<>();
      for (int i = 0; i < blocked; i++) {
        results.add(threads.submit(() -> client.send(HttpCall.get("/block"), PATIENCE)));
      }
      assertTrue(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));

      assertEquals(200, answer(client.send(HttpCall.get("/"), PATIENCE)).status());

      release.countDown();
      for (Future<HttpResult> result : results) {
        assertEquals(200, answer(result.get()).status());
      }
    }
  }

  @Test
  void headersThatTrickleInAreCutOff() throws IOException {
    HttpLimits hasty = HttpLimits.DEFAULTS.withRequest(Duration.ofMillis(300));
    try (LocalServer local = LocalServer.plain(hasty, ECHO)) {
      // The server counts from when it takes the connection, which may be before we go on.
      long start = System.nanoTime();
      String answer = local.talk("GET / HTTP/1.1\r\nX: ");
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertEquals("", answer);
      assertTrue(millis >= 300, millis + " ms");
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws IOException {
    HttpLimits hasty = HttpLimits.DEFAULTS.withIdle(Duration.ofMillis(200));
    try (LocalServer local = LocalServer.plain(hasty, ECHO)) {
      assertTrue(local.talk("GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void aThousandIdleConnectionsTakeBoundedPlacesAndShutNobodyOut() throws Exception {
    int places = 50;
    List<Socket> sockets = new ArrayList<>();
    try (LocalServer local = LocalServer.plain(HttpLimits.DEFAULTS.withConnections(places), ECHO);
        HttpClient client = local.client()) {
      for (int i = 0; i < 1000; i++) {
        sockets.add(local.connect());
      }
      assertEquals(200, answer(client.send(HttpCall.get("/"), PATIENCE)).status());
      int closed = 0;
      for (Socket socket : sockets.subList(0, 1000 - places)) {
        closed += socket.getInputStream().read() < 0 ? 1 : 0;
      }
      assertEquals(1000 - places, closed);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aClientThatGoesWhileItWaitsFreesItsPlace() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler handler =
        call -> {
          if (call.path().equals("/wait")) {
            arrived.countDown();
            release.await();
          }
          return HttpAnswer.text(200, "done");
        };
    try (LocalServer local = LocalServer.plain(HttpLimits.DEFAULTS.withConnections(1), handler);
        HttpClient client = local.client()) {
      try (Socket waiting = local.connect()) {
        waiting
            .getOutputStream()
            .write("GET /wait HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertInstanceOf(HttpResult.Unreachable.class, client.send(HttpCall.get("/"), PATIENCE));
      }
      HttpResult result = client.send(HttpCall.get("/"), PATIENCE);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (result instanceof HttpResult.Unreachable && System.nanoTime() < deadline) {
        result = client.send(HttpCall.get("/"), PATIENCE);
      }
      assertEquals(200, answer(result).status());
      release.countDown();
    }
  }

  @Test
  void closingLetsACallEndAndTellsTheClientToGo() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler handler =
        _ -> {
          arrived.countDown();
          release.await();
          return HttpAnswer.text(200, "done");
        };
    try (LocalServer local = LocalServer.plain(handler);
        HttpClient client = local.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResult> result = threads.submit(() -> client.send(HttpCall.get("/"), PATIENCE));
      assertTrue(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      Future<?> closing = threads.submit(() -> local.server().close());
      // A refused connection shows that closing has begun.
      while (isReachable(local)) {
        Thread.onSpinWait();
      }
      release.countDown();
      assertEquals("close", answer(result.get()).header("connection").orElse("-"));
      closing.get();
    }
  }

  private static boolean isReachable(LocalServer local) {
    try (Socket _ = local.connect()) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void closingInterruptsACallThatDoesNotEnd() throws ExecutionException, InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    HttpHandler handler =
        _ -> {
          arrived.countDown();
          new CountDownLatch(1).await();
          return HttpAnswer.empty(204);
        };
    HttpLimits hasty = HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(50));
    try (LocalServer local = LocalServer.plain(hasty, handler);
        HttpClient client = local.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResult> result = threads.submit(() -> client.send(HttpCall.get("/"), PATIENCE));
      assertTrue(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      local.server().close();
      assertEquals(503, answer(result.get()).status());
    }
  }

  @Test
  void withoutTlsOnlyLoopbackIsListenedOn() {
    try (HttpLoops loops = HttpLoops.open(1)) {
      HttpServerSettings settings =
          new HttpServerSettings(
              new InetSocketAddress("0.0.0.0", 0),
              new ServerSecurity.Plaintext(),
              HttpLimits.DEFAULTS);
      HttpServerStart start = HttpServer.start(loops, settings, ECHO);
      assertEquals(
          "without TLS the server listens on loopback addresses only, not on 0.0.0.0 port 0:"
              + " give it a certificate, or an address such as 127.0.0.1 or ::1",
          assertInstanceOf(HttpServerStart.Refused.class, start).message());
    }
  }

  @Test
  void aTakenPortIsReported() {
    try (LocalServer local = LocalServer.plain(ECHO)) {
      HttpServerSettings settings =
          new HttpServerSettings(
              local.server().address(), new ServerSecurity.Plaintext(), HttpLimits.DEFAULTS);
      HttpServerStart start = HttpServer.start(local.loops(), settings, ECHO);
      String message = assertInstanceOf(HttpServerStart.Refused.class, start).message();
      assertTrue(message.endsWith("Address already in use"), message);
    }
  }
}
