// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.killed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.reconciler.git.RemoteRepository;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.LeaseText;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.schema.value.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Four clusters with an API server each, one repository and one shared pool. Their reconcilers,
/// real processes, give 2,000 Services addresses at once; one is ended in the middle and comes
/// back.
final class SharedPoolOfProcessesTest {

  private static final List<String> CLUSTERS = List.of("east", "north", "south", "west");
  private static final int SERVICES_EACH = 500;

  /// Each cluster has 32 of its 136 blocks at least.
  private static final String POOL =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata:
        name: everybody
      spec:
        addresses: [10.64.0.0/21, 10.64.8.0/25]
        shared: true
      """;

  @TempDir private Path temp;
  private RemoteRepository remote;
  private final List<Cluster> clusters = new ArrayList<>();

  /// One cluster: its API server, its reconciler, and somebody who uses it.
  private record Cluster(
      String name, ApiServer server, KubernetesClient user, KilledReconciler reconciler) {

    /// Service → the address that its status shows.
    SortedMap<String, String> addresses() {
      SortedMap<String, String> addresses = new TreeMap<>();
      for (Service service : user.services().inNamespace("default").list().getItems()) {
        if (service.getStatus() != null
            && service.getStatus().getLoadBalancer() != null
            && !service.getStatus().getLoadBalancer().getIngress().isEmpty()) {
          addresses.put(
              service.getMetadata().getName(),
              service.getStatus().getLoadBalancer().getIngress().getFirst().getIp());
        }
      }
      return addresses;
    }

    void create() {
      for (int i = 0; i < SERVICES_EACH; i++) {
        user.services()
            .inNamespace("default")
            .resource(KilledBetweenStepsTest.service("s" + i))
            .create();
      }
    }

    void close() {
      reconciler.close();
      user.close();
      server.close();
    }
  }

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    remote.on("main").file("shared/pool.yaml", POOL).commit();
    CLUSTERS.forEach(name -> clusters.add(cluster(name)));
  }

  private Cluster cluster(String name) {
    try {
      Path directory = Files.createDirectory(temp.resolve(name));
      ApiServer server = ApiServer.start(ApiServerSettings.onLoopback());
      Path kubeconfig = directory.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      KubernetesClient user =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
              .build();
      return new Cluster(
          name,
          server,
          user,
          new KilledReconciler(directory, options(name, directory), Boundaries.Step.BLOB));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> options(String name, Path directory) {
    return List.of(
        "--cluster=" + name,
        "--config-repo=" + remote.url(),
        "--config-path=shared",
        "--kubeconfig=" + directory.resolve("kubeconfig"),
        "--state-dir=" + directory.resolve("state"),
        "--ledger-pushes-per-minute=60",
        "--health-listen=127.0.0.1:0",
        "--insecure");
  }

  @AfterEach
  void stop() {
    clusters.forEach(Cluster::close);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void noAddressIsGivenTwice() throws Exception {
    List<Thread> users = clusters.stream().map(c -> Thread.ofVirtual().start(c::create)).toList();
    Cluster unlucky = clusters.getLast();
    while (unlucky.addresses().size() < SERVICES_EACH / 10) {
      Thread.sleep(20);
    }
    unlucky.reconciler().close();
    unlucky.reconciler().restart(Boundaries.Step.BLOB);
    for (Thread user : users) {
      user.join();
    }
    for (Cluster cluster : clusters) {
      while (cluster.addresses().size() < SERVICES_EACH) {
        assertTrue(cluster.reconciler().isAlive(), cluster.reconciler()::output);
        Thread.sleep(200);
      }
    }
    Map<Block, String> leases = leases();
    // address → who has it
    Map<String, String> given = new HashMap<>();
    for (Cluster cluster : clusters) {
      cluster
          .addresses()
          .forEach(
              (service, address) -> {
                String who = cluster.name() + "/" + service;
                assertEquals(null, given.put(address, who), address + " is given twice");
                assertEquals(
                    cluster.name(),
                    leases.get(new Block(IpAddress.of(address))),
                    address + " of " + who + " lies in a block of another cluster");
              });
    }
    assertEquals(CLUSTERS.size() * SERVICES_EACH, given.size());
    assertEquals("", remote.git().run("fsck", "--strict", "--no-dangling"));
  }

  /// block → the cluster that has it, as the remote says
  private Map<Block, String> leases() {
    Map<Block, String> leases = new HashMap<>();
    for (String path : remote.git().run("ls-tree", "-r", "--name-only", "leases").split("\n")) {
      if (LeaseText.read(path, remote.git().run("show", "leases:" + path) + "\n")
          instanceof LeaseText.Reading.Read read) {
        leases.put(read.lease().block(), read.lease().cluster().value());
      }
    }
    return leases;
  }
}
