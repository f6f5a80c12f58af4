// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.guard.ApprovalDigest;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What is held stays held until an Approval lets it go: of exactly that, in its time, once.
class ApprovalTest {

  private static final String LAN = pool("lan", "10.77.0.100-10.77.0.103");
  private static final String NEW = pool("new", "10.88.0.0-10.88.0.3");
  private static final String ADVERTISEMENT =
      """
      ---
      apiVersion: gitlb.io/v1
      kind: L2Advertisement
      metadata: {name: links}
      spec: {}
      """;
  private static final String NEVER = "sha256:" + "0".repeat(64);

  private final LoopStory story = new LoopStory();

  private static String pool(String name, String range) {
    return "---\napiVersion: gitlb.io/v1\nkind: IPAddressPool\nmetadata: {name: "
        + name
        + "}\nspec: {addresses: [\""
        + range
        + "\"]}\n";
  }

  private static String approval(String name, String names, String digest, String expires) {
    return "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata: {name: "
        + name
        + "}\nspec: {"
        + names
        + ", digest: \""
        + digest
        + "\", expires: \""
        + expires
        + "\", reason: the new range is there}\n";
  }

  private static String approval(String name, String names, String digest) {
    return approval(name, names, digest, "2027-01-01T00:00:00Z");
  }

  /// Two Services in the pool lan, which then goes; the pool new is there or not.
  private void held(String after) {
    story.config(LAN + ADVERTISEMENT).service("demo/a").service("demo/b").settle();
    story.config(after + ADVERTISEMENT).settle();
    assertEquals("held 10.77.0.100, held 10.77.0.101", records());
  }

  /// Of what is held at the addresses.
  private String digest(String... addresses) {
    List<AllocationRecord> records =
        Arrays.stream(addresses)
            .map(address -> story.ledger.local().records().get(IpAddress.of(address)))
            .toList();
    return ApprovalDigest.of(records).orElseThrow();
  }

  /// What somebody has.
  private String records() {
    return story.ledger.local().records().values().stream()
        .filter(record -> record.state() == State.ALLOCATED || record.state() == State.HELD)
        .map(record -> record.state().text() + " " + record.address())
        .collect(Collectors.joining(", "));
  }

  private String shown(String ref) {
    return story.cluster.server().service(ref).statusAddresses().toString();
  }

  private String said() {
    return story.reconciler().state().orElseThrow().failures().toString();
  }

  private void config(String... documents) {
    story.config(String.join("", documents) + ADVERTISEMENT);
  }

  @Test
  void theDigestIsThatOfLinesThatAnybodyCanWrite() {
    held(NEW);
    // printf 'release 10.77.0.100 demo/a\nrelease 10.77.0.101 demo/b\n' | sha256sum
    assertEquals(
        "sha256:d7dd7604", digest("10.77.0.101", "10.77.0.100").substring(0, 15), "of both");
  }

  @Test
  void anApprovedAddressIsReplacedMakeBeforeBreak() {
    held(NEW);
    config(NEW, approval("go", "addresses: [10.77.0.100]", digest("10.77.0.100")));
    story.poll().pass();
    assertTrue(
        story.trace.contains("commit allocate 10.88.0.0 to demo/a from pool new (automatic)"),
        story.trace::toString);
    assertEquals("held 10.77.0.100, held 10.77.0.101, allocated 10.88.0.0", records());
    assertTrue(story.speakers.carried().contains(IpAddress.of("10.77.0.100")));
    assertEquals("[10.77.0.100]", shown("demo/a"));
    story.settle();
    assertEquals("held 10.77.0.101, allocated 10.88.0.0", records());
    assertEquals("[10.88.0.0]", shown("demo/a"));
    assertEquals("[]", said());
  }

  @Test
  void withNothingElseFreeAnApprovedAddressIsLost() {
    story.config(LAN + ADVERTISEMENT).service("demo/a").settle();
    config(pool("new", "10.88.0.0-10.88.0.0"));
    story.service("demo/first").settle();
    config(
        pool("new", "10.88.0.0-10.88.0.0"), approval("go", "pools: [lan]", digest("10.77.0.100")));
    story.settle();
    assertEquals("allocated 10.88.0.0", records());
    assertEquals("[]", shown("demo/a"));
    assertTrue(
        story.cluster.server().service("demo/a").conditions().toString().contains("NoFreeAddress"));
  }

  @Test
  void theApprovalMayComeWithTheChange() {
    story.config(LAN + ADVERTISEMENT).service("demo/a").settle();
    config(NEW, approval("go", "pools: [lan]", digest("10.77.0.100")));
    story.settle();
    assertEquals("allocated 10.88.0.0", records());
  }

  @Test
  void anApprovedAdvertisementGoes() {
    story.config(LAN + ADVERTISEMENT).service("demo/a").settle();
    story.config(LAN).settle();
    assertEquals("held 10.77.0.100", records());
    story.config(LAN + approval("go", "pools: [lan]", digest("10.77.0.100"))).settle();
    assertEquals("allocated 10.77.0.100", records());
    assertTrue(story.speakers.carried().isEmpty());
    assertTrue(
        story
            .cluster
            .server()
            .service("demo/a")
            .conditions()
            .toString()
            .contains("NoAdvertisement"));
  }

