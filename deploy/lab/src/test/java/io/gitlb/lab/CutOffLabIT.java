// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.lab.segment.ArpPinger;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A holder that the reconciler does not reach while its peers do reach both.
@SharesLab
final class CutOffLabIT {

  private static final IpAddress FREED = IpAddress.of("10.78.0.100");
  private static final IpAddress KEPT = IpAddress.of("10.78.0.101");

  /// Two seconds for a push to come first, up to five for the try that fails, the peers' word
  /// within one, and two for it to settle; the rest is for a slow machine.
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration A_WHILE = Duration.ofSeconds(5);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void whatWasFreedIsNotAnsweredForAndWhatWasNotIs() {
    SpeakerLab speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 3, SpeakerLab.Management.OWN_NETWORK);
    speakers.serveStates();
    speakers.nodes().forEach(node -> speakers.start(node));
    LabNode holder = speakers.nodes().getFirst();
    speakers.decide(candidates(speakers, FREED, KEPT));
    try (ArpPinger client = new ArpPinger(speakers.client(), new Ipv4(0x0A4E_00C8))) {
      Await.until("both are answered", LIMIT, () -> answered(client), "both"::equals);
      Await.until(
          "the first node holds both",
          LIMIT,
          () -> announced(speakers, holder),
          all -> all.equals("[" + FREED + ", " + KEPT + "]"));
      speakers.cutOff(holder);
      long freedAt = System.nanoTime();
      List<LabNode> told = speakers.decide(candidates(speakers, KEPT));
      assertEquals(speakers.nodes().subList(1, 3), told);
      Await.until("one is not answered", LIMIT, () -> answered(client), "kept"::equals);
      System.out.printf(
          "a freed address was answered for %d ms after it was freed%n",
          Duration.ofNanos(System.nanoTime() - freedAt).toMillis());
      Await.always("only that", A_WHILE, () -> answered(client), "kept"::equals);
      speakers.reconnect(holder);
      long healedAt = System.nanoTime();
      Optional<Generation> newest =
          speakers.status(speakers.nodes().getLast()).orElseThrow().stored();
      // Nobody pushes: the lab does when it decides.
      Await.until(
          "the state is fetched",
          LIMIT,
          () -> speakers.status(holder).flatMap(SpeakerStatus::stored),
          newest::equals);
      System.out.printf(
          "fetched %d ms after the heal%n",
          Duration.ofNanos(System.nanoTime() - healedAt).toMillis());
      Await.until(
          "nothing is wrong any more",
          LIMIT,
          () -> speakers.status(holder).map(SpeakerStatus::problems).orElse(List.of("no status")),
          List::isEmpty);
      assertEquals("[" + KEPT + "]", announced(speakers, holder));
      assertEquals("kept", answered(client));
    }
  }

  private static SortedMap<IpAddress, List<NodeName>> candidates(
      SpeakerLab speakers, IpAddress... addresses) {
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    for (IpAddress address : addresses) {
      candidates.put(address, speakers.nodes().stream().map(LabNode::name).toList());
    }
    return candidates;
  }

  private static String answered(ArpPinger client) {
    boolean freed = client.ask(new Ipv4(0x0A4E_0064)).isPresent();
    boolean kept = client.ask(new Ipv4(0x0A4E_0065)).isPresent();
    return freed ? kept ? "both" : "freed" : kept ? "kept" : "none";
  }

  private static String announced(SpeakerLab speakers, LabNode node) {
    return speakers.status(node).stream()
        .flatMap(status -> status.announcements().stream())
        .filter(one -> one.state() == SpeakerStatus.AnnouncementState.ANNOUNCED)
        .map(SpeakerStatus.AnnouncementStatus::address)
        .map(IpAddress::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
