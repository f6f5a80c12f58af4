// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.killed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.reconciler.git.RemoteRepository;
import io.gitlb.reconciler.loop.Boundaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real reconciler process is ended right after each of its steps, again and again on the same
/// disk, and the next one finds everything: no address lost, none had by two, both repositories
/// sound, and the log explains each change.
///
/// `gitlb.random.rounds` multiplies the kills.
final class KilledBetweenStepsTest {

  private static final int KILLS_OF_A_STEP =
      Integer.getInteger("gitlb.random.rounds", 1) == 1 ? 2 : 35;

  private static final long SEED = Long.getLong("gitlb.random.seed", 20261121);

  private static final String POOL =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata:
        name: lan
      spec:
        addresses: [192.0.2.0/24]
        retain: 0s
        reuseDelay: 0s
      """;

  @TempDir private Path temp;

  private final Random random = new Random(SEED);

  /// Service → the address that its status has shown; it never changes.
  private final SortedMap<String, String> shown = new TreeMap<>();

  private final SortedSet<String> wanted = new TreeSet<>();

  private ApiServer server;
  private KubernetesClient user;
  private RemoteRepository remote;
  private int created;
  private String lookedAt = "";

  @BeforeEach
  void start() throws IOException {
    server = ApiServer.start(ApiServerSettings.onLoopback());
    Path kubeconfig = temp.resolve("kubeconfig");
    server.writeKubeconfig(kubeconfig);
    user =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
            .build();
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote.on("main").file("clusters/demo/lan.yaml", POOL).commit();
  }

  @AfterEach
  void stop() {
    user.close();
    server.close();
  }

  private List<String> options() {
    return List.of(
        "--cluster=demo",
        "--config-repo=" + remote.url(),
        "--kubeconfig=" + temp.resolve("kubeconfig"),
        "--state-dir=" + temp.resolve("state"),
        "--ledger-pushes-per-minute=6000",
        "--health-listen=127.0.0.1:0",
        "--insecure");
  }

  @Test
  void noStepMayBeTheLastOneButNothingIsLost() throws Exception {
    List<Boundaries.Step> kills = new ArrayList<>();
    for (int round = 0; round < KILLS_OF_A_STEP; round++) {
      kills.addAll(List.of(Boundaries.Step.values()));
    }
    int kill = 0;
    try (KilledReconciler reconciler = new KilledReconciler(temp, options(), kills.getFirst())) {
      for (Boundaries.Step step : kills) {
        // Half of the kills hit a process that has just come up and finds changes waiting.
        boolean early = random.nextBoolean() && kill > 0;
        if (kill > 0) {
          if (early) {
            change();
            reconciler.arm();
          } else {
            reconciler.disarm();
          }
          reconciler.restart(step);
        }
        if (!early) {
          awaitQuiet(reconciler, step);
          reconciler.arm();
          change();
        }
        reconciler.awaitHalt();
        new LedgerWitness(temp.resolve("state/ledger.git")).isSound();
        new LedgerWitness(temp.resolve("remote.git")).isSound();
        kill++;
      }
      reconciler.disarm();
      reconciler.restart(Boundaries.Step.BLOB);
      awaitQuiet(reconciler, Boundaries.Step.BLOB);
    }
    assertEquals(kills.size(), kill);
  }

  /// A few come and one goes, so that every step has something to do.
  private void change() {
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      String name = "s" + created++;
      user.services().inNamespace("default").resource(service(name)).create();
      wanted.add(name);
    }
    if (wanted.size() > 6) {
      String gone = new ArrayList<>(wanted).get(random.nextInt(wanted.size() - 3));
      user.services().inNamespace("default").withName(gone).delete();
      wanted.remove(gone);
      shown.remove(gone);
    }
  }

  /// One that wants an address.
  static Service service(String name) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .addToSelector("app", name)
        .addNewPort()
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  /// Waits until everybody has what the ledger says, here and at the remote, and looks at it.
  private void awaitQuiet(KilledReconciler reconciler, Boundaries.Step next) throws Exception {
    LedgerWitness local = new LedgerWitness(temp.resolve("state/ledger.git"));
    LedgerWitness far = new LedgerWitness(temp.resolve("remote.git"));
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!isQuiet(local, far)) {
      if (System.nanoTime() > deadline || !reconciler.isAlive()) {
        throw new AssertionError(
            "seed %d, before a kill after %s: %s in the ledger, %s shown, %s wanted%n%s"
                .formatted(SEED, next, local.addresses(), statuses(), wanted, reconciler.output()));
      }
      Thread.sleep(100);
    }
    SortedMap<String, String> now = statuses();
    shown.forEach((name, address) -> assertEquals(address, now.get(name), name));
    assertEquals(now.size(), new TreeSet<>(now.values()).size(), "two have one: " + now);
    shown.putAll(now);
    local.isSound();
    far.explainsItself(lookedAt);
    lookedAt = far.head();
  }

  private boolean isQuiet(LedgerWitness local, LedgerWitness far) {
    SortedMap<String, String> statuses = statuses();
    if (!statuses.keySet().equals(wanted) || !far.head().equals(local.head())) {
      return false;
    }
    SortedMap<String, SortedSet<String>> recorded = local.addresses();
    SortedSet<String> had = new TreeSet<>();
    for (SortedSet<String> addresses : recorded.values()) {
      for (String address : addresses) {
        assertTrue(had.add(address), () -> "two have " + address + ": " + recorded);
      }
    }
    // One that went while nobody looked keeps its record for ten minutes, in case it is only
    // unseen.
    recorded.keySet().removeIf(service -> !wanted.contains(service.replace("default/", "")));
    SortedMap<String, SortedSet<String>> shownNow = new TreeMap<>();
    statuses.forEach(
        (name, address) -> shownNow.put("default/" + name, new TreeSet<>(List.of(address))));
    return recorded.equals(shownNow);
  }

  /// Service → the one address that its status shows.
  private SortedMap<String, String> statuses() {
    SortedMap<String, String> statuses = new TreeMap<>();
    for (Service service : user.services().inNamespace("default").list().getItems()) {
      List<LoadBalancerIngress> ingress =
          service.getStatus() == null || service.getStatus().getLoadBalancer() == null
              ? List.of()
              : service.getStatus().getLoadBalancer().getIngress();
      if (!ingress.isEmpty()) {
        Map.Entry<String, String> one =
            Map.entry(service.getMetadata().getName(), ingress.getFirst().getIp());
        statuses.put(one.getKey(), one.getValue());
      }
    }
    return statuses;
  }
}
