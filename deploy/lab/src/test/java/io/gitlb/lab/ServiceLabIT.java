// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Installation;
import io.gitlb.demo.net.CommandResult;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The main job: from a Service to the wire and back.
@SharesLab
final class ServiceLabIT {

  private static final String LAN_RECORD = "v4/10/77/0/" + LabCluster.FIRST_LAN_ADDRESS + ".yaml";
  private static final String ROUTED_RECORD =
      "v4/203/0/113/" + LabCluster.FIRST_ROUTED_ADDRESS + ".yaml";
  private static final String ROUTE = LabCluster.FIRST_ROUTED_ADDRESS + "/32";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aServiceIsAnnouncedByArpAndByBgpAndGoneWhenItIsDeleted() {
    LabCluster cluster = LabCluster.start(lab);

    ServiceRef lan = cluster.createServed("lan", "");
    assertEquals(List.of(LabCluster.FIRST_LAN_ADDRESS), cluster.addresses(lan));
    oneNodeAnswersArp(cluster);

    ServiceRef routed = cluster.createServed("routed", "routed");
    assertEquals(List.of(LabCluster.FIRST_ROUTED_ADDRESS), cluster.addresses(routed));
    bothRoutersHaveTheRoute(cluster);
    awaitRecord(
        cluster, "both records are on the remote", List.of(LAN_RECORD, ROUTED_RECORD), true);

    cluster.installation().user().delete(lan);
    cluster.installation().user().delete(routed);
    nothingIsAnnounced(cluster);
    awaitRecord(cluster, "both records are deleted", List.of(LAN_RECORD, ROUTED_RECORD), false);
    theLedgersHistoryIsSound(cluster);
  }

  /// The client sees the announcing node's MAC address, and the other node keeps silent.
  private static void oneNodeAnswersArp(LabCluster cluster) {
    DemoNode announcer = cluster.awaitAnnouncer(LabCluster.FIRST_LAN_ADDRESS);
    assertEquals(
        List.of(announcer.host().mac(DemoNetwork.LAN_INTERFACE)),
        cluster.answers(LabCluster.FIRST_LAN_ADDRESS));
  }

  private static void bothRoutersHaveTheRoute(LabCluster cluster) {
    for (DemoNode node : cluster.nodes()) {
      Await.until(
          "FRR has the route of " + node.name(),
          LabCluster.LIMIT,
          () -> cluster.frr().show("show bgp ipv4 unicast " + ROUTE),
          shown -> shown.contains(node.clusterAddress() + " from " + node.clusterAddress()));
      Await.until(
          "BIRD has the route of " + node.name(),
          LabCluster.LIMIT,
          () -> cluster.bird().show("show route all " + ROUTE),
          shown -> shown.contains("BGP.next_hop: " + node.clusterAddress()));
      Await.until(
          "FRR's kernel has the next hop " + node.clusterAddress(),
          LabCluster.LIMIT,
          () -> cluster.frr().host().kernelRoute(ROUTE).orElse("none"),
          route -> route.contains("via " + node.clusterAddress()));
    }
  }

  private static void nothingIsAnnounced(LabCluster cluster) {
    Await.until(
        "FRR has no route any more",
        LabCluster.LIMIT,
        () -> cluster.frr().host().kernelRoute(ROUTE).orElse(""),
        String::isEmpty);
    Await.until(
        "BIRD has no route any more",
        LabCluster.LIMIT,
        () -> cluster.bird().show("show route " + ROUTE),
        shown -> !shown.contains("via"));
    Await.until(
        "nobody answers ARP any more",
        LabCluster.LIMIT,
        () -> cluster.answers(LabCluster.FIRST_LAN_ADDRESS),
        List::isEmpty);
  }

  private static void awaitRecord(
      LabCluster cluster, String what, List<String> paths, boolean there) {
    Await.until(
        what,
        LabCluster.LIMIT,
        () -> cluster.installation().remote().files(Installation.LEDGER_BRANCH),
        (SortedMap<String, String> files) ->
            paths.stream().allMatch(path -> files.containsKey(path) == there));
  }

  private void theLedgersHistoryIsSound(LabCluster cluster) {
    for (String directory :
        List.of(
            cluster.installation().remote().directory().toString(),
            cluster.installation().localLedgerDirectory().toString())) {
      CommandResult result =
          lab.sandbox()
              .machine()
              .exec("git", "-c", "safe.directory=*", "-C", directory, "fsck", "--full", "--strict");
      assertTrue(result.ok() && !result.output().contains("error"), result::output);
    }
    List<String> actions =
        cluster.installation().remote().log(Installation.LEDGER_BRANCH).stream()
            .flatMap(entry -> entry.values("Action").stream())
            .distinct()
            .sorted()
            .toList();
    assertTrue(actions.containsAll(List.of("allocate", "release")), actions::toString);
  }
}
