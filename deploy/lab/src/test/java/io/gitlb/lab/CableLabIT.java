// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A cable that comes back, another hardware address, another interface under the same name: the
/// neighbours are told soon, by a speaker whose kernel tells it.
@NeedsLab
final class CableLabIT {

  private static final String ADDRESS = "10.78.0.100";

  /// What is promised; the median stays far below.
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final int ROUNDS = 10;

  /// Each is waited for until its burst is over.
  private static final int FLAPS = Math.min(5, Integer.getInteger("gitlb.random.rounds", 1));

  /// Longer than the longest pause between two repeats of a burst.
  private static final Duration QUIET = Duration.ofMillis(1_500);

  @RegisterExtension final Lab lab = new Lab();

  private ControlTimer control;

  @BeforeEach
  void watchTheMachine() {
    control = ControlTimer.start(lab.sandbox());
  }

  @Test
  void whatComesBackIsToldWithinASecond() throws InterruptedException {
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    LabNode node = speakers.nodes().getFirst();
    speakers.start(node);
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(IpAddress.of(ADDRESS), List.of(node.name()));
    assertEquals(List.of(node), speakers.decide(candidates));
    try (ArpCapture capture = ArpCapture.start(speakers.observer())) {
      told(capture, 0, node.mac());
      List<Duration> pulled = new ArrayList<>();
      List<Duration> flapped = new ArrayList<>();
      List<Duration> renamed = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        MacAddress mac = MacAddress.of("02:00:5e:00:53:%02x".formatted(i));
        renamed.add(after(() -> give(node, mac), capture, mac));
        give(node, node.mac());
      }
      for (int i = 0; i < FLAPS; i++) {
        quiet(capture, node.mac());
        speakers.lan().damage(node.host(), Damage.UNPLUGGED);
        Thread.sleep(300);
        pulled.add(after(() -> speakers.lan().heal(node.host()), capture, node.mac()));
        quiet(capture, node.mac());
        speakers.lan().damage(node.host(), Damage.UNPLUGGED);
        flapped.add(after(() -> speakers.lan().heal(node.host()), capture, node.mac()));
      }
      judge("pulled for 300 ms", pulled);
      judge("pulled for a moment", flapped);
      judge("another hardware address", renamed);
    }
  }

  private static void judge(String what, List<Duration> delays) {
    Collections.sort(delays);
    System.out.printf(
        "%s: told after %d ms in the median, %d ms at most%n",
        what, delays.get(delays.size() / 2).toMillis(), delays.getLast().toMillis());
    assertTrue(delays.getLast().compareTo(LIMIT) < 0, () -> what + ": " + delays);
  }

  /// Waits until the repeats of the last burst are over: they would be taken for news.
  private static void quiet(ArpCapture capture, MacAddress mac) {
    Await.until(
        "the repeats are over",
        Duration.ofSeconds(20),
        () -> capture.since(System.nanoTime() - QUIET.toNanos(), mac),
        List::isEmpty);
  }

  /// From before the change until the first frame: the command's own time is in it, the time in
  /// which the machine stood still is not.
  private Duration after(Runnable change, ArpCapture capture, MacAddress mac) {
    long start = System.nanoTime();
    change.run();
    long told = told(capture, start, mac);
    return Duration.ofNanos(told - start).minus(control.stalled(new Span(start, told)));
  }

  private static long told(ArpCapture capture, long since, MacAddress mac) {
    List<Observer.Sight> frames =
        Await.until(
            mac + " is told",
            Duration.ofSeconds(20),
            () -> capture.since(since, mac),
            one -> !one.isEmpty());
    return frames.getFirst().nanos();
  }

  private static void give(LabNode node, MacAddress mac) {
    node.host().ip("link", "set", LabNode.LAN, "address", mac.toString()).orThrow();
  }
}
