// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Somebody sets the clock of a node that holds an address, back and ahead: nothing happens.
@NeedsLab
final class ClockStepLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// A second until the speaker sees it, and longer than detection, a claim and a probe.
  private static final Duration WATCHED = Duration.ofMillis(2_500);

  private static final Duration SILENT = Duration.ofMillis(150);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theOwnerGoesOnWhereverItsClockIsSet() throws InterruptedException {
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 2, SpeakerLab.Management.OWN_NETWORK);
    speakers.ownClocks();
    Field field = Field.open(speakers, lab.sandbox(), 2, List.of());
    field.decide(field.allCandidates(1));
    Ipv4 address = field.addresses().getFirst();
    LabNode owner = field.awaitOwner(address);
    Optional<AnnouncementStatus> before = announced(field, owner, address);
    for (Failure failure : List.of(Failure.CLOCK_BACK, Failure.CLOCK_AHEAD)) {
      long start = System.nanoTime();
      failure.inflict(speakers, owner);
      Thread.sleep(WATCHED);
      assertUndisturbed(field, address, owner, new Span(start, System.nanoTime()));
      assertEquals(
          before.map(AnnouncementStatus::since),
          announced(field, owner, address).map(AnnouncementStatus::since));
    }
    assertBeginsBy(field, owner, Instant.now().plusSeconds(90));
    Failure.CLOCK_AHEAD.heal(speakers, owner);
    assertEquals(Collections.emptySortedMap(), field.conflicts(speakers.nodes()));
  }

  private static void assertUndisturbed(Field field, Ipv4 address, LabNode owner, Span span) {
    List<Sight> sights =
        field.observer().since(span.from()).stream()
            .filter(sight -> sight.address().equals(address) && sight.nanos() < span.to())
            .toList();
    assertTrue(sights.stream().allMatch(sight -> sight.mac().equals(owner.mac())), "it moved");
    assertEquals(
        List.of(),
        Answering.silences(sights, span, SILENT).stream()
            .filter(silence -> field.control().isLonger(silence, SILENT))
            .toList());
  }

  /// What the node announces from now on it announces by its own clock.
  private static void assertBeginsBy(Field field, LabNode owner, Instant clock) {
    Ipv4 other = field.addresses().get(1);
    SortedMap<IpAddress, List<NodeName>> candidates = field.allCandidates(1);
    candidates.put(other, List.of(owner.name()));
    field.decide(candidates);
    Instant since =
        Await.until(
                "it has the other one, too",
                LIMIT,
                () -> announced(field, owner, other),
                Optional::isPresent)
            .orElseThrow()
            .since();
    Duration off = Duration.between(clock, since).abs();
    assertTrue(off.compareTo(LIMIT) < 0, () -> off + " off its clock");
  }

  private static Optional<AnnouncementStatus> announced(Field field, LabNode node, Ipv4 address) {
    return field.lab().status(node).map(SpeakerStatus::announcements).orElse(List.of()).stream()
        .filter(one -> one.address().equals(address))
        .filter(one -> one.state() == AnnouncementState.ANNOUNCED)
        .findFirst();
  }
}
