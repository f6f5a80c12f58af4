// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static io.gitlb.lab.DocumentCluster.ADDRESS;
import static io.gitlb.lab.DocumentCluster.AGGREGATE;
import static io.gitlb.lab.DocumentCluster.AGGREGATE_6;
import static io.gitlb.lab.DocumentCluster.LIMIT;
import static io.gitlb.lab.DocumentCluster.LOOPBACK;
import static io.gitlb.lab.DocumentCluster.NODE;
import static io.gitlb.lab.DocumentCluster.NODE_6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// From documents in Git, and from the words of a node in Kubernetes, to what FRR and BIRD have.
@SharesLab
final class DocumentPeerLabIT {

  private static final String NEIGHBOR = "show bgp neighbors " + NODE;

  private static final Pattern KEEPALIVES = Pattern.compile("Keepalives: +\\d+ +(\\d+)");

  @RegisterExtension static final Lab LAB = new Lab();

  private DocumentCluster cluster;

  @BeforeEach
  void layOut() {
    cluster = LAB.keep(DocumentCluster.class, () -> DocumentCluster.start(LAB));
  }

  @Test
  void documentsReachTheRoutersAndAnEditTouchesWhatItConcerns() {
    theRoutersHaveWhatTheDocumentsSay();
    SortedMap<String, Instant> since = cluster.since();
    List<Instant> bfd = cluster.bfd().stream().map(BfdStatus::since).toList();
    String birdSessions = cluster.birdSessions();
    String birdRoutes = cluster.birdRoute(AGGREGATE) + cluster.birdRoute(AGGREGATE_6);
    int ends = cluster.frrSessionEnds();

    cluster.edit("holdTime: 30s", "holdTime: 21s");
    cluster.awaitShown(NEIGHBOR, "Hold time is 21 seconds");
    // The status may be a moment older than what FRR says.
    Await.until(
        "the session is another one",
        LIMIT,
        cluster::since,
        now -> !Objects.equals(now.get("tor"), since.get("tor")));
    cluster.awaitSessions();
    cluster.awaitFrr(AGGREGATE, "localpref 200");
    assertEquals(ends + 1, cluster.frrSessionEnds());
    SortedMap<String, Instant> after = cluster.since();
    since.put("tor", Objects.requireNonNull(after.get("tor")));
    assertEquals(since, after, "the others went on");
    assertEquals(bfd, cluster.bfd().stream().map(BfdStatus::since).toList(), "BFD went on");

    cluster.edit("localPref: 200", "localPref: 250");
    cluster.awaitFrr(AGGREGATE, "localpref 250");
    assertEquals(
        birdRoutes,
        cluster.birdRoute(AGGREGATE) + cluster.birdRoute(AGGREGATE_6),
        "a local preference is nothing to another AS");
    cluster.edit("\"64513:7\"", "\"64513:8\"");
    cluster.awaitFrr(AGGREGATE, "Community: 64513:8");
    cluster.awaitFrr(AGGREGATE_6, "Community: 64513:8", "localpref 250");
    cluster.awaitBird(AGGREGATE, "(64513,8)");
    cluster.awaitBird(AGGREGATE_6, "(64513,8)");
    assertEquals(since, cluster.since());
    assertEquals(ends + 1, cluster.frrSessionEnds());
    assertEquals(birdSessions, cluster.birdSessions());
    Await.until("FRR hears a KEEPALIVE a second", LIMIT, this::keepalives, count -> count >= 4);
  }

