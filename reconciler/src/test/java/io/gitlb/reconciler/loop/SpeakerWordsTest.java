// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SpeakerWordsTest {

  private final SpeakerWords words = new SpeakerWords();
  private final SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();

  private static AnnouncementStatus status(int address, AnnouncementState state, boolean link) {
    return new AnnouncementStatus(
        new Ipv4(address),
        state,
        state == AnnouncementState.NOT_ANNOUNCED ? Optional.of("NoCapture") : Optional.empty(),
        Instant.EPOCH,
        link ? List.of("eth0") : List.of(),
        List.of());
  }

  private static AnnouncementStatus missing(int address, String reason) {
    return new AnnouncementStatus(
        new Ipv4(address),
        AnnouncementState.NOT_ANNOUNCED,
        Optional.of(reason),
        Instant.EPOCH,
        List.of(),
        List.of());
  }

  private void report(String node, AnnouncementStatus... announcements) {
    report(node, List.of(announcements), Optional.empty());
  }

  private void report(
      String node, List<AnnouncementStatus> announcements, Optional<Failure> failure) {
    NodeName name = new NodeName(node);
    SpeakerStatus status =
        new SpeakerStatus(
            name,
            "boot",
            1,
            Optional.empty(),
            Optional.empty(),
            announcements,
            List.of(),
            List.of());
    reports.put(name, new SpeakerReport(Optional.empty(), Optional.of(status), failure));
  }

  private String heard() {
    return words.hear(reports).entrySet().stream()
        .map(
            entry ->
                entry.getKey()
                    + " "
                    + entry.getValue().announcing()
                    + entry.getValue().onLink().keySet()
                    + entry.getValue().failing())
        .collect(Collectors.joining("; "));
  }

  @Test
  void aSpeakerAnnouncesOnALinkOrByRoutesOrFailsOrStandsBy() {
    report(
        "n1",
        status(1, AnnouncementState.ANNOUNCED, true),
        status(2, AnnouncementState.ANNOUNCED, false),
        status(3, AnnouncementState.NOT_ANNOUNCED, false),
        status(4, AnnouncementState.STANDBY, false));
    assertEquals("0.0.0.1 [n1][n1]{}; 0.0.0.2 [n1][]{}; 0.0.0.3 [][]{n1=NoCapture}", heard());
  }

  @Test
  void whoWaitsHasNotFoundOutYet() {
    report(
        "n1",
        missing(1, "Waiting"),
        missing(2, "WaitingForReconciler"),
        missing(3, "WaitingForServiceProxy"),
        missing(4, "WaitingForSpeakers"),
        missing(5, "StateTooOld"));
    assertEquals("0.0.0.5 [][]{n1=StateTooOld}", heard());
  }

  @Test
  void aSpeakerThatCannotBeReachedSaysNothing() {
    report("n1", status(1, AnnouncementState.ANNOUNCED, true));
    report("n2", status(1, AnnouncementState.NOT_ANNOUNCED, false));
    assertEquals("0.0.0.1 [n1][n1]{n2=NoCapture}", heard());
    report(
        "n1",
        List.of(status(1, AnnouncementState.ANNOUNCED, true)),
        Optional.of(new Failure("GLB3001", "the speaker does not answer")));
    assertEquals("0.0.0.1 [][]{n2=NoCapture}", heard());
    reports.clear();
    assertEquals("", heard());
  }

  @Test
  void whatHasNotChangedIsTheSameObject() {
    report("n1", status(1, AnnouncementState.ANNOUNCED, true));
    report("n2", status(1, AnnouncementState.STANDBY, false));
    SnapshotMap<IpAddress, Said> first = words.hear(reports);
    assertSame(first, words.hear(reports));
    report("n1", status(1, AnnouncementState.ANNOUNCED, true));
    assertSame(first, words.hear(reports), "said again");
  }

  @Test
  void whateverTheyTellStepByStepEqualsWhatTheyTellAtOnce() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      reports.clear();
      SpeakerWords steps = new SpeakerWords();
      for (int step = 0; step < 30; step++) {
        change(random);
        assertEquals(
            new SpeakerWords().hear(reports),
            steps.hear(reports),
            "seed " + seed + " step " + step);
      }
    }
  }

  private void change(Random random) {
    String node = "n" + random.nextInt(4);
    if (random.nextInt(6) == 0) {
      reports.remove(new NodeName(node));
      return;
    }
    List<AnnouncementStatus> announcements = new ArrayList<>();
    for (int address = 0; address < 12; address++) {
      if (random.nextInt(3) > 0) {
        announcements.add(
            status(
                address,
                List.of(AnnouncementState.values()).get(random.nextInt(3)),
                random.nextBoolean()));
      }
    }
    report(
        node,
        announcements,
        random.nextInt(8) == 0
            ? Optional.of(new Failure("GLB3001", "the speaker does not answer"))
            : Optional.empty());
  }
}
