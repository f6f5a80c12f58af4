// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.report.AnnouncingReport;
import io.gitlb.reconciler.report.AnnouncingReport.Move;
import io.gitlb.reconciler.report.AnnouncingText;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who announces, what people are told of it, and how addresses move for the sake of balance.
class OwnershipStoryTest {

  private final LoopStory story = new LoopStory();

  private void schedule(String node, Scheduling scheduling) {
    story
        .cluster
        .server()
        .node(
            new NodeView(
                new NodeName(node),
                ViewBuilder.labels(),
                List.of(),
                List.of(),
                Readiness.READY,
                Network.AVAILABLE,
                scheduling));
  }

  private AnnouncingReport report() {
    return story.reconciler().overview().orElseThrow().report(Optional.empty());
  }

  private List<String> owners() {
    return report().addresses().stream()
        .map(line -> line.owner().map(NodeName::value).orElse("-"))
        .toList();
  }

  /// Four Services, all of which n1 announces, though n2 is as good by now.
  private void allOnOne() {
    schedule("n2", Scheduling.CORDONED);
    story.config(LAN).service("demo/a").service("demo/b").service("demo/c").service("demo/d");
    story.settle();
    schedule("n2", Scheduling.SCHEDULABLE);
    story.settle();
    assertEquals(List.of("n1", "n1", "n1", "n1"), owners());
  }

  @Test
  void anotherOwnerIsOneEventAndAtRestNothingIsWritten() {
    story.config(LAN).service("demo/web").settle();
    String owner = owners().getFirst();
    schedule(owner, Scheduling.CORDONED);
    story.pass().pass().pass();
    List<String> told =
        story.trace.stream().filter(line -> line.matches("(status|event) .*")).toList();
    assertEquals(
        List.of(
            "status demo/web 10.77.0.100 Allocated=True/Allocated Announced=True/Announced",
            "event demo/web NORMAL nodeAssigned"),
        told);
    assertFalse(owners().contains(owner));
    story.settle();
    int writes = story.cluster.writes();
    for (int i = 0; i < 30; i++) {
      story.after(Duration.ofMinutes(1)).pass();
    }
    story.restart().settle();
    assertEquals(writes, story.cluster.writes());
  }

  @Test
  void withNobodyOnTheLinkTheServiceIsTold() {
    story.speakers.link("n1", "192.0.2.0/24");
    story.speakers.link("n2", "192.0.2.0/24");
    story.config(LAN).service("demo/web").settle();
    assertEquals("NotOnLink", report().addresses().getFirst().reason());
    story.speakers.link("n2", "10.77.0.0/24");
    story.settle();
    assertEquals(List.of("n2"), owners());
  }

  @Test
  void afterTenCalmMinutesOneAddressAMinuteMovesUntilBothHaveAsMany() {
    allOnOne();
    for (int i = 0; i < 9; i++) {
      story.after(Duration.ofMinutes(1)).settle();
    }
    assertEquals(List.of("n1", "n1", "n1", "n1"), owners());
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(List.of("n2", "n1", "n1", "n1"), owners());
    story.settle();
    assertEquals(List.of("n2", "n1", "n1", "n1"), owners());
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(List.of("n2", "n2", "n1", "n1"), owners());
    for (int i = 0; i < 20; i++) {
      story.after(Duration.ofMinutes(1)).settle();
    }
    assertEquals(List.of("n2", "n2", "n1", "n1"), owners());
  }

  @Test
  void whoStartsAnewBeginsTheTenMinutesAnew() {
    allOnOne();
    story.after(Duration.ofMinutes(9)).settle().restart().settle();
    story.after(Duration.ofMinutes(9)).settle();
    assertEquals(List.of("n1", "n1", "n1", "n1"), owners());
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(List.of("n2", "n1", "n1", "n1"), owners());
  }

  @Test
  void whereNothingIsToMoveNothingDoes() {
    allOnOne();
    story.config(LAN.replace("spec: {}", "spec: {rebalance: Never}")).settle();
    story.after(Duration.ofHours(1)).settle();
    assertEquals(List.of("n1", "n1", "n1", "n1"), owners());
  }

  @Test
  void theTablesTellWhoAnnouncesAndWhoIsNext() {
    story.speakers.link("n1", "10.77.0.0/24", "2001:db8::/64");
    schedule("n2", Scheduling.CORDONED);
    story.config(LAN).service("demo/web").service("longer-namespace/api").settle();
    assertEquals(
        """
        ADDRESS      SERVICE               STATE      FROM  SINCE                 CANDIDATES
        10.77.0.100  demo/web              Announced  n1    1970-01-01T00:00:00Z  n1 (owner), n2 (cordoned)
        10.77.0.101  longer-namespace/api  Announced  n1    1970-01-01T00:00:00Z  n1 (owner), n2 (cordoned)

        NODE  ADDRESSES  INTERFACES                        SPEAKER
        n1    2          eth0 10.77.0.0/24, 2001:db8::/64  up
        n2    0          -                                 up
        """,
        AnnouncingText.write(report()));
  }

  @Test
  void aDrainThatIsImaginedIsWhatHappensWhenItIsReal() {
    allOnOne();
    NodeName gone = new NodeName("n1");
    AnnouncingReport asked = story.reconciler().overview().orElseThrow().report(Optional.of(gone));
    assertTrue(
        AnnouncingText.write(asked)
            .startsWith(
                """
                Without n1 4 of 4 addresses would move, 0 to nobody:

                ADDRESS      SERVICE  FROM  TO
                10.77.0.100  demo/a   n1    n2
                """));
    List<String> foretold = new ArrayList<>();
    for (Move move : asked.drain().orElseThrow().moves()) {
      foretold.add(move.to().orElseThrow().value());
    }
    assertEquals(List.of("n1", "n1", "n1", "n1"), owners(), "nothing is changed");
    schedule("n1", Scheduling.CORDONED);
    story.settle();
    assertEquals(foretold, owners());
    schedule("n2", Scheduling.CORDONED);
    story.settle();
  }

  @Test
  void whatWouldBeLostIsSaidWithItsReason() {
    story.config(LAN).service("demo/web").settle();
    story.cluster.server().endpoints("demo/web", "n1");
    story.settle();
    AnnouncingReport asked =
        story.reconciler().overview().orElseThrow().report(Optional.of(new NodeName("n1")));
    assertEquals(1, asked.drain().orElseThrow().unserved());
    assertTrue(
        AnnouncingText.write(asked)
            .endsWith("nobody: NoEndpoint: no endpoint of the Service serves\n"),
        AnnouncingText.write(asked));
  }
}
