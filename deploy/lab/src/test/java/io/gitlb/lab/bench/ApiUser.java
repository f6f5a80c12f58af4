// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Creates, deletes and watches Services with as little work as it takes, so that the two cores
/// belong to what is measured: plain HTTP with prepared texts; nothing is parsed.
final class ApiUser implements AutoCloseable {

  /// The namespace of all Services of the benchmark.
  static final String NAMESPACE = "bench";

  private static final int MOST_IN_FLIGHT = 16;

  private static final String SERVICES = "/api/v1/namespaces/" + NAMESPACE + "/services";

  private final HttpClient http;
  private final Config config;
  private final Thread watch;

  /// Service → when the watch showed it first, `System.nanoTime`
  private final ConcurrentMap<String, Long> created = new ConcurrentHashMap<>();

  /// Service → when the watch showed it with an address first
  private final ConcurrentMap<String, Long> served = new ConcurrentHashMap<>();

  private volatile boolean closed;

  private ApiUser(Path kubeconfig) {
    config = Config.fromKubeconfig(kubeconfig.toFile());
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(config.getCaCertData()))
            .build();
    watch = Thread.ofPlatform().daemon().name("watch").unstarted(this::follow);
  }

  /// Makes the namespace and begins to watch.
  static ApiUser begin(Path kubeconfig) {
    ApiUser user = new ApiUser(kubeconfig);
    user.send(
        user.request("/api/v1/namespaces")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\""
                        + NAMESPACE
                        + "\"}}")));
    user.watch.start();
    return user;
  }

  private static SSLContext trusting(String authority) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "api",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(Base64.getDecoder().decode(authority))));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    String base = config.getMasterUrl().replaceAll("/$", "");
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + config.getAutoOAuthToken())
        .header("Content-Type", "application/json");
  }

  private void send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(answer.statusCode() + " " + answer.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// A Service of type LoadBalancer as JSON.
  static String manifest(String name) {
    return """
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"%1$s","namespace":"%2$s"},\
    "spec":{"type":"LoadBalancer","selector":{"app":"%1$s"},\
    "ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":8080}]}}
    """
        .formatted(name, NAMESPACE);
  }

  /// Creates Services, many at a time.
  void create(List<String> names) {
    forAll(
        names,
        name -> send(request(SERVICES).POST(HttpRequest.BodyPublishers.ofString(manifest(name)))));
  }

  /// Deletes Services, many at a time, and forgets when they were seen.
  void delete(List<String> names) {
    forAll(names, name -> send(request(SERVICES + "/" + name).DELETE()));
    names.forEach(created::remove);
    names.forEach(served::remove);
  }

  private static void forAll(List<String> names, Consumer<String> work) {
    Semaphore slots = new Semaphore(MOST_IN_FLIGHT);
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    // Closing the executor waits for all.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : names) {
        slots.acquireUninterruptibly();
        executor.execute(
            () -> {
              try {
                work.accept(name);
              } catch (RuntimeException e) {
                failures.add(e);
              } finally {
                slots.release();
              }
            });
      }
    }
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
  }

  private void follow() {
    try {
      HttpResponse<Stream<String>> answer =
          http.send(
              request(SERVICES + "?watch=true").GET().build(), HttpResponse.BodyHandlers.ofLines());
      answer.body().forEach(this::see);
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        System.err.println("the benchmark's watch failed: " + e);
        System.exit(1);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void see(String event) {
    long now = System.nanoTime();
    if (event.startsWith("{\"type\":\"DELETED\"") || event.startsWith("{\"type\":\"BOOKMARK\"")) {
      return;
    }
    // The selector holds the name too, and nothing else has this key.
    String name = after(event, "\"app\":\"");
    created.putIfAbsent(name, now);
    if (event.contains("\"ingress\":[{")) {
      served.putIfAbsent(name, now);
    }
  }

  private static String after(String event, String key) {
    int start = event.indexOf(key) + key.length();
    return event.substring(start, event.indexOf('"', start));
  }

  /// How many Services are known to have an address.
  int servedCount() {
    return served.size();
  }

  /// When the Service was seen first; 0 when it was not.
  long createdAt(String name) {
    return created.getOrDefault(name, 0L);
  }

  /// When the Service was seen with an address first; 0 when it was not.
  long servedAt(String name) {
    return served.getOrDefault(name, 0L);
  }

  /// When the last of the Services was seen with an address.
  long lastServedAt(List<String> names) {
    return names.stream().mapToLong(this::servedAt).max().orElse(0);
  }

  @Override
  public void close() {
    closed = true;
    http.shutdownNow();
  }
}
