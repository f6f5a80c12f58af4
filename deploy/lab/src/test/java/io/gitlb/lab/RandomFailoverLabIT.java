// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.NeighborObserver;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.RandomSteps;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Random failures, one upon another, with observers that ask all the time, by ARP and by neighbour
/// discovery: never two owners for long, never none for long, and nobody answers for what is not
/// its business. For how long the machine itself stalled is subtracted.
@NeedsLab
final class RandomFailoverLabIT {

  private static final int STEPS = 20;
  private static final int SOAK_STEPS = 200;

  /// Of the short run, so that two runs of one commit do the same; the soak draws its own.
  private static final long SEED = 20_261_121L;

  /// Whatever else happens meanwhile.
  private static final Duration DOUBLED = Duration.ofSeconds(1);

  /// While nothing else happens. Detection takes 300 ms, a tick 100 ms; the rest is for a busy
  /// machine.
  private static final Duration SETTLED = Duration.ofMillis(500);

  /// Nobody answers, while nothing else happens.
  private static final Duration SILENT = Duration.ofSeconds(1);

  /// The same, whatever else happens meanwhile: one that has just been started waits for a second
  /// to hear of others.
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(3);

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final IpAddress ADDRESS6 = IpAddress.of("2001:db8:78::64");
  private static final Duration NOTED = Duration.ofMillis(300);
  private static final Duration JOINS = Duration.ofMillis(50);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void ownersAreNeitherTwoNorNoneForLong() throws InterruptedException {
    boolean soak = Integer.getInteger("gitlb.random.rounds", 1) > 1;
    long seed = Long.getLong("gitlb.lab.seed", soak ? System.nanoTime() : SEED);
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 3, SpeakerLab.Management.OWN_NETWORK);
    speakers.ownClocks();
    for (LabNode node : speakers.nodes()) {
      node.host().address(LabNode.LAN, "2001:db8:78::" + node.name().value().substring(5) + "/64");
    }
    Field field = Field.open(speakers, lab.sandbox(), 3, List.of(ADDRESS6));
    NeighborObserver observer6 = NeighborObserver.start(speakers.observer(), ADDRESS6);
    lab.sandbox().closeLater(observer6);
    long asked = System.nanoTime();
    Await.until("answered by NDP", LIMIT, () -> observer6.since(asked), all -> !all.isEmpty());
    RandomSteps steps = new RandomSteps(field, new SplittableRandom(seed));
    long from = System.nanoTime();
    for (int i = 0; i < (soak ? SOAK_STEPS : STEPS); i++) {
      steps.step();
    }
    steps.finish();
    Span whole = new Span(from, System.nanoTime());
    String story = "seed " + seed + "\n" + String.join("\n", steps.history());

    assertEquals(List.of(), steps.forbidden(), story);
    assertEquals(Collections.emptySortedMap(), field.conflicts(field.lab().nodes()), story);
    for (Ipv4 address : field.addresses().subList(0, 2)) {
      List<Sight> sights =
          field.observer().since(from).stream()
              .filter(sight -> sight.address().equals(address))
              .toList();
      judge(field, sights, whole, steps.moments(), address + " " + story);
    }
    judge(field, observer6.since(from), whole, steps.moments(), ADDRESS6 + " " + story);
  }

  /// @param sights of one address
  /// @param whole what was watched
  /// @param moments when something happened
  private static void judge(
      Field field, List<Sight> sights, Span whole, List<Long> moments, String story) {
    ControlTimer control = field.control();
    List<Span> silences =
        Answering.silences(sights, whole, SILENT).stream()
            .filter(
                span ->
                    control.isLonger(span, SILENT_AT_MOST)
                        || span.cutAt(moments).stream()
                            .anyMatch(part -> control.isLonger(part, SILENT)))
            .toList();
    System.out.printf(
        "%s: silent for %s, two answered for %s%n",
        sights.getFirst().address(),
        Answering.silences(sights, whole, NOTED).stream().map(Span::length).toList(),
        Answering.doubles(sights, JOINS).stream().map(Span::length).toList());
    List<Span> doubles =
        Answering.doubles(sights, JOINS).stream()
            .filter(
                span ->
                    control.isLonger(span, DOUBLED)
                        || span.cutAt(moments).stream()
                            .anyMatch(part -> control.isLonger(part, SETTLED)))
            .toList();
    assertTrue(silences.isEmpty(), () -> "nobody's: " + silences + "\n" + story);
    assertTrue(doubles.isEmpty(), () -> "two owners: " + doubles + "\n" + story);
  }
}