  @Test
  void anApprovalOfSomethingElseReleasesNothingAndSaysTheRightDigest() {
    held(NEW);
    config(NEW, approval("go", "pools: [lan]", digest("10.77.0.100")));
    story.settle();
    assertEquals("held 10.77.0.100, held 10.77.0.101", records());
    assertTrue(said().contains("GLB7001"), this::said);
    assertTrue(said().contains(digest("10.77.0.100", "10.77.0.101")), this::said);
    assertTrue(said().contains("lan.yaml:9:18: the Approval go"), this::said);
    config(NEW, approval("go", "pools: [lan]", digest("10.77.0.100", "10.77.0.101")));
    story.settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
    assertEquals("[]", said());
  }

  @Test
  void whatIsHeldMeanwhileMakesTheApprovalAnotherOne() {
    story.config(LAN + NEW + ADVERTISEMENT).service("demo/a").service("demo/b").settle();
    String planned = digest("10.77.0.100", "10.77.0.101");
    story.service("demo/c").settle();
    config(NEW, approval("go", "pools: [lan]", planned));
    story.settle();
    assertEquals("held 10.77.0.100, held 10.77.0.101, held 10.77.0.102", records());
    assertTrue(said().contains("GLB7001"), this::said);
    story.delete("demo/c").settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
  }

  @Test
  void anExpiredApprovalDoesNothing() {
    held(NEW);
    config(
        NEW,
        approval(
            "go", "pools: [lan]", digest("10.77.0.100", "10.77.0.101"), "2025-12-31T23:59:00Z"));
    story.settle();
    assertEquals("held 10.77.0.100, held 10.77.0.101", records());
    assertTrue(said().contains("GLB7002"), this::said);
  }

  @Test
  void anApprovalExpiresWhileItWaits() {
    held(NEW);
    config(NEW, approval("go", "pools: [lan]", NEVER, "2026-01-01T01:00:00Z"));
    story.settle();
    assertTrue(said().contains("GLB7001"), this::said);
    story.after(Duration.ofHours(1)).settle();
    assertTrue(said().contains("GLB7002"), this::said);
  }

  @Test
  void anApprovalIsSpentOnceAndTheLedgerSaysSo() {
    held(NEW);
    String once = approval("go", "pools: [lan]", digest("10.77.0.100", "10.77.0.101"));
    config(NEW, once);
    story.settle();
    String file = story.ledger.local().files().find("approvals/go.yaml").orElseThrow();
    assertTrue(file.contains("approval: \"go\""), file);
    assertTrue(file.contains("configCommit: \"" + FakeDefinitionSource.id(3) + "\""), file);
    assertTrue(file.contains("address: \"10.77.0.101\"\n    service: \"demo/b\""), file);
    // The same again: the pool is back, and taken away again.
    story.config(pool("lan", "10.88.0.0-10.88.0.3") + ADVERTISEMENT).settle();
    config(pool("other", "10.99.0.0-10.99.0.3"), once);
    story.restart().settle();
    assertEquals("held 10.88.0.0, held 10.88.0.1", records());
    assertEquals(file, story.ledger.local().files().get("approvals/go.yaml"));
    assertEquals("[]", said());
  }

  @Test
  void aSpentNameIsNotUsedAgain() {
    held(NEW);
    config(NEW, approval("go", "addresses: [10.77.0.100]", digest("10.77.0.100")));
    story.settle();
    config(NEW, approval("go", "addresses: [10.77.0.101]", digest("10.77.0.101")));
    story.settle();
    assertEquals("held 10.77.0.101, allocated 10.88.0.0", records());
    assertTrue(said().contains("GLB7003"), this::said);
    config(NEW, approval("go-2", "addresses: [10.77.0.101]", digest("10.77.0.101")));
    story.settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
  }

  @Test
  void twoApprovalsOfTheSameAreOne() {
    held(NEW);
    String digest = digest("10.77.0.100", "10.77.0.101");
    config(NEW, approval("one", "pools: [lan]", digest), approval("two", "pools: [lan]", digest));
    story.settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
    assertEquals(1, story.ledger.local().files().size());
  }

  @Test
  void anApprovalOfWhatIsNotHeldWaitsSilently() {
    story.config(LAN + ADVERTISEMENT).service("demo/a").settle();
    config(LAN, approval("go", "pools: [lan]", NEVER));
    story.settle();
    assertEquals("allocated 10.77.0.100", records());
    assertEquals("[]", said());
    assertTrue(story.ledger.local().files().isEmpty());
  }

  @Test
  void aMoveThatIsUnderWayOutlivesARestartAndTheApproval() {
    held(NEW);
    story.speakers.set("n1", Availability.AWAY);
    story.speakers.set("n2", Availability.AWAY);
    config(NEW, approval("go", "pools: [lan]", digest("10.77.0.100", "10.77.0.101")));
    story.poll().pass();
    config(NEW);
    story.poll().pass().restart().poll();
    story.after(LoopSettings.DEFAULT.speakerPatience()).poll().pass();
    story.speakers.set("n1", Availability.THERE);
    story.speakers.set("n2", Availability.THERE);
    story.settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
  }

  @Test
  void whileTheDiskIsFullNothingIsSpentAndNothingReleased() {
    held(NEW);
    story.ledger.disk(Availability.AWAY);
    config(NEW, approval("go", "pools: [lan]", digest("10.77.0.100", "10.77.0.101")));
    story.poll().pass().pass();
    assertEquals("held 10.77.0.100, held 10.77.0.101", records());
    assertEquals("[10.77.0.100]", shown("demo/a"));
    assertEquals(2, story.speakers.carried().size());
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(2)).settle();
    assertEquals("allocated 10.88.0.0, allocated 10.88.0.1", records());
  }
}
