// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Backend;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.lab.segment.TrafficClient;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The kit of the failover tests itself: what it breaks is broken, and what it heals works again.
@NeedsLab
final class SpeakerLabLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String ADDRESS = "10.78.0.100";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void everyDamageSilencesANodeAndHealingEndsIt() {
    SpeakerLab speakers = oneSpeaker(lab.sandbox());
    LabNode node = speakers.nodes().getFirst();
    awaitAnswer(speakers, node);

    for (Damage damage : Damage.values()) {
      speakers.lan().damage(node.host(), damage);
      assertEquals(List.of(), ask(speakers), damage::toString);
      assertTrue(speakers.status(node).isPresent(), () -> damage + " hurt the other network");
      speakers.lan().heal(node.host());
      awaitAnswer(speakers, node);
    }
    LabNode.pause(speakers.speaker(node));
    assertEquals(List.of(), ask(speakers));
    LabNode.resume(speakers.speaker(node));
    awaitAnswer(speakers, node);
    speakers.speaker(node).kill();
    assertEquals(List.of(), ask(speakers));
  }

  @Test
  void theJudgesSeeACutAndNothingElse() throws InterruptedException {
    SpeakerLab speakers = oneSpeaker(lab.sandbox());
    LabNode node = speakers.nodes().getFirst();
    Ipv4 address = (Ipv4) IpAddress.of(ADDRESS);
    ControlTimer control = ControlTimer.start(lab.sandbox());
    awaitAnswer(speakers, node);
    try (Backend _ = Backend.start(node, List.of(address));
        Observer observer = Observer.start(speakers.observer(), List.of(address));
        TrafficClient traffic = TrafficClient.start(speakers.client(), address, Backend.SHORT)) {
      Thread.sleep(500);
      long from = System.nanoTime();
      Thread.sleep(500);
      Span quiet = new Span(from, System.nanoTime());
      speakers.lan().damage(node.host(), Damage.CUT);
      Thread.sleep(400);
      speakers.lan().heal(node.host());
      Thread.sleep(1500);
      Span whole = new Span(from, System.nanoTime());

      List<Observer.Sight> sights = observer.since(from);
      assertEquals(List.of(), Answering.doubles(sights, Observer.TICK));
      List<Span> silences = Answering.silences(sights, whole, Duration.ofMillis(350));
      List<Span> stalls = control.stalls(Duration.ofMillis(100));
      assertFalse(silences.isEmpty(), "the observer does not see the cut");
      assertTrue(
          silences.stream()
              .skip(1)
              .allMatch(silence -> stalls.stream().anyMatch(silence::overlaps)),
          silences::toString);
      Duration limit = Duration.ofMillis(250);
      assertTrue(traffic.longestGap(whole, limit).toMillis() >= 350, "the cut is not seen");
      assertTrue(
          traffic.longestGap(quiet, limit).compareTo(limit.plus(control.stalled(quiet))) < 0,
          () -> traffic.begunIn(quiet) + " stalls " + control.stalls(Duration.ofMillis(50)));
    }
  }

  private static SpeakerLab oneSpeaker(Sandbox sandbox) {
    SpeakerLab speakers =
        new SpeakerLab(sandbox, distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    LabNode node = speakers.nodes().getFirst();
    speakers.start(node);
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(IpAddress.of(ADDRESS), List.of(node.name()));
    assertEquals(List.of(node), speakers.decide(candidates));
    return speakers;
  }

  /// The one under test.
  static Distribution distribution() {
    return new Distribution(
        Path.of(System.getProperty("gitlb.distribution", "../dist/target/gitlb")));
  }

  private static List<?> ask(SpeakerLab speakers) {
    return speakers.client().arping(LabNode.LAN, ADDRESS, 1);
  }

  private static void awaitAnswer(SpeakerLab speakers, LabNode node) {
    Await.until(
        node.name() + " answers",
        LIMIT,
        () -> ask(speakers),
        answers -> answers.equals(List.of(node.mac())));
  }
}
