// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.demo.Progress.Goal;
import io.gitlb.demo.Progress.Look;
import io.gitlb.demo.Progress.News;
import io.gitlb.demo.Progress.Stage;
import io.gitlb.demo.git.LogEntry;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private static final ServiceRef WEB = new ServiceRef("demo", "web");
  private static final String ADDRESS = "192.0.2.10";
  private static final Duration AT = Duration.ofMillis(250);
  private static final LogEntry COMMIT =
      new LogEntry(
          "0123456789",
          "allocate 192.0.2.10",
          List.of(new LogEntry.Trailer("Service", "demo/web")));

  @Test
  void aServedServiceTellsItsStagesInTheOrderOfTheirEffects() {
    Progress progress = new Progress(WEB, Goal.ANNOUNCED);

    List<News> news =
        progress.observe(
            look(
                List.of(ADDRESS),
                Set.of("0123456789"),
                AnnouncementState.ANNOUNCED,
                Optional.empty()),
            AT);

    assertEquals(
        List.of(
            new News(AT, Stage.COMMITTED, "0123456789  allocate 192.0.2.10"),
            new News(AT, Stage.ALLOCATED, ADDRESS),
            new News(AT, Stage.PUSHED, "0123456789  is on the remote"),
            new News(AT, Stage.ANNOUNCED, "by node-a: ARP on eth0, BGP to tor")),
        news);
    assertEquals(List.of(), progress.missing());
  }

  @Test
  void whatWasToldIsNotToldAgain() {
    Progress progress = new Progress(WEB, Goal.ANNOUNCED);
    Look look = look(List.of(ADDRESS), Set.of(), AnnouncementState.ANNOUNCED, Optional.empty());
    progress.observe(look, AT);

    assertEquals(List.of(), progress.observe(look, AT.plus(AT)));
    assertEquals(List.of(Stage.PUSHED), progress.missing());
  }

  @Test
  void nothingSeenIsEverythingMissing() {
    Progress progress = new Progress(WEB, Goal.ANNOUNCED);
    Look nothing = new Look(List.of(), List.of(), Set.of(), new TreeMap<>());

    assertEquals(List.of(), progress.observe(nothing, AT));
    assertEquals(List.of(Stage.values()), progress.missing());
  }

  @Test
  void anAddressThatIsNotOnTheWireCountsOnlyWhereThereIsNone() {
    Look look =
        look(
            List.of(ADDRESS),
            Set.of("0123456789"),
            AnnouncementState.NOT_ANNOUNCED,
            Optional.of("NotOnLink"));

    Progress wired = new Progress(WEB, Goal.ANNOUNCED);
    wired.observe(look, AT);
    assertEquals(List.of(Stage.ANNOUNCED), wired.missing());

    Progress loopback = new Progress(WEB, Goal.TAKEN_OVER);
    List<News> news = loopback.observe(look, AT);
    assertEquals("not on the wire; held ready by node-a (NotOnLink)", news.getLast().detail());
    assertEquals(List.of(), loopback.missing());
  }

  private static Look look(
      List<String> addresses,
      Set<String> remote,
      AnnouncementState state,
      Optional<String> reason) {
    boolean announced = state == AnnouncementState.ANNOUNCED;
    AnnouncementStatus announcement =
        new AnnouncementStatus(
            IpAddress.parse(ADDRESS).orElseThrow(),
            state,
            reason,
            Instant.EPOCH,
            announced ? List.of("eth0") : List.of(),
            announced ? List.of(new PeerName("tor")) : List.of());
    NodeName node = new NodeName("node-a");
    SpeakerStatus status =
        new SpeakerStatus(
            node,
            "boot",
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(announcement),
            List.of(),
            List.of());
    return new Look(addresses, List.of(COMMIT), remote, new TreeMap<>(Map.of(node, status)));
  }
}
