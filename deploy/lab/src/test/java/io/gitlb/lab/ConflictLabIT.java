// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.DemoNetwork;
import io.gitlb.demo.DemoNode;
import io.gitlb.demo.Installation;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A host on the segment that is no node uses addresses of the pool.
@SharesLab
final class ConflictLabIT {

  private static final String TAKEN = "10.77.0.101";
  private static final String NEXT = "10.77.0.102";
  private static final String REQUESTED = "10.77.0.105";

  /// A defence is one frame of each of the two gratuitous forms.
  private static final int FRAMES_A_DEFENCE = 2;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aForeignHostIsSeenBeforeAnAddressIsGivenAndWhileItIsHeld() {
    LabCluster cluster = LabCluster.start(lab);
    // The first probe has to make its connections, in programs that have just begun: on a busy
    // machine the second within which it counts may be over, and the address is given unprobed.
    ServiceRef first = cluster.createServed("first", "");
    assertEquals(List.of(LabCluster.FIRST_LAN_ADDRESS), cluster.addresses(first));
    Host stranger = lab.host("stranger");
    cluster.attach(stranger, TAKEN + "/24", REQUESTED + "/24");
    MacAddress mac = stranger.mac(DemoNetwork.LAN_INTERFACE);

    ServiceRef web = cluster.createServed("web", "");
    assertEquals(List.of(NEXT), cluster.addresses(web), "the Service never sees the taken one");
    awaitEvent(cluster, web, "Conflict: " + TAKEN + " is answered for by " + mac);
    awaitConflictRecord(cluster, mac);
    DemoNode announcer = cluster.awaitAnnouncer(NEXT);
    // The first gratuitous rounds of the announcement itself are over by then.
    Quiet quiet = new Quiet(Duration.ofSeconds(6));

    ServiceRef wants = cluster.createRequesting("wants", REQUESTED);
    awaitEvent(
        cluster,
        wants,
        "Conflict: requested " + REQUESTED + ": " + REQUESTED + " is answered for by " + mac);
    assertEquals(List.of(), cluster.addresses(wants));
    stranger.ip("address", "del", REQUESTED + "/24", "dev", DemoNetwork.LAN_INTERFACE).orThrow();
    Await.until(
        "the announcement has become quiet",
        Duration.ofSeconds(10),
        () -> System.nanoTime(),
        quiet::isOver);
    strangerTakesWhatIsHeld(cluster, stranger, announcer);
    awaitEvent(cluster, web, "Conflict: " + NEXT + ": node " + announcer.name());
    Await.until(
        "who asked for the address has it after the stranger left it",
        LabCluster.LIMIT,
        () -> cluster.addresses(wants),
        List.of(REQUESTED)::equals);
    assertEquals(List.of(NEXT), cluster.addresses(web));
    assertEquals(Optional.of(mac), conflict(cluster, announcer).map(Conflict::macAddress));
    Await.until(
        "the conflicts before use and while announced are counted",
        LabCluster.LIMIT,
        () -> cluster.installation().reconcilerMetrics(),
        text -> counted(text, "before_use") >= 2 && counted(text, "foreign") >= 1);
    Await.until(
        "the conflict clears",
        Duration.ofSeconds(45),
        () -> conflict(cluster, announcer),
        Optional::isEmpty);
  }

  private static double counted(String metrics, String kind) {
    String beginning = "gitlb_address_conflicts_total{kind=\"" + kind + "\"} ";
    return metrics
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(beginning.length())))
        .sum();
  }

  /// Who else claims the announced address, as its node says.
  private static Optional<Conflict> conflict(LabCluster cluster, DemoNode announcer) {
    return Optional.ofNullable(cluster.installation().speakers().get(announcer.name())).stream()
        .flatMap(status -> status.announcements().stream())
        .filter(announcement -> announcement.address().toString().equals(NEXT))
        .flatMap(announcement -> announcement.layer2().stream())
        .flatMap(layer2 -> layer2.conflict().stream())
        .findFirst();
  }

  private static void awaitEvent(LabCluster cluster, ServiceRef service, String beginning) {
    Await.until(
        "an Event " + beginning,
        LabCluster.LIMIT,
        () -> cluster.installation().user().events(service),
        events -> events.stream().anyMatch(event -> event.startsWith(beginning)));
  }

  private static void awaitConflictRecord(LabCluster cluster, MacAddress mac) {
    Await.until(
        "the record of " + TAKEN + " names the stranger",
        LabCluster.LIMIT,
        () ->
            cluster
                .installation()
                .remote()
                .files(Installation.LEDGER_BRANCH)
                .getOrDefault("v4/10/77/0/" + TAKEN + ".yaml", ""),
        text -> text.contains("conflicted") && text.contains(mac.toString()));
  }

  /// For eight seconds, a claim each second.
  private static void strangerTakesWhatIsHeld(
      LabCluster cluster, Host stranger, DemoNode announcer) {
    MacAddress own = announcer.host().mac(DemoNetwork.LAN_INTERFACE);
    try (ArpCapture capture = ArpCapture.start(cluster.client())) {
      long begin = System.nanoTime();
      stranger.ip("address", "add", NEXT + "/24", "dev", DemoNetwork.LAN_INTERFACE).orThrow();
      stranger
          .exec("arping", "-U", "-c", "8", "-w", "8", "-I", DemoNetwork.LAN_INTERFACE, NEXT)
          .output();
      assertTrue(cluster.answers(NEXT).contains(own), "the node goes on answering for " + NEXT);
      stranger.ip("address", "del", NEXT + "/24", "dev", DemoNetwork.LAN_INTERFACE).orThrow();
      long frames =
          capture.since(begin, own).stream()
              .filter(frame -> frame.address().toString().equals(NEXT))
              .count();
      assertTrue(
          frames >= FRAMES_A_DEFENCE && frames <= 2 * FRAMES_A_DEFENCE,
          () -> "a defence in ten seconds, not " + frames + " frames in some eleven");
    }
  }

  /// Over when some time has passed since it was made.
  private record Quiet(Duration length, long since) {

    Quiet(Duration length) {
      this(length, System.nanoTime());
    }

    boolean isOver(long now) {
      return now - since >= length.toNanos();
    }
  }
}
