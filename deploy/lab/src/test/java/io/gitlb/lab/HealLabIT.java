// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An owner that was cut off comes back, after its kernel and the other one's have forgotten each
/// other's hardware addresses, while a third node is paused and can tell nobody anything: two
/// answer for the detection time and a tick at most.
@NeedsLab
final class HealLabIT {

  /// Detection takes 300 ms, a tick 100 ms.
  private static final Duration BAR = Duration.ofMillis(400);

  private static final Duration JOINS = Duration.ofMillis(50);
  private static final long FORGOTTEN = 150;
  private static final long WATCHED = 2_000;

  @RegisterExtension static final Lab LAB = new Lab();

  @ParameterizedTest
  @EnumSource(names = {"CUT", "POWER_LOSS", "MUTE", "DEAF"})
  void twoAnswerForAMomentOnly(Failure failure) throws InterruptedException {
    Field field =
        LAB.keep(
            Field.class, () -> Field.open(LAB.sandbox(), SpeakerLabLabIT.distribution(), 3, 1));
    field.awaitWhole();
    Ipv4 address = field.addresses().getFirst();
    LabNode owner = field.awaitOwner(address);
    LabNode third =
        field.lab().nodes().stream().filter(node -> !node.equals(owner)).toList().getLast();
    Failure.PAUSE.inflict(field.lab(), third);
    failure.inflict(field.lab(), owner);
    LabNode taker =
        field.lab().nodes().stream()
            .filter(node -> !node.equals(owner) && !node.equals(third))
            .findFirst()
            .orElseThrow();
    field.settleOn(address, taker);
    // As after a longer fault. Each kernel asks anew, and again after a second.
    field
        .lab()
        .nodes()
        .forEach(node -> node.host().ip("neigh", "flush", "dev", LabNode.LAN).orThrow());
    Thread.sleep(FORGOTTEN);

    long healed = System.nanoTime();
    failure.heal(field.lab(), owner);
    Thread.sleep(WATCHED);

    List<Sight> sights =
        field.observer().since(healed).stream()
            .filter(sight -> sight.address().equals(address))
            .toList();
    assertFalse(sights.isEmpty(), "nobody answered after the heal");
    List<Span> doubles = Answering.doubles(sights, JOINS);
    System.out.println(
        failure + ": two answered for " + doubles.stream().map(Span::length).toList());
    assertEquals(
        List.of(),
        doubles.stream().filter(span -> field.control().isLonger(span, BAR)).toList(),
        failure::toString);
    Failure.PAUSE.heal(field.lab(), third);
    field.settle();
  }
}
