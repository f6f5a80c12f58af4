// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two nodes alone, of which one does not hear the other, while clients hear both: one of them
/// answers, since each knows from the other that clients are heard there.
@NeedsLab
final class OneWayLabIT {

  private static final Duration JOINS = Duration.ofMillis(50);
  private static final long SETTLES = 3_000;
  private static final long WATCHED = 1_000;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void oneAnswersOfTwoThatHearEachOtherOneWayOnly() throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 2, 1);
    Ipv4 address = field.addresses().getFirst();
    LabNode owner = field.owner(address).orElseThrow();
    LabNode other =
        field.lab().nodes().stream().filter(node -> !node.equals(owner)).findFirst().orElseThrow();

    field.lab().lan().lose(owner.mac(), other.host());
    Thread.sleep(SETTLES);
    assertTrue(isDown(field, other), "the other hears the owner all the same");
    assertEquals(List.of(), doubles(field, address), "the owner is not heard");
    field.lab().lan().heal(other.host());
    field.settle();

    LabNode now = field.owner(address).orElseThrow();
    LabNode standby = now.equals(owner) ? other : owner;
    field.lab().lan().lose(standby.mac(), now.host());
    Thread.sleep(SETTLES);
    assertTrue(isDown(field, now), "the owner hears the other all the same");
    assertEquals(List.of(), doubles(field, address), "the owner does not hear");
    assertEquals(Optional.of(now), field.owner(address));
  }

  /// Whether it says that it has lost the other.
  private static boolean isDown(Field field, LabNode node) {
    return field.lab().status(node).orElseThrow().members().stream()
        .filter(member -> member.interfaceName().equals(LabNode.LAN))
        .anyMatch(member -> !member.state().equalsIgnoreCase("up"));
  }

  private static List<Answering.Span> doubles(Field field, Ipv4 address)
      throws InterruptedException {
    long from = System.nanoTime();
    Thread.sleep(WATCHED);
    List<Sight> sights =
        field.observer().since(from).stream()
            .filter(sight -> sight.address().equals(address))
            .toList();
    assertFalse(sights.isEmpty(), "nobody answers");
    return Answering.doubles(sights, JOINS);
  }
}
