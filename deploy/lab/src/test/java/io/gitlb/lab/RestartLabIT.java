// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Installation;
import io.gitlb.demo.git.LogEntry;
import io.gitlb.lab.segment.RouteMonitor;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A program that is killed takes nothing with it.
@SharesLab
final class RestartLabIT {

  /// Longer than any program of ours waits before it acts, and than the routers' hold time of 9 s.
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(12);

  private static final String ROUTE = LabCluster.FIRST_ROUTED_ADDRESS + "/32";

  @RegisterExtension static final Lab LAB = new Lab();

  private LabCluster cluster;
  private ServiceRef lan;
  private ServiceRef routed;

  private record Scene(LabCluster cluster, ServiceRef lan, ServiceRef routed) {

    static Scene layOut() {
      LabCluster cluster = LabCluster.start(LAB);
      return new Scene(
          cluster, cluster.createServed("lan", ""), cluster.createServed("routed", "routed"));
    }
  }

  /// Everything runs, whatever was killed before, and both Services are announced.
  @BeforeEach
  void begin() {
    Scene scene = LAB.keep(Scene.class, Scene::layOut);
    cluster = scene.cluster();
    lan = scene.lan();
    routed = scene.routed();
    if (!cluster.reconciler().isRunning()) {
      cluster.startReconciler();
    }
    cluster.nodes().stream()
        .filter(node -> !cluster.speaker(node.name()).isRunning())
        .forEach(node -> cluster.startSpeaker(node.name()));
    cluster.awaitAnnouncer(LabCluster.FIRST_LAN_ADDRESS);
    awaitRoute(cluster);
  }

  @Test
  void speakersGoOnWithoutTheReconcilerAndARestartedOneChangesNothing() {
    MacAddress answering = macOfAnnouncer(cluster);
    List<LogEntry> ledger = awaitPushed(cluster, 2);
    RouteMonitor monitor = RouteMonitor.start(cluster.frr().host());
    Instant killed = Instant.now();

    cluster.reconciler().kill();

    assertFalse(cluster.reconciler().isRunning());
    awaitPassed(killed);
    assertEquals(List.of(), changes(monitor, killed), "there was no reconciler");
    assertEquals(List.of(answering), cluster.answers(LabCluster.FIRST_LAN_ADDRESS));

    Instant started = Instant.now();
    cluster.startReconciler();

    ServiceRef next = cluster.createServed("next", "");
    assertEquals(List.of("10.77.0.101"), cluster.addresses(next));
    cluster.awaitAnnouncer("10.77.0.101");
    awaitPassed(started);
    assertEquals(List.of(), changes(monitor, killed), "the reconciler started");
    assertTrue(route(cluster).contains("via"), "the router has the route still");
    assertEquals(List.of(LabCluster.FIRST_LAN_ADDRESS), cluster.addresses(lan));
    assertEquals(List.of(LabCluster.FIRST_ROUTED_ADDRESS), cluster.addresses(routed));
    assertEquals(List.of(answering), cluster.answers(LabCluster.FIRST_LAN_ADDRESS));
    List<LogEntry> after = awaitPushed(cluster, 3);
    int added = after.size() - ledger.size();
    assertEquals(ledger, after.subList(added, after.size()), "no commit may go or change");
    for (LogEntry entry : after.subList(0, added)) {
      assertEquals(
          List.of("10.77.0.101"), entry.values("Address"), "only the new Service may add a commit");
    }
  }

  private static void awaitPassed(Instant moment) {
    Await.until(
        "time passes",
        LONG_ENOUGH.multipliedBy(2),
        Instant::now,
        now -> now.isAfter(moment.plus(LONG_ENOUGH)));
  }

  /// What the router's kernel was told of the route, which nobody withdraws or replaces.
  private static List<RouteMonitor.Change> changes(RouteMonitor monitor, Instant since) {
    return monitor.since(since, LabCluster.FIRST_ROUTED_ADDRESS);
  }

  @Test
  void aRestartedSpeakerAnnouncesFromDiskWithoutTheReconciler() {
    DemoNode announcer = cluster.awaitAnnouncer(LabCluster.FIRST_LAN_ADDRESS);
    cluster.reconciler().kill();

    for (DemoNode node : cluster.nodes()) {
      cluster.speaker(node.name()).kill();
    }
    Await.until(
        "nobody answers ARP",
        LabCluster.LIMIT,
        () -> cluster.answers(LabCluster.FIRST_LAN_ADDRESS),
        List::isEmpty);
    Await.until(
        "FRR has lost the dead speaker's route",
        LabCluster.LIMIT,
        () -> route(cluster),
        route -> !route.contains("via " + announcer.clusterAddress()));

    cluster.startSpeaker(announcer.name());

    assertEquals(
        List.of(announcer.host().mac(DemoNetwork.LAN_INTERFACE)),
        Await.until(
            "ARP is answered again",
            LabCluster.LIMIT,
            () -> cluster.answers(LabCluster.FIRST_LAN_ADDRESS),
            answers -> !answers.isEmpty()));
    Await.until(
        "FRR has the restarted speaker's route",
        LabCluster.LIMIT,
        () -> route(cluster),
        route -> route.contains("via " + announcer.clusterAddress()));
  }

  private static MacAddress macOfAnnouncer(LabCluster cluster) {
    return cluster
        .awaitAnnouncer(LabCluster.FIRST_LAN_ADDRESS)
        .host()
        .mac(DemoNetwork.LAN_INTERFACE);
  }

  private static void awaitRoute(LabCluster cluster) {
    for (DemoNode node : cluster.nodes()) {
      Await.until(
          "FRR has the route of " + node.name(),
          LabCluster.LIMIT,
          () -> route(cluster),
          route -> route.contains("via " + node.clusterAddress()));
    }
  }

  private static String route(LabCluster cluster) {
    return cluster.frr().host().kernelRoute(ROUTE).orElse("none");
  }

  /// The ledger's commits that concern addresses, once the remote has them all.
  private static List<LogEntry> awaitPushed(LabCluster cluster, int records) {
    return Await.until(
        records + " allocations are on the remote",
        LabCluster.LIMIT,
        () -> cluster.installation().remote().log(Installation.LEDGER_BRANCH),
        log ->
            log.stream()
                    .filter(entry -> entry.values("Action").contains("allocate"))
                    .mapToLong(entry -> entry.values("Address").size())
                    .sum()
                >= records);
  }
}
