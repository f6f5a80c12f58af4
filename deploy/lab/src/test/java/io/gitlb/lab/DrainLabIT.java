// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.TrafficClient;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A node is drained, or deleted: the reconciler puts it last on the lists, then takes it off them.
@NeedsLab
final class DrainLabIT {

  private static final int ROUNDS = Math.min(100, 5 * Integer.getInteger("gitlb.random.rounds", 1));
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// Longer than two of the observer's questions, and than most stalls of the machine.
  private static final Duration SILENCE = Duration.ofMillis(500);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theNewOwnerAnswersBeforeTheDrainedOneStopsAndNoConnectionFails()
      throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
    Ipv4 address = field.addresses().getFirst();
    for (int i = 0; i < ROUNDS; i++) {
      LabNode old = field.awaitOwner(address);
      List<NodeName> others = new ArrayList<>();
      field.lab().nodes().stream()
          .filter(node -> !node.equals(old))
          .forEach(n -> others.add(n.name()));
      List<NodeName> last = new ArrayList<>(others);
      last.add(old.name());
      field.lab().forgetNeighbours();
      Thread.sleep(300);

      long start = System.nanoTime();
      field.decide(candidates(address, last));
      Optional<Sight> frame =
          field.observer().await(start, LIMIT, sight -> !sight.mac().equals(old.mac()));
      assertTrue(frame.isPresent(), () -> "nobody takes over from " + old.name());
      field.decide(candidates(address, others));
      Thread.sleep(1_000);
      Span whole = new Span(start, System.nanoTime());
      field.traffic().awaitOver(whole);

      List<Sight> sights =
          field.observer().since(start).stream()
              .filter(sight -> sight.nanos() < whole.to())
              .toList();
      Duration stalled = field.control().stalled(whole);
      assertEquals(List.of(), Answering.silences(sights, whole, SILENCE.plus(stalled)));
      Set<Integer> cut = field.paths().underWay(address, old.mac(), whole);
      List<TrafficClient.Attempt> attempts = field.traffic().begunIn(whole);
      assertFalse(attempts.isEmpty(), "no traffic");
      List<TrafficClient.Attempt> failed =
          attempts.stream()
              .filter(attempt -> !attempt.within(TrafficClient.LIMIT))
              .filter(attempt -> !cut.contains(attempt.port()))
              .toList();
      assertEquals(List.of(), failed);
      System.out.printf(
          "drain: taken over after %.0f ms, longest gap of the client %d ms%n",
          (frame.get().nanos() - start) / 1e6,
          field.traffic().longestGap(whole, Duration.ofMillis(250)).toMillis());
      field.observer().forgetBefore(start);
      field.traffic().forgetBefore(start);
      field.paths().forgetBefore(start);
      field.settle();
    }
    assertEquals(
        Collections.emptySortedMap(), field.conflicts(field.lab().nodes()), "false reports");
  }

  private static SortedMap<IpAddress, List<NodeName>> candidates(
      Ipv4 address, List<NodeName> list) {
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(address, list);
    return candidates;
  }
}
