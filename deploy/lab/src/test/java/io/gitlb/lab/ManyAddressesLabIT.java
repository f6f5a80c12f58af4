// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// 5,000 addresses come to one node at once: all are told within ten seconds, at no more frames a
/// second than switches take.
@NeedsLab
final class ManyAddressesLabIT {

  private static final int ADDRESSES = Integer.getInteger("gitlb.lab.addresses", 5_000);
  private static final int FIRST = 0x0A4E_1000;
  private static final Duration LIMIT = Duration.ofMillis(2L * ADDRESSES);
  private static final Duration WAIT = Duration.ofSeconds(30);

  /// The pace is 800; late timers catch up by 10 ms.
  private static final int MOST_FRAMES_PER_SECOND = 830;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void fiveThousandAddressesAreToldWithinTenSeconds() {
    SpeakerLab speakers = speakers(1);
    LabNode node = speakers.nodes().getFirst();
    speakers.start(node);
    try (ArpCapture capture = ArpCapture.start(speakers.observer())) {
      long start = System.nanoTime();
      assertEquals(List.of(node), speakers.decide(candidates(List.of(node))));
      judge(start, awaitAll(capture, start, node));
    }
  }

  private SpeakerLab speakers(int count) {
    return new SpeakerLab(
        lab.sandbox(), SpeakerLabLabIT.distribution(), count, SpeakerLab.Management.OWN_NETWORK);
  }

  private static SortedMap<IpAddress, List<NodeName>> candidates(List<LabNode> nodes) {
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    for (int i = 0; i < ADDRESSES; i++) {
      candidates.put(new Ipv4(FIRST + i), nodes.stream().map(LabNode::name).toList());
    }
    return candidates;
  }

  private static List<Observer.Sight> awaitAll(ArpCapture capture, long from, LabNode node) {
    return Await.until(
        "all are told",
        WAIT,
        () -> capture.since(from, node.mac()),
        seen -> told(seen).size() == ADDRESSES);
  }

  private static void judge(long start, List<Observer.Sight> frames) {
    Duration first = Duration.ofNanos(frames.getFirst().nanos() - start);
    Duration took = Duration.ofNanos(lastNews(frames) - start);
    double rate = framesPerSecond(frames);
    System.out.printf(
        "%d addresses: the first frame after %d ms, the last address after %d ms, %.0f"
            + " frames a second%n",
        ADDRESSES, first.toMillis(), took.toMillis(), rate);
    assertTrue(took.compareTo(LIMIT) < 0, took::toString);
    assertTrue(rate <= MOST_FRAMES_PER_SECOND, () -> rate + " frames a second");
  }

  private static Set<IpAddress> told(List<Observer.Sight> frames) {
    Set<IpAddress> told = new HashSet<>();
    frames.forEach(frame -> told.add(frame.address()));
    return told;
  }

  private static long lastNews(List<Observer.Sight> frames) {
    Set<IpAddress> told = new HashSet<>();
    long last = frames.getFirst().nanos();
    for (Observer.Sight frame : frames) {
      last = told.add(frame.address()) ? frame.nanos() : last;
    }
    return last;
  }

  /// Over all of them: who looks on stands still at times, and then hears many at once.
  private static double framesPerSecond(List<Observer.Sight> frames) {
    long nanos = frames.getLast().nanos() - frames.getFirst().nanos();
    return frames.size() * 1e9 / nanos;
  }
}
