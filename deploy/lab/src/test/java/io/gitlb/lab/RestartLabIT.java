// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Installation;
import io.gitlb.demo.git.LogEntry;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A program that is killed takes nothing with it.
@NeedsLab
final class RestartLabIT {

  /// Longer than any program of ours waits before it acts, and than the routers' hold time of 9 s.
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(12);

  private static final String ROUTE = LabCluster.FIRST_ROUTED_ADDRESS + "/32";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void speakersGoOnWithoutTheReconcilerAndARestartedOneChangesNothing() {
    LabCluster cluster = LabCluster.start(lab);
    ServiceRef lan = cluster.createServed("lan", "");
    ServiceRef routed = cluster.createServed("routed", "routed");
    MacAddress answering = macOfAnnouncer(cluster);
    awaitRoute(cluster);
    List<LogEntry> ledger = awaitPushed(cluster, 2);

    cluster.reconciler().kill();

    assertFalse(cluster.reconciler().isRunning());
    Await.always(
        "the router has the route while there is no reconciler",
        LONG_ENOUGH,
        () -> route(cluster),
        route -> route.contains("via"));
    assertEquals(List.of(answering), cluster.answers(LabCluster.FIRST_LAN_ADDRESS));

    cluster.startReconciler();

    Await.always(
        "the route stays while the reconciler starts",
        LONG_ENOUGH,
        () -> route(cluster),
        route -> route.contains("via"));
    ServiceRef next = cluster.createServed("next", "");
    assertEquals(List.of("10.77.0.101"), cluster.addresses(next));
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

  @Test
  void aRestartedSpeakerAnnouncesFromDiskWithoutTheReconciler() {
    LabCluster cluster = LabCluster.start(lab);
    cluster.createServed("lan", "");
    cluster.createServed("routed", "routed");
    DemoNode announcer = cluster.awaitAnnouncer(LabCluster.FIRST_LAN_ADDRESS);
    awaitRoute(cluster);
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
