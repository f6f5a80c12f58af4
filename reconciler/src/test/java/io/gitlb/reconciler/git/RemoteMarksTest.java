// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Untrusted;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was accepted survives the loss of the disk and whatever happens to the branch meanwhile.
class RemoteMarksTest {

  private static final String FILE = "shared/a.yaml";

  @TempDir Path temp;
  private RemoteRepository config;
  private RemoteRepository ledger;
  private Instant now = Instant.parse("2026-05-01T00:00:00Z");
  private int disks;
  private GitDefinitionSource source;

  @BeforeEach
  void start() {
    config = RemoteRepository.create(temp.resolve("config-remote.git"));
    ledger = RemoteRepository.create(temp.resolve("ledger-remote.git"));
    source = open();
  }

  @AfterEach
  void stop() {
    source.close();
  }

  private GitDefinitionSource open() {
    return new GitDefinitionSource(
        GitRemote.of(config.url(), "main", GitCredentials.NONE),
        List.of("shared"),
        temp.resolve("disk-" + disks),
        new ConfigSafety(
            Optional.empty(),
            Optional.of(
                new ConfigSafety.Marks(
                    GitRemote.of(ledger.url(), "allocations/lab", GitCredentials.NONE),
                    new ClusterName("lab"))),
            () -> now));
  }

  private void loseTheDisk() {
    source.close();
    disks++;
    source = open();
  }

  /// Takes a new head and lets the next poll mark it.
  private String accept(String text) {
    String commit = config.on("main").file(FILE, text).commit();
    assertEquals(commit, assertInstanceOf(Found.class, source.fetch(source.accepted())).commit());
    assertEquals(Optional.empty(), source.accept(commit));
    source.fetch(Optional.of(commit));
    return commit;
  }

  private String marks() {
    return ledger.git().run("for-each-ref", "--format=%(refname) %(objectname)", "refs/gitlb");
  }

  private String text(String commit) {
    return assertInstanceOf(Found.class, source.at(commit)).files().getFirst().text();
  }

  private void force(String text) {
    config.git().run("update-ref", "-d", "refs/heads/main");
    config.on("main").file(FILE, text).commit();
    config.git().run("gc", "--quiet", "--prune=now");
  }

  @Test
  void afterALostDiskTheAcceptedCommitIsThereThoughTheBranchWasForcedAway() {
    accept("1\n");
    String accepted = accept("2\n");
    assertEquals("refs/gitlb/lab/accepted " + accepted, marks());
    assertEquals("", ledger.git().run("fsck", "--strict", "--no-dangling"));

    force("evil\n");
    loseTheDisk();
    assertEquals(Optional.of(accepted), source.accepted());
    assertEquals("2\n", text(accepted));
    assertTrue(
        assertInstanceOf(Untrusted.class, source.fetch(Optional.of(accepted)))
            .why()
            .getFirst()
            .toString()
            .startsWith("GLB2201 "));

    config.git().run("update-ref", "-d", "refs/heads/main");
    loseTheDisk();
    assertEquals(
        "GLB2005",
        assertInstanceOf(Unavailable.class, source.fetch(Optional.empty())).failure().code());
    assertEquals("2\n", text(source.accepted().orElseThrow()));
  }

  @Test
  void noHeadIsTrustedWhileNobodyKnowsWhatWasAccepted() throws IOException {
    String accepted = accept("1\n");
    force("evil\n");
    Path away = temp.resolve("away.git");
    Files.move(ledger.git().path(), away);
    loseTheDisk();

    assertEquals(Optional.empty(), source.accepted());
    String why =
        assertInstanceOf(Unavailable.class, source.fetch(Optional.empty())).failure().toString();
    assertTrue(why.startsWith("GLB2208 which config commit was accepted last"), why);

    Files.move(away, ledger.git().path());
    assertInstanceOf(Untrusted.class, source.fetch(Optional.empty()));
    assertEquals(Optional.of(accepted), source.accepted());
  }

  @Test
  void heldCommitsAreKeptOnTheRemoteUntilNoRecordNamesThem() {
    String held = accept("1\n");
    assertEquals(Optional.empty(), source.keep(new TreeSet<>(List.of(held))));
    String accepted = accept("2\n");
    assertEquals(
        "refs/gitlb/lab/accepted %s\nrefs/gitlb/lab/held/%s %s".formatted(accepted, held, held),
        marks());

    force("elsewhere\n");
    loseTheDisk();
    source.accepted();
    assertEquals("1\n", text(held));

    assertEquals(Optional.empty(), source.keep(new TreeSet<>()));
    source.fetch(Optional.empty());
    assertEquals("refs/gitlb/lab/accepted " + accepted, marks());
  }

  @Test
  void nothingIsAskedOfTheLedgersRemoteWhenItHasTheMarks() throws IOException {
    String commit = accept("1\n");
    Files.move(ledger.git().path(), temp.resolve("away.git"));
    source.close();
    source = open();
    assertEquals(Optional.of(commit), source.accepted());
    source.fetch(Optional.of(commit));
    accept("2\n");
  }

  @Test
  void aServerThatRefusesMarksIsAskedAgainLater() throws IOException {
    Path refs = ledger.git().path().resolve("refs");
    Files.writeString(refs.resolve("gitlb"), "in the way");

    String commit = accept("1\n");
    assertEquals("", marks());
    Files.delete(refs.resolve("gitlb"));
    source.fetch(Optional.of(commit));
    assertEquals("", marks(), "not at once");
    now = now.plus(Duration.ofMinutes(1));
    source.fetch(Optional.of(commit));
    assertEquals("refs/gitlb/lab/accepted " + commit, marks());
  }

  @Test
  void anApprovalLetsAHeadReplaceTheAcceptedCommitUntilItExpires() {
    String accepted = accept("1\n");
    force("elsewhere\n");
    config.git().run("update-ref", "-d", "refs/heads/main");
    String other =
        config.on("main").file(FILE, approval("0".repeat(40), "2026-06-01T00:00:00Z")).commit();
    assertInstanceOf(Untrusted.class, source.fetch(Optional.of(accepted)), "another commit");
    config.on("main").file(FILE, approval(accepted, "2026-04-30T23:59:59Z")).commit();
    assertInstanceOf(Untrusted.class, source.fetch(Optional.of(other)), "expired");
    String good = config.on("main").file(FILE, approval(accepted, "2026-05-02T00:00:00Z")).commit();
    assertEquals(good, assertInstanceOf(Found.class, source.fetch(Optional.of(other))).commit());
    source.accept(good);
    source.fetch(Optional.of(good));
    assertEquals("refs/gitlb/lab/accepted " + good, marks());
    now = Instant.parse("2027-01-01T00:00:00Z");
    String next = config.on("main").file(FILE, "gone\n").commit();
    assertEquals(next, assertInstanceOf(Found.class, source.fetch(Optional.of(good))).commit());
  }

  private static String approval(String replaces, String expires) {
    return """
    apiVersion: gitlb.io/v1
    kind: Approval
    metadata: {name: new-history}
    spec:
      replaces: "%s"
      expires: "%s"
      reason: the repository was made anew
    """
        .formatted(replaces, expires);
  }
}
