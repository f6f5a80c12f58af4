// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.reconciler.kubernetes.ServerFacts.IpMode;
import io.gitlb.reconciler.kubernetes.ServerFacts.Known;
import io.gitlb.reconciler.kubernetes.ServerFacts.ServiceCidrs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Against servers that say odd things.
class ServerFactsTest {

  private static final String CIDRS = "/apis/networking.k8s.io/v1";

  private record Answer(int code, String body) {}

  /// path → what is answered there; 404 elsewhere
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore learned = new Semaphore(0);
  private final HttpServer server = serve();
  private final KubernetesClient client =
      ClusterClient.open(
          new ConfigBuilder()
              .withAutoConfigure(false)
              .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
              .build());
  private final ServerFacts facts = new ServerFacts(new PlainCalls(client), learned::release);

  private HttpServer serve() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.createContext("/", this::answer);
      made.start();
      return made;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    Answer answer =
        answers.getOrDefault(exchange.getRequestURI().getPath(), new Answer(404, "nothing here"));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.code(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @AfterEach
  void close() {
    client.close();
    server.stop(0);
  }

  private void version(String major, String minor) {
    answers.put(
        "/version", new Answer(200, "{\"major\":\"%s\",\"minor\":\"%s\"}".formatted(major, minor)));
  }

  /// One that has just answered may not have gone yet; it is asked again until it has.
  private Known learn() throws InterruptedException {
    facts.doubt();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    do {
      assertTrue(System.nanoTime() < deadline, "nothing was learned");
      facts.refresh();
    } while (!learned.tryAcquire(10, TimeUnit.MILLISECONDS));
    return facts.known().orElseThrow();
  }

  @Test
  void ipModeIsAFieldFrom130On() throws InterruptedException {
    for (Map.Entry<String, IpMode> minor :
        Map.of("29", IpMode.NO_FIELD, "30", IpMode.A_FIELD, "30+", IpMode.A_FIELD).entrySet()) {
      version("1", minor.getKey());
      assertEquals(minor.getValue(), learn().ipMode(), minor.getKey());
    }
    version("2", "0");
    assertEquals(IpMode.A_FIELD, learn().ipMode());
  }

  @Test
  void serverThatWillNotTellItsVersionGetsNoIpMode() throws InterruptedException {
    for (Answer answer :
        new Answer[] {
          new Answer(403, "{}"), new Answer(200, "{\"minor\":35}"), new Answer(200, "<html>")
        }) {
      answers.put("/version", answer);
      assertEquals(new Known(IpMode.NO_FIELD, ServiceCidrs.NOT_SERVED), learn(), answer.body());
    }
  }

  @Test
  void serviceCidrsAreServedWhenDiscoveryListsThem() throws InterruptedException {
    version("1", "33");
    answers.put(CIDRS, list("ingresses"));
    assertEquals(ServiceCidrs.NOT_SERVED, learn().serviceCidrs());
    answers.put(CIDRS, list("servicecidrs"));
    assertEquals(ServiceCidrs.SERVED, learn().serviceCidrs());
  }

  private static Answer list(String resource) {
    return new Answer(
        200,
        "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"resources\":[{\"name\":\"%s\"}]}"
            .formatted(resource));
  }

  @Test
  void serverIsAskedOnceUntilThereIsDoubt() throws InterruptedException {
    version("1", "30");
    learn();
    int once = asked.get();
    facts.refresh();
    assertEquals(once, asked.get());
    version("1", "29");
    assertEquals(IpMode.NO_FIELD, learn().ipMode());
    assertEquals(2 * once, asked.get());
  }

  @Test
  void serverInTroubleKeepsNobodyFromStartingAndIsAskedAgain() throws InterruptedException {
    answers.put("/version", new Answer(500, "trouble"));
    assertEquals(IpMode.NO_FIELD, learn().ipMode());
    version("1", "30");
    // Without a new doubt.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (facts.known().orElseThrow().ipMode() != IpMode.A_FIELD) {
      assertTrue(System.nanoTime() < deadline, "not asked again");
      facts.refresh();
      learned.tryAcquire(10, TimeUnit.MILLISECONDS);
    }
    answers.put("/version", new Answer(503, "trouble again"));
    int before = asked.get();
    facts.doubt();
    while (asked.get() == before) {
      assertTrue(System.nanoTime() < deadline, "not asked again");
      facts.refresh();
      learned.tryAcquire(10, TimeUnit.MILLISECONDS);
    }
    assertEquals(
        Optional.of(new Known(IpMode.A_FIELD, ServiceCidrs.NOT_SERVED)), facts.known(), "kept");
  }
}
