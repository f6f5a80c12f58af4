// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.guard.ApprovalDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Where change windows are defined, a commit that disturbs live addresses waits for one.
class ChangeWindowTest {

  /// Every day from 22:00 to 23:00 UTC; the story begins at 0:00.
  private static final String WINDOW =
      """
      ---
      apiVersion: gitlb.io/v1
      kind: ChangeWindow
      metadata: {name: nights}
      spec: {schedule: "0 0 22 * * ?", duration: 1h}
      """;

  private static final String OTHER =
      LoopStory.LAN.replace("10.77.0.100-10.77.0.103", "10.88.0.0-10.88.0.3");

  private final LoopStory story = new LoopStory();

  private void before() {
    story.config(LoopStory.LAN + WINDOW).service("demo/web").settle();
  }

  private String records() {
    return story.ledger.local().records().values().stream()
        .map(record -> record.state().text() + " " + record.address())
        .collect(Collectors.joining(", "));
  }

  private String said() {
    return story.reconciler().state().orElseThrow().failures().toString();
  }

  private int inForce() {
    return Integer.parseInt(
        story.reconciler().state().orElseThrow().configCommit().orElseThrow(), 16);
  }

  @Test
  void aCommitThatTakesLiveAddressesWaitsForTheWindow() {
    before();
    story.config(OTHER + WINDOW).settle();
    assertEquals("allocated 10.77.0.100", records());
    assertEquals(1, inForce());
    assertTrue(said().contains("GLB7006"), this::said);
    assertTrue(said().contains("10.77.0.100"), this::said);
    assertTrue(said().contains("opens at 2026-01-01T22:00:00Z"), this::said);
    Instant next = story.reconciler().state().orElseThrow().outcome().next().orElseThrow();
    Instant opening = Instant.parse("2026-01-01T22:00:00Z");
    assertFalse(next.isAfter(opening), next::toString);
    story.now = opening.minusSeconds(2);
    story.settle();
    assertEquals(1, inForce());
    story.now = opening;
    story.settle();
    assertEquals("held 10.77.0.100", records());
    assertEquals(2, inForce());
    assertEquals("[]", said());
  }

  @Test
  void aCommitThatOnlyAddsPasses() {
    before();
    story.config(LoopStory.LAN.replace("10.77.0.103", "10.77.0.120") + WINDOW).settle();
    assertEquals(2, inForce());
    assertEquals("[]", said());
  }

  @Test
  void aCommitThatTakesAnAdvertisementWaits() {
    before();
    story.config(LoopStory.LAN.substring(0, LoopStory.LAN.indexOf("---")) + WINDOW).settle();
    assertEquals(1, inForce());
    assertTrue(said().contains("GLB7006"), this::said);
  }

  @Test
  void aCommitThatMovesAServiceWaits() {
    before();
    story.config(
        LoopStory.LAN
            + "---\napiVersion: gitlb.io/v1\nkind: PinnedIP\nmetadata: {name: p}\nspec:"
            + " {service: demo/web, addresses: [10.77.0.103]}\n"
            + WINDOW);
    story.settle();
    assertEquals(1, inForce());
    story.after(Duration.ofHours(22)).settle();
    assertTrue(records().contains("allocated 10.77.0.103"), this::records);
  }

  @Test
  void takingTheWindowAwayOpensNone() {
    before();
    story.config(OTHER).settle();
    assertEquals(1, inForce());
    assertTrue(said().contains("GLB7006"), this::said);
  }

  @Test
  void restoringAnEarlierAcceptedStatePasses() {
    before();
    String wide = LoopStory.LAN.replace("10.77.0.103", "10.77.0.120") + WINDOW;
    story.config(wide);
    for (int i = 0; i < 6; i++) {
      story.service("demo/s" + i);
    }
    story.settle();
    story.config(LoopStory.LAN + WINDOW).settle();
    assertEquals(3, inForce());
    story.restart().config(wide).settle();
    assertEquals(4, inForce());
  }

  @Test
  void anApprovalWaitsForTheWindow() {
    story.config(LoopStory.LAN).service("demo/web").settle();
    story.config(OTHER + WINDOW).settle();
    assertEquals("held 10.77.0.100", records());
    String digest = ApprovalDigest.of(story.ledger.local().records().values()).orElseThrow();
    story.config(
        OTHER
            + WINDOW
            + "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata: {name: go}\nspec:"
            + " {pools: [lan], digest: \""
            + digest
            + "\", expires: \"2027-01-01T00:00:00Z\", reason: r}\n");
    story.settle();
    assertEquals("held 10.77.0.100", records());
    assertEquals(2, inForce());
    story.after(Duration.ofHours(22)).settle();
    assertTrue(records().contains("allocated 10.88.0.0"), this::records);
  }

  @Test
  void whatComesAfterwardsReplacesWhatWaits() {
    before();
    story.config(OTHER + WINDOW).settle();
    story.config(LoopStory.LAN.replace("10.77.0.103", "10.77.0.120") + WINDOW).settle();
    assertEquals(3, inForce());
    assertEquals("[]", said());
  }

  @Test
  void aRestartGoesOnWaiting() {
    before();
    story.config(OTHER + WINDOW).settle();
    story.restart().settle();
    assertEquals("allocated 10.77.0.100", records());
    assertEquals(1, inForce());
    assertTrue(said().contains("GLB7006"), this::said);
  }

  @Test
  void withoutWindowsNothingWaits() {
    story.config(LoopStory.LAN).service("demo/web").settle();
    story.config(OTHER).settle();
    assertEquals(2, inForce());
  }
}
