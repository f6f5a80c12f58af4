// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.loop.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The cluster as it is at one moment, for commands that do not run on. Only reads.
public final class ClusterSnapshot {

  /// A list of 10,000 Services takes about a second.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private ClusterSnapshot() {}

  /// How reading ended.
  public sealed interface Reading {

    /// The whole cluster.
    record Seen(ClusterView view) implements Reading {}

    /// Nothing of it.
    ///
    /// @param why with its code: the API server is away, refuses us, or the options are wrong
    record Unseen(String why) implements Reading {}
  }

  /// Reads everything once; blocks for up to half a minute.
  ///
  /// @param classes as `--load-balancer-class` has them; none: Services without a class
  /// @param secretsNamespaces the namespace of the passwords of peers; none: no Secret is read
  public static Reading read(
      Path kubeconfig, List<String> classes, List<String> secretsNamespaces, InstantSource clock)
      throws InterruptedException {
    List<String> problems = new ArrayList<>();
    LoadBalancerClasses services = LoadBalancerClasses.parse(classes, problems::add);
    if (!problems.isEmpty()) {
      return new Reading.Unseen(String.join("; ", problems));
    }
    return switch (ClusterClient.open(Optional.of(kubeconfig))) {
      case ClusterClient.Opening.Unusable(Failure failure) ->
          new Reading.Unseen(failure.toString());
      case ClusterClient.Opening.Opened(KubernetesClient client) -> {
        try (client) {
          yield read(
              client, new ClusterScope(services, secretsNamespaces.stream().findFirst()), clock);
        }
      }
    };
  }

  private static Reading read(KubernetesClient client, ClusterScope scope, InstantSource clock)
      throws InterruptedException {
    Semaphore news = new Semaphore(0);
    Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    try (KubernetesCluster cluster =
        new KubernetesCluster(
            client,
            scope,
            clock,
            news::release,
            found -> {
              failures.add(found);
              news.release();
            })) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      Optional<ClusterView> view = cluster.view();
      Optional<Failure> obstacle = cluster.obstacle();
      while (view.isEmpty() && obstacle.isEmpty() && System.nanoTime() < end) {
        boolean _ = news.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        view = cluster.view();
        obstacle = cluster.obstacle();
      }
      String why =
          obstacle
              .or(() -> Optional.ofNullable(failures.peek()))
              .map(Failure::toString)
              .orElse("the API server did not answer in " + PATIENCE.toSeconds() + " s");
      return view.<Reading>map(Reading.Seen::new).orElseGet(() -> new Reading.Unseen(why));
    }
  }
}
