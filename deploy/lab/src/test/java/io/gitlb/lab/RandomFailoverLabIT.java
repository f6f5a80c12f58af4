// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.RandomSteps;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Random failures, one upon another, with an observer that asks all the time: never two owners for
/// long, never none for long, and nobody answers for what is not its business. A span in which the
/// machine itself stalled is not judged.
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

  private static final Duration SILENT = Duration.ofSeconds(5);
  private static final Duration JOINS = Duration.ofMillis(50);
  private static final Duration STALL = Duration.ofMillis(100);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void ownersAreNeitherTwoNorNoneForLong() throws InterruptedException {
    boolean soak = Integer.getInteger("gitlb.random.rounds", 1) > 1;
    long seed = Long.getLong("gitlb.lab.seed", soak ? System.nanoTime() : SEED);
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 3);
    RandomSteps steps = new RandomSteps(field, new SplittableRandom(seed));
    long from = System.nanoTime();
    for (int i = 0; i < (soak ? SOAK_STEPS : STEPS); i++) {
      steps.step();
    }
    steps.finish();
    Span whole = new Span(from, System.nanoTime());
    Spans spans = new Spans(whole, steps.moments(), field.control().stalls(STALL));
    String story = "seed " + seed + "\n" + String.join("\n", steps.history());

    assertEquals(List.of(), steps.forbidden(), story);
    for (Ipv4 address : field.addresses().subList(0, 2)) {
      judge(field, address, spans, story);
    }
  }

  /// @param whole what was watched
  /// @param moments when something happened
  /// @param stalls of the machine
  private record Spans(Span whole, List<Long> moments, List<Span> stalls) {}

  private static void judge(Field field, Ipv4 address, Spans spans, String story) {
    List<Sight> sights =
        field.observer().since(spans.whole().from()).stream()
            .filter(sight -> sight.address().equals(address))
            .toList();
    List<Span> stalls = spans.stalls();
    List<Span> silences = unexplained(Answering.silences(sights, spans.whole(), SILENT), stalls);
    List<Span> doubles =
        unexplained(
            Answering.doubles(sights, JOINS).stream()
                .filter(span -> isLong(span, spans.moments()))
                .toList(),
            stalls);
    assertTrue(silences.isEmpty(), () -> address + " was nobody's: " + silences + "\n" + story);
    assertTrue(doubles.isEmpty(), () -> address + " had two owners: " + doubles + "\n" + story);
  }

  private static boolean isLong(Span span, List<Long> moments) {
    return span.length().compareTo(DOUBLED) > 0 || span.undisturbed(moments).compareTo(SETTLED) > 0;
  }

  private static List<Span> unexplained(List<Span> spans, List<Span> stalls) {
    List<Span> left =
        spans.stream().filter(span -> stalls.stream().noneMatch(span::overlaps)).toList();
    System.out.println(
        spans.size()
            - left.size()
            + " spans are left out for stalls of the machine, "
            + left.size()
            + " are judged");
    return left;
  }
}
