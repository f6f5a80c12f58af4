// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.lab.segment.EcmpField;
import io.gitlb.lab.segment.FrameReading;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Reboot;
import io.gitlb.lab.segment.RouteMonitor;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What FRR has of a node whose speaker stops, and of nodes that have booted while the reconciler
/// is away. Graceful restart is agreed on with each.
@SharesLab
final class AbsentNodeLabIT {

  /// Less than FRR keeps stale routes for, and than the hold time.
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration HOLD_TIME = Duration.ofMinutes(3);
  private static final Duration RESTART_TIME = Duration.ofMinutes(3);

  /// How long routers are told nothing after a boot, unless the reconciler is heard.
  private static final Duration WAIT = Duration.ofSeconds(30);

  @RegisterExtension static final Lab LAB = new Lab();

  private Scene scene;
  private EcmpField field;

  /// One node runs on. Two have booted and are left waiting: meanwhile the first can be looked at.
  ///
  /// @param wire what came to the router since before the boots
  private record Scene(
      EcmpField field,
      FrameReading wire,
      Instant booted,
      LabNode restarted,
      LabNode young,
      LabNode old) {

    static Scene layOut() {
      EcmpField field =
          new EcmpField(
              LAB.sandbox(),
              SpeakerLabLabIT.distribution(),
              new EcmpField.Terms(Optional.empty(), HOLD_TIME, Optional.of(RESTART_TIME)),
              List.of());
      List<LabNode> nodes = field.speakers().nodes();
      FrameReading wire =
          FrameReading.start(
              field.router(), LAB.sandbox().logs().resolve("bgp.pcap"), "tcp port 179");
      Instant booted = Instant.now();
      boot(field.speakers(), nodes.get(1), Duration.ofHours(5));
      boot(field.speakers(), nodes.get(2), Duration.ofDays(8));
      return new Scene(field, wire, booted, nodes.get(0), nodes.get(1), nodes.get(2));
    }

    private static void boot(SpeakerLab speakers, LabNode node, Duration absence) {
      speakers.speaker(node).kill();
      Reboot.pretend(speakers.stateDirectory(node), absence);
      speakers.startOnly(node);
    }
  }

  @BeforeEach
  void begin() {
    scene = LAB.keep(Scene.class, Scene::layOut);
    field = scene.field();
  }

  @AfterEach
  void wiresharkHasNothingAgainstWhatFrrWasTold() {
    assertEquals(
        List.of(),
        scene.wire().objections("bgp && ip.dst == " + EcmpField.ROUTER).stream()
            .filter(one -> !one.startsWith("Sequence TCP"))
            .toList());
  }

  @Test
  void aNodeThatWillBeBackIsKeptAndADrainedOneIsGoneAtOnce() {
    LabNode node = scene.restarted();
    RouteMonitor monitor = RouteMonitor.start(field.router());
    Instant begin = Instant.now();
    assertEquals(0, field.speakers().speaker(node).stop());
    await(node, Kept.STALE);
    field.speakers().start(node);
    await(node, Kept.FRESH);
    assertEquals(
        Set.of(node.address()),
        sources(opens(1)),
        "it passes packets on all the time, and says so");

    field.tell(node, field.routing().leaving(IpAddress.of(EcmpField.SERVICE)));
    Await.until("FRR prefers others", LIMIT, this::shown, now -> now.contains("graceful-shutdown"));
    assertEquals(
        Optional.empty(),
        monitor.awaitLoss(begin, EcmpField.SERVICE, node.address(), Duration.ZERO),
        "the kernel had a way by the node all the time");

    assertEquals(0, field.speakers().speaker(node).stop());
    Kept next = Await.until("FRR hears of it", LIMIT, () -> kept(node), kept -> kept != Kept.FRESH);
    assertEquals(Kept.NOTHING, next);
    PeerLab.awaitShown(
        "the session's end",
        () -> field.frr().show("show bgp neighbors " + node.address() + " json"),
        "\"lastErrorCodeSubcode\":\"0602\"",
        "\"lastNotificationHardReset\":true");
    assertEquals(Kept.NOTHING, kept(node));
  }

  @Test
  void afterABootFrrIsToldNothingOfAnOldStateAndAYoungOneWhenSomeTimeHasPassed() {
    LabNode old = scene.old();
    LabNode young = scene.young();
    await(old, Kept.NOTHING);
    await(young, Kept.FRESH);
    Await.until(
        "FRR talks with it",
        LIMIT,
        () -> field.frr().show("show bgp neighbors " + old.address()),
        shown -> shown.contains("BGP state = Established"));
    Await.until(
        "it says why it tells nothing",
        LIMIT,
        () -> field.speakers().status(old).map(SpeakerStatus::problems).orElse(List.of()),
        problems -> problems.stream().anyMatch(one -> one.contains("GLB6019")));

    List<List<String>> told =
        said("bgp.nlri_prefix == " + EcmpField.SERVICE).stream()
            .filter(update -> !update.getFirst().equals(scene.restarted().address()))
            .toList();
    assertEquals(Set.of(young.address()), sources(told));
    Instant first = Instant.ofEpochMilli((long) (Double.parseDouble(told.getFirst().get(1)) * 1e3));
    assertFalse(first.isBefore(scene.booted().plus(WAIT)), first::toString);
    assertEquals(
        Set.of(young.address(), old.address()),
        sources(opens(0)),
        "nothing is forwarded from before a boot");

    field.tell(old, field.routing());
    await(old, Kept.FRESH);
  }

  private enum Kept {
    NOTHING,
    STALE,
    FRESH
  }

  private void await(LabNode node, Kept kept) {
    Await.until(
        "FRR's route of " + node.name() + " is " + kept, LIMIT, () -> kept(node), kept::equals);
  }

  private Kept kept(LabNode node) {
    Matcher path =
        Pattern.compile("\n +64512(.*)\n +" + Pattern.quote(node.address()) + " from ")
            .matcher(shown());
    if (!path.find()) {
      return Kept.NOTHING;
    }
    return path.group(1).contains("stale") ? Kept.STALE : Kept.FRESH;
  }

  private String shown() {
    return field.frr().show("show bgp ipv4 unicast " + EcmpField.SERVICE + "/32");
  }

  /// The OPENs to FRR whose F bit is as given (RFC 4724 section 3), with their sources.
  private List<List<String>> opens(int preserved) {
    return said("bgp.type == 1 && bgp.cap.gr.flag.pfs == " + preserved);
  }

  /// What FRR was told: sources and times.
  private List<List<String>> said(String filter) {
    return scene
        .wire()
        .read(filter + " && ip.dst == " + EcmpField.ROUTER, "ip.src", "frame.time_epoch");
  }

  private static Set<String> sources(List<List<String>> frames) {
    return frames.stream().map(List::getFirst).collect(Collectors.toSet());
  }
}
