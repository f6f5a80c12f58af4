// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// An API server stand-in over TLS, a user of it, and our side of it.
final class TestCluster implements AutoCloseable {

  static final ServiceRef WEB = new ServiceRef("default", "web");
  static final Instant NOW = Instant.parse("2026-05-03T14:05:00Z");

  /// The namespace whose Secrets are read.
  static final String SECRETS = "gitlb-passwords";

  final AtomicInteger wakeUps = new AtomicInteger();

  /// What is added to [#NOW].
  final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);

  final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  final ApiServer server;
  final KubernetesClient user;
  final KubernetesCluster cluster;

  /// One permit for each wake-up that was not waited for yet.
  private final Semaphore changed = new Semaphore(0);

  private final List<Runnable> opened = new ArrayList<>();

  TestCluster(ApiServerSettings settings, LoadBalancerClasses classes) {
    server = ApiServer.start(settings);
    user = client(server.kubeconfig());
    cluster = connect(client(server.kubeconfig()), classes);
  }

  /// With Services of no class.
  static TestCluster open() {
    return new TestCluster(ApiServerSettings.onLoopback(), LoadBalancerClasses.UNCLASSED);
  }

  KubernetesCluster connect(KubernetesClient client, LoadBalancerClasses classes) {
    KubernetesCluster made =
        new KubernetesCluster(
            client,
            new ClusterScope(classes, Optional.of(SECRETS)),
            () -> NOW.plus(later.get()),
            this::wake,
            failures::add);
    opened.add(made::close);
    return made;
  }

  private void wake() {
    wakeUps.incrementAndGet();
    changed.release();
  }

  KubernetesClient client(String kubeconfig) {
    KubernetesClient made = ClusterClient.open(Config.fromKubeconfig(kubeconfig));
    opened.add(made::close);
    return made;
  }

  Service createWeb() {
    return create("web", "LoadBalancer");
  }

  Service create(String name, String type) {
    return create(
        new ServiceBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .withType(type)
            .addToSelector("app", name)
            .addNewPort()
            .withPort(80)
            .endPort()
            .endSpec()
            .build());
  }

  Service create(Service service) {
    return user.services().inNamespace("default").resource(service).create();
  }

  /// As the user sees it.
  Service stored(String name) {
    return user.services().inNamespace("default").withName(name).get();
  }

  ClusterView await(Predicate<ClusterView> condition) throws InterruptedException {
    return await(cluster, condition);
  }

  ClusterView await(KubernetesCluster cluster, Predicate<ClusterView> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      Optional<ClusterView> view = cluster.view();
      if (view.filter(condition).isPresent()) {
        return view.get();
      }
      assertTrue(System.nanoTime() < deadline, () -> "last seen: " + view);
      changed.tryAcquire(100, TimeUnit.MILLISECONDS);
    }
  }

  void awaitCondition(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "the condition did not come true in 30 s");
      changed.tryAcquire(20, TimeUnit.MILLISECONDS);
    }
  }

  /// @param count of watches, at least, of each kind
  void awaitWatches(int count, List<String> kinds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      List<String> missing =
          kinds.stream().filter(kind -> server.watchCount(kind) < count).toList();
      if (missing.isEmpty()) {
        return;
      }
      assertTrue(
          System.nanoTime() < deadline,
          () -> "fewer than " + count + " watch " + missing + "; failures: " + failures);
      changed.tryAcquire(20, TimeUnit.MILLISECONDS);
    }
  }

  void awaitFailure(String code) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (failures.stream().noneMatch(failure -> failure.code().equals(code))) {
      assertTrue(System.nanoTime() < deadline, () -> "no " + code + " but " + failures);
      changed.tryAcquire(20, TimeUnit.MILLISECONDS);
    }
  }

  static ServiceView web(ClusterView view) {
    return Objects.requireNonNull(view.services().get(WEB));
  }

  @Override
  public void close() {
    opened.reversed().forEach(Runnable::run);
    server.close();
  }
}
