// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.guard.ApprovalDigest;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A Suspension freezes definitions and allocations until it is removed, and nothing else.
class SuspensionTest {

  private static final String SUSPENSION =
      """
      ---
      apiVersion: gitlb.io/v1
      kind: Suspension
      metadata: {name: freeze}
      spec: {reason: the year ends}
      """;
  private static final String OTHER =
      LoopStory.LAN.replace("10.77.0.100-10.77.0.103", "10.88.0.0-10.88.0.3");

  private final LoopStory story = new LoopStory();

  private LoopStory before() {
    return story.config(LoopStory.LAN).service("demo/web").settle();
  }

  private String records() {
    return story.ledger.local().records().values().stream()
        .map(record -> record.state().text() + " " + record.address())
        .collect(Collectors.joining(", "));
  }

  private String condition(String ref) {
    return story.cluster.server().service(ref).conditions().toString();
  }

  private String said() {
    return story.reconciler().state().orElseThrow().failures().toString();
  }

  private String inForce() {
    return story.reconciler().state().orElseThrow().configCommit().orElseThrow();
  }

  @Test
  void theDefinitionsBeforeStayInForce() {
    before();
    story.config(OTHER + SUSPENSION).settle();
    assertEquals("allocated 10.77.0.100", records());
    assertEquals(FakeDefinitionSource.id(1), inForce());
    assertEquals(Optional.of(FakeDefinitionSource.id(1)), story.definitions.accepted());
    assertTrue(said().contains("GLB7004"), this::said);
    assertTrue(said().contains("the year ends"), this::said);
    story.config(OTHER).settle();
    assertEquals("held 10.77.0.100", records());
    assertEquals(FakeDefinitionSource.id(3), inForce());
    assertEquals("[]", said());
  }

  @Test
  void whoWaitsIsTold() {
    before();
    story.config(LoopStory.LAN + SUSPENSION).service("demo/new").settle();
    assertEquals("allocated 10.77.0.100", records());
    assertTrue(
        condition("demo/new").contains("status=False, reason=Suspended"), condition("demo/new"));
    assertTrue(condition("demo/new").contains("the year ends"), condition("demo/new"));
    assertTrue(condition("demo/web").contains("reason=Allocated"), condition("demo/web"));
    story.config(LoopStory.LAN).settle();
    assertEquals("allocated 10.77.0.100, allocated 10.77.0.101", records());
  }

  @Test
  void nothingMoves() {
    before();
    story.config(LoopStory.LAN + SUSPENSION).settle();
    story
        .cluster
        .server()
        .service(
            ServiceBuilder.of(story.cluster.server().service("demo/web"))
                .loadBalancerIp("10.77.0.103"));
    story.settle();
    assertEquals("allocated 10.77.0.100", records());
    assertTrue(
        condition("demo/web").contains("status=True, reason=Suspended"), condition("demo/web"));
    assertEquals(1, story.speakers.carried().size());
    story.config(LoopStory.LAN).settle();
    assertTrue(story.speakers.carried().contains(IpAddress.of("10.77.0.103")));
  }

  @Test
  void nothingIsReleased() {
    before();
    story.config(LoopStory.LAN + SUSPENSION).settle();
    story.delete("demo/web").after(Duration.ofHours(1)).settle();
    assertEquals("allocated 10.77.0.100", records());
    story.config(LoopStory.LAN).settle();
    assertEquals("retained 10.77.0.100", records());
  }

  @Test
  void whatRestsGoesOnResting() {
    before();
    story.delete("demo/web").settle();
    assertEquals("retained 10.77.0.100", records());
    story.config(LoopStory.LAN + SUSPENSION).settle();
    story.after(Duration.ofHours(1)).settle();
    assertEquals("retained 10.77.0.100", records());
  }

  @Test
  void withdrawalsForHealthGoOn() {
    before();
    story.config(LoopStory.LAN + SUSPENSION).settle();
    story.cluster.server().endpoints("demo/web");
    story.settle();
    assertTrue(story.speakers.carried().isEmpty());
    story.cluster.server().endpoints("demo/web", "n2");
    story.settle();
    assertEquals(1, story.speakers.carried().size());
  }

  @Test
  void anApprovalWaitsForTheEnd() {
    before();
    story.config(OTHER).settle();
    String approval =
        "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata: {name: go}\nspec:"
            + " {pools: [lan], digest: \""
            + ApprovalDigest.of(story.ledger.local().records().values()).orElseThrow()
            + "\", expires: \"2027-01-01T00:00:00Z\", reason: r}\n";
    story.config(OTHER + approval + SUSPENSION).settle();
    assertEquals("held 10.77.0.100", records());
    story.config(OTHER + approval).settle();
    assertTrue(records().contains("allocated 10.88.0.0"), this::records);
  }

  @Test
  void aRestartDoesNotEndIt() {
    before();
    story.config(LoopStory.LAN + SUSPENSION).settle();
    story.definitions.away(Availability.AWAY);
    story.restart().service("demo/new");
    story.poll().poll().poll();
    assertEquals("allocated 10.77.0.100", records());
    assertTrue(said().contains("GLB7004"), this::said);
    story.definitions.away(Availability.THERE);
    story.settle();
    assertEquals("allocated 10.77.0.100", records());
    story.config(LoopStory.LAN).settle();
    assertEquals("allocated 10.77.0.100, allocated 10.77.0.101", records());
    assertTrue(story.ledger.local().files().isEmpty());
  }

  @Test
  void aFirstCommitThatIsSuspendedServesForWhatIsThere() {
    story.config(LoopStory.LAN + SUSPENSION).service("demo/web");
    story.service("demo/old", ServiceBuilder.service("demo/old").status("10.77.0.102")).settle();
    assertEquals("", records());
    assertEquals(
        "[10.77.0.102]", story.cluster.server().service("demo/old").statusAddresses().toString());
    story.config(LoopStory.LAN).settle();
    assertEquals(
        State.ALLOCATED,
        story.ledger.local().records().find(IpAddress.of("10.77.0.102")).orElseThrow().state());
  }

  @Test
  void aCommitThatWasNotRecordedYetIsNotAcceptedByASuspension() {
    before();
    story.ledger.disk(Availability.AWAY);
    story.config(OTHER).poll();
    story.config(OTHER + SUSPENSION).poll();
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(2)).settle();
    assertEquals("allocated 10.77.0.100", records());
    assertEquals(1, story.speakers.carried().size());
    story.config(OTHER).settle();
    assertEquals("held 10.77.0.100", records());
    assertEquals(1, story.speakers.carried().size());
  }
}
