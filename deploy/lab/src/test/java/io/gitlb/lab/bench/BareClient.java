// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// What the reconciler is measured against: sees Services through a watch, as the reconciler does,
/// and at once writes to each the status that the reconciler would, with as many requests in
/// flight; no decision, no ledger, no cache, no Event. The same client library, with the same
/// settings. Ends with its input.
final class BareClient {

  /// As many as the reconciler's writer of statuses has.
  private static final int MOST_IN_FLIGHT = 16;

  /// 10.64.0.0 is the first address of the pool in [ApiBench].
  private static final int FIRST_ADDRESS = 10 << 24 | 64 << 16;

  private final KubernetesClient client;
  private final AtomicInteger given = new AtomicInteger();
  private final Semaphore slots = new Semaphore(MOST_IN_FLIGHT);

  private BareClient(KubernetesClient client) {
    this.client = client;
  }

  /// @param arguments the kubeconfig
  public static void main(String[] arguments) throws IOException {
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(new File(arguments[0])))
            .withRequestRetryBackoffLimit(0)
            .withOnlyHttpWatches(true)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      BareClient bare = new BareClient(client);
      Watcher<Service> watcher =
          new Watcher<>() {
            @Override
            public void eventReceived(Action action, Service service) {
              if (action == Action.ADDED && "LoadBalancer".equals(service.getSpec().getType())) {
                executor.execute(() -> bare.serve(service));
              }
            }

            @Override
            public void onClose(WatcherException cause) {
              System.err.println("the watch ended: " + cause.getMessage());
              System.exit(1);
            }
          };
      try (var _ = client.services().inAnyNamespace().watch(watcher)) {
        System.out.println(ChildProcess.READY);
        while (System.in.read() >= 0) {
          // Nothing is ever said; the end counts.
        }
      }
      Runtime.getRuntime().halt(0);
    }
  }

  private void serve(Service service) {
    slots.acquireUninterruptibly();
    try {
      apply(service, address(FIRST_ADDRESS + given.getAndIncrement()));
    } finally {
      slots.release();
    }
  }

  private static String address(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 0xFF)
        + "."
        + (bits >>> 8 & 0xFF)
        + "."
        + (bits & 0xFF);
  }

  private void apply(Service service, String address) {
    Service status =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace(service.getMetadata().getNamespace())
            .withName(service.getMetadata().getName())
            .withUid(service.getMetadata().getUid())
            .endMetadata()
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withIp(address)
            .withIpMode("VIP")
            .endIngress()
            .endLoadBalancer()
            .withConditions(conditions(address))
            .endStatus()
            .build();
    client
        .services()
        .inNamespace(service.getMetadata().getNamespace())
        .resource(status)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("bare")
                .withForce(true)
                .build());
  }

  private static List<Condition> conditions(String address) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return List.of(
        condition("gitlb.io/Allocated", "True", "Allocated", address + " from pool bench", now),
        condition(
            "gitlb.io/Announced",
            "False",
            "NoEligibleNode",
            address + ": no node of the cluster may announce it",
            now));
  }

  private static Condition condition(
      String type, String status, String reason, String message, String time) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(time)
        .build();
  }
}
