// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.apiserver.api.RequestCounts;
import io.gitlb.apiserver.contract.ApiClient.Response;
import io.gitlb.apiserver.resource.ServerVersion;
import io.gitlb.apiserver.rules.PortRange;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only the stand-in does: knobs, counters, limits.
class StandInTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services";

  private ApiServer server;
  private ApiClient client;

  @BeforeEach
  void start() {
    server =
        ApiServer.start(
            ApiServerSettings.onLoopback()
                .withHistoryLimit(100)
                .withBookmarkInterval(Duration.ofMillis(50)));
    client = new ApiClient(Kubeconfig.parse(server.kubeconfig()));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aStalledServerAnswersWhenItGoesOn() throws Exception {
    server.faults().stall();
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(() -> client.get(SERVICES));
    Eventually.holds(() -> server.requestCounts().of("list", "services") == 1);
    assertFalse(answer.isDone());
    server.faults().resume();
    assertEquals(200, answer.get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void anOlderServerKnowsNeitherServiceRangesNorIpModes() {
    try (ApiServer old =
            ApiServer.start(ApiServerSettings.onLoopback().withVersion(new ServerVersion(29)));
        ApiClient user = new ApiClient(Kubeconfig.parse(old.kubeconfig()))) {
      assertEquals("29", user.get("/version").text("minor"));
      assertEquals(404, user.get("/apis/networking.k8s.io/v1").code());
      assertEquals(404, user.get("/apis/networking.k8s.io/v1/servicecidrs").code());
      user.post(SERVICES, loadBalancer("old"));
      String status =
          "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"old\"},\"status\":"
              + "{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\",\"ipMode\":\"VIP\"}]}}}";
      String path = SERVICES + "/old/status";
      assertEquals(500, user.patch(path + "?fieldManager=us", ApiClient.APPLY, status).code());
      Response merged = user.patch(path, ApiClient.MERGE, status);
      assertEquals(200, merged.code());
      assertFalse(merged.body().path("status").toString().contains("ipMode"));
    }
  }

  @Test
  void aStalledServerShowsWatchersNothing() {
    try (WatchStream watch = client.watch(SERVICES)) {
      Eventually.holds(() -> server.watchCount("services") == 1);
      client.post(SERVICES, loadBalancer("before"));
      watch.expect("ADDED", "before");
      server.faults().stall();
      CompletableFuture<Response> made =
          CompletableFuture.supplyAsync(() -> client.post(SERVICES, loadBalancer("during")));
      Eventually.holds(() -> server.requestCounts().of("create", "services") == 2);
      server.faults().resume();
      watch.expect("ADDED", "during");
      assertEquals(201, made.join().code());
    }
  }

  @Test
  void droppedWatchesEndAndNewOnesWork() {
    try (WatchStream watch = client.watch(SERVICES)) {
      Eventually.holds(() -> server.watchCount("services") == 1);
      server.faults().dropWatches();
      watch.expectEnd();
    }
    Eventually.holds(() -> server.watchCount("services") == 0);
    try (WatchStream watch = client.watch(SERVICES)) {
      client.post(SERVICES, loadBalancer("after"));
      watch.expect("ADDED", "after");
    }
  }

  @Test
  void theNextRequestsFailAsToldAndThenNoMore() {
    server.faults().failNext(2, 503);
    Response first = client.get(SERVICES);
    assertEquals(503, first.code());
    assertEquals("ServiceUnavailable", first.text("reason"));
    assertEquals(503, client.post(SERVICES, loadBalancer("x")).code());
    assertEquals(200, client.get(SERVICES).code());
  }

  @Test
  void oneKindCanBeRefusedWhileTheOthersGoOn() {
    server.faults().refuse("services", 403);
    assertEquals(403, client.get(SERVICES).code());
    assertEquals("Forbidden", client.get(SERVICES).text("reason"));
    assertEquals(200, client.get("/api/v1/nodes").code());
    server.faults().admit("services");
    assertEquals(200, client.get(SERVICES).code());
  }

  @Test
  void writesCanBeRefusedWhileReadsGoOn() {
    server.faults().refuseWrites();
    assertEquals(503, client.post(SERVICES, loadBalancer("x")).code());
    assertEquals(200, client.get(SERVICES).code());
    server.faults().acceptWrites();
    assertEquals(201, client.post(SERVICES, loadBalancer("x")).code());
  }

  @Test
  void requestsCanBeDelayed() {
    server.faults().delay(Duration.ofMillis(150));
    long start = System.nanoTime();
    client.get(SERVICES);
    long tookMillis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    assertTrue(tookMillis >= 150, () -> "took " + tookMillis + " ms");
  }

  @Test
  void aForgottenHistoryMakesOldVersionsGone() {
    String version = client.post(SERVICES, loadBalancer("a")).version();
    Response page = client.get("/api/v1/namespaces?limit=1");
    client.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"more\"}}");
    client.delete(SERVICES + "/a");
    server.faults().forgetHistory();
    try (WatchStream watch = client.watch(SERVICES + "?resourceVersion=" + version)) {
      assertEquals(410, watch.next().path("object").path("code").asInt());
    }
    Response next = client.get("/api/v1/namespaces?continue=" + page.text("metadata", "continue"));
    assertEquals(410, next.code());
    assertEquals("Expired", next.text("reason"));
  }

  @Test
  void theHistoryIsBounded() {
    String version = client.post(SERVICES, loadBalancer("a")).version();
    for (int i = 0; i <= 100; i++) {
      client.patch(
          SERVICES + "/a", ApiClient.MERGE, "{\"metadata\":{\"labels\":{\"i\":\"" + i + "\"}}}");
    }
    try (WatchStream watch = client.watch(SERVICES + "?resourceVersion=" + version)) {
      assertEquals(410, watch.next().path("object").path("code").asInt());
    }
  }

  @Test
  void theKnobsCanBeTurnedOverHttp() {
    Response turned =
        client.post("/_faults", "{\"failNext\":{\"requests\":1,\"code\":429},\"delayMillis\":1}");
    assertEquals(200, turned.code());
    assertEquals(429, client.get(SERVICES).code());
    assertEquals(200, client.get(SERVICES).code());
    assertEquals(400, client.post("/_faults", "{\"failNext\":{\"code\":200}}").code());
    assertEquals(405, client.get("/_faults").code());
  }

  @Test
  void requestsAreCountedByVerbAndResource() {
    RequestCounts before = server.requestCounts();
    client.post(SERVICES, loadBalancer("a"));
    client.get(SERVICES);
    client.get(SERVICES + "/a");
    client.patch(SERVICES + "/a/status", ApiClient.MERGE, "{}");
    RequestCounts since = server.requestCounts().since(before);
    assertEquals(
        "{create services=1, get services=1, list services=1, patch services/status=1}",
        since.byVerbAndResource().toString());
    assertEquals(2, since.writes());
    assertEquals(1, client.get("/_requests").body().path("create services").asInt());
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    Response refused = client.post(SERVICES, "{\"x\":\"" + "x".repeat(4 * 1024 * 1024) + "\"}");
    assertEquals(413, refused.code());
    assertEquals("RequestEntityTooLarge", refused.text("reason"));
  }

  @Test
  void aBodyThatIsNotJsonIsABadRequest() {
    assertEquals(400, client.post(SERVICES, "{\"x\":").code());
    assertEquals(400, client.post(SERVICES, "[]").code());
    assertEquals(400, client.post(SERVICES, "[".repeat(100_000)).code());
    assertEquals(415, client.post(SERVICES, "application/vnd.kubernetes.protobuf", "x").code());
  }

  @Test
  void aWrongTokenIsUnauthorizedAndHealthNeedsNone() {
    Response refused = client.getWithoutToken(SERVICES);
    assertEquals(401, refused.code());
    assertEquals("Unauthorized", refused.text("reason"));
    assertEquals(401, client.getWithoutToken("/_faults").code());
    assertEquals(200, client.getWithoutToken("/readyz").code());
    assertEquals(200, client.getWithoutToken("/version").code());
  }

  @Test
  void applyOnAnythingButAServicesStatusIsRefused() {
    client.post(SERVICES, loadBalancer("a"));
    for (String path : java.util.List.of(SERVICES + "/a", "/api/v1/nodes/n/status")) {
      Response refused = client.patch(path + "?fieldManager=us", ApiClient.APPLY, "{}");
      assertEquals(415, refused.code());
      assertEquals("UnsupportedMediaType", refused.text("reason"));
    }
  }

  @Test
  void aFullNodePortRangeSaysWhatToDo() {
    try (ApiServer small =
            ApiServer.start(
                ApiServerSettings.onLoopback().withNodePorts(new PortRange(30000, 30001)));
        ApiClient other = new ApiClient(Kubeconfig.parse(small.kubeconfig()))) {
      String body = ContractServer.service("%s", "\"type\":\"NodePort\",");
      assertEquals(201, other.post(SERVICES, body.formatted("a")).code());
      assertEquals(201, other.post(SERVICES, body.formatted("b")).code());
      Response refused = other.post(SERVICES, body.formatted("c"));
      assertEquals(422, refused.code());
      assertTrue(refused.text("message").contains("allocateLoadBalancerNodePorts"));
      other.delete(SERVICES + "/a");
      assertEquals(201, other.post(SERVICES, body.formatted("c")).code());
    }
  }

  @Test
  void bookmarksComeWhileNothingHappens() {
    String version = client.post(SERVICES, loadBalancer("a")).version();
    String nodes =
        "/api/v1/nodes?allowWatchBookmarks=true&resourceVersion="
            + client.get("/api/v1/nodes").version();
    try (WatchStream watch = client.watch(nodes)) {
      var event = watch.next();
      assertEquals("BOOKMARK", event.path("type").asString(""));
      assertTrue(
          Long.parseLong(event.path("object").path("metadata").path("resourceVersion").asString(""))
              >= Long.parseLong(version));
    }
  }

  @Test
  void aWatchWorksOverAWebSocketToo() throws Exception {
    Kubeconfig config = Kubeconfig.parse(server.kubeconfig());
    LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          private final StringBuilder text = new StringBuilder();

          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
              messages.add(text.toString());
              text.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
          }
        };
    try (HttpClient http = HttpClient.newBuilder().sslContext(config.tls()).build()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + server.token())
              .buildAsync(
                  URI.create(server.url().replace("https", "wss") + SERVICES + "?watch=true"),
                  listener)
              .get(20, TimeUnit.SECONDS);
      Eventually.holds(() -> server.watchCount("services") == 1);
      client.post(SERVICES, loadBalancer("socket"));
      String message = messages.poll(20, TimeUnit.SECONDS);
      assertTrue(message != null && message.startsWith("{\"type\":\"ADDED\""), message);
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
      Eventually.holds(() -> server.watchCount("services") == 0);
    }
  }

  @Test
  void theKubeconfigIsForItsOwnerOnly(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("kubeconfig");
    server.writeKubeconfig(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(server.kubeconfig(), Files.readString(file));
  }

  @Test
  void theClustersUidIsTheSameAtEachStart() {
    String uid = client.get("/api/v1/namespaces/kube-system").text("metadata", "uid");
    assertEquals(ApiServerSettings.onLoopback().kubeSystemUid(), uid);
  }
}