  private void theRoutersHaveWhatTheDocumentsSay() {
    cluster.awaitFrr(
        AGGREGATE,
        NODE + " from " + NODE,
        "Local",
        "localpref 200",
        "internal",
        "Community: 64513:7",
        "Large Community: 64513:1:2 64513:9:9");
    cluster.awaitFrr(AGGREGATE_6, NODE_6, "localpref 200", "Large Community: 64513:1:2 64513:9:9");
    cluster.awaitFrr(ADDRESS, "localpref 300", "Community: no-advertise");
    Await.until(
        "FRR's kernel has the route",
        LIMIT,
        () -> cluster.frr().host().kernelRoute(AGGREGATE).orElse(""),
        route -> route.contains("via " + NODE));
    cluster.awaitBird(
        AGGREGATE,
        "BGP.as_path: 64999",
        "BGP.next_hop: " + NODE,
        "BGP.local_pref: 100",
        "BGP.community: (64513,7)",
        "BGP.large_community: (64513, 1, 2) (64513, 9, 9)");
    cluster.awaitBird(AGGREGATE_6, "BGP.as_path: 64513", "BGP.next_hop: " + NODE_6);
    PeerLab.awaitShown(
        "BIRD's session",
        () -> cluster.bird().show("show protocols all spine"),
        "Neighbor AS:      64999",
        "Neighbor ID:      192.0.2.99",
        "Session:          external multihop",
        "/45");
    assertFalse(cluster.birdRoute(ADDRESS).contains(NODE), "BIRD was told what is for FRR");
    cluster.awaitShown(
        NEIGHBOR,
        "Hold time is 30 seconds",
        "Graceful Restart Capability: advertised and received",
        "Peer Authentication Enabled");
    for (String peer : List.of(NODE, LOOPBACK + " multihop local-address 192.0.2.1")) {
      cluster.awaitShown(
          "show bfd peer " + peer,
          "Status: up",
          "Detect-multiplier: 10",
          "Receive interval: 250ms",
          "Transmission interval: 300ms");
    }
    // The status may be a moment older than what FRR says.
    Await.until(
        "BFD is up in the status, too",
        LIMIT,
        () -> cluster.bfd().stream().map(BfdStatus::state).toList(),
        List.of("Up", "Up")::equals);
  }

  private int keepalives() {
    Matcher found = KEEPALIVES.matcher(cluster.frr().show(NEIGHBOR));
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  @Test
  void aCordonAsksRoutersToMoveOnAndANodeThatIsGoneLeavesNothing() {
    SortedMap<String, Instant> since = cluster.since();
    String plain = cluster.awaitFrr(AGGREGATE, "localpref 2");
    cluster.user().cordon(cluster.node());
    cluster.awaitFrr(AGGREGATE, "localpref 0", "graceful-shutdown", "64513:");
    cluster.awaitFrr(AGGREGATE_6, "localpref 0", "graceful-shutdown");
    cluster.awaitFrr(ADDRESS, "localpref 0", "graceful-shutdown");
    cluster.awaitBird(AGGREGATE, "(65535,0)");
    cluster.awaitBird(AGGREGATE_6, "(65535,0)");

    cluster.user().uncordon(cluster.node());
    Await.until(
        "FRR's route is as it was",
        LIMIT,
        () -> attributes(cluster.frrRoute(AGGREGATE)),
        attributes(plain)::equals);
    cluster.awaitFrr(ADDRESS, "localpref 300", "Community: no-advertise\n");
    Await.until(
        "BIRD's routes are as they were",
        LIMIT,
        () -> cluster.birdRoute(AGGREGATE) + cluster.birdRoute(AGGREGATE_6),
        shown -> !shown.contains("(65535,0)"));
    assertEquals(since, cluster.since(), "no session ended");

    cluster.user().cordon(cluster.node());
    cluster.awaitFrr(AGGREGATE, "graceful-shutdown");
    cluster.user().deleteNode(cluster.node());
    Await.until(
        "FRR keeps nothing, stale or not",
        LIMIT,
        () -> cluster.frrRoute(AGGREGATE) + cluster.frrRoute(AGGREGATE_6),
        shown -> !shown.contains(NODE) && !shown.contains(NODE_6));
    String said = "(Cease/Peer De-configured)";
    cluster.awaitLogged("NOTIFICATION(Hard Reset): received from neighbor " + NODE + " ", said);
    cluster.awaitLogged("NOTIFICATION: received from neighbor " + LOOPBACK + " ", said);
    Await.until("the speaker has no peer", LIMIT, cluster::peers, List::isEmpty);

    cluster.createNode();
    cluster.awaitSessions();
    cluster.awaitFrr(AGGREGATE, "Community: 64513:");
  }

  /// All but when it was.
  private static String attributes(String route) {
    return route.replaceAll("Last update:.*|version \\d+", "");
  }
}
