// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gitlb.reconciler.git.GitCli;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to the ledger's branch and its local copy costs nobody an address.
class LedgerHealingTest {

  private static final Duration MINUTES = Duration.ofMinutes(3);

  @TempDir Path temp;
  private LedgerStory story;
  private SortedMap<ServiceRef, List<IpAddress>> before;

  @BeforeEach
  void start() {
    story = new LedgerStory(temp);
    story.service("demo/a", "demo/b").settle().service("demo/c", "demo/d", "demo/e").settle();
    story.assertPushed();
    before = story.shown();
    assertEquals(5, before.size());
  }

  @AfterEach
  void stop() {
    story.close();
  }

  private void assertNothingLost() {
    SortedMap<ServiceRef, List<IpAddress>> now = story.shown();
    before.forEach((service, addresses) -> assertEquals(addresses, now.get(service)));
  }

  private IpAddress addressOf(String service) {
    return Objects.requireNonNull(before.get(ServiceRef.parse(service).orElseThrow())).getFirst();
  }

  private String older() {
    return story.remote.git().run("rev-parse", LedgerStory.BRANCH + "~1");
  }

  private void setRemoteTo(String commit) {
    story.remote.git().run("update-ref", "refs/heads/" + LedgerStory.BRANCH, commit);
  }

  @Test
  void aRemoteThatIsForcedBackIsFoundAtRestToldAndHealedByACommit() {
    String head = story.remote.head(LedgerStory.BRANCH);
    setRemoteTo(older());
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertTrue(story.codes().contains("GLB2019"), story.codes()::toString);
    assertEquals("restore the ledger, which was not as it had been left", story.log().getFirst());
    assertEquals(
        head,
        story.remote.git().run("rev-parse", LedgerStory.BRANCH + "~1"),
        "nothing of what was there is rewritten");
    assertEquals(
        "branch-restored",
        story
            .remote
            .git()
            .run("log", "-1", "--format=%(trailers:key=Event,valueonly)", LedgerStory.BRANCH));
    story.run(Duration.ofMinutes(15));
    assertFalse(story.codes().contains("GLB2019"), "told for ten minutes");
  }

  @Test
  void aBranchThatIsReplacedByAnotherOneIsHealedByACommitThatPutsBackWhatItLacks() {
    setRemoteTo(older());
    story.remote.on(LedgerStory.BRANCH).file("v4/10/77/0/10.77.0.150.yaml", "rubbish\n").commit();
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertTrue(story.codes().contains("GLB2019"), story.codes()::toString);
    assertTrue(story.log().contains("restore the ledger, which was not as it had been left"));
    assertEquals(
        "",
        story.localGit().run("rev-list", "HEAD", "--not", "origin/" + LedgerStory.BRANCH),
        "what was displaced is kept aside, the branch goes on from the remote's");
  }

  @Test
  void aBranchWithoutACommonHistoryIsHealedToo() {
    story.remote.git().run("update-ref", "-d", "refs/heads/" + LedgerStory.BRANCH);
    story.remote.on(LedgerStory.BRANCH).file("README.md", "new beginning\n").commit();
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertTrue(story.codes().contains("GLB2019"), story.codes()::toString);
  }

  @Test
  void whatHadBeenFreedStaysFreeWhenAReplacedBranchBringsItBack() {
    story.cluster.server().without("demo/b");
    story.run(Duration.ofMinutes(20));
    String free = addressOf("demo/b").toString();
    String record = "v4/10/77/0/" + free + ".yaml";
    String base =
        story
            .remote
            .git()
            .run("log", "--format=%H", "--diff-filter=A", LedgerStory.BRANCH, "--", record);
    setRemoteTo(base);
    story.remote.on(LedgerStory.BRANCH).file("README.md", "by hand\n").commit();
    story.run(MINUTES).assertPushed();
    assertTrue(
        story.state().ledger().records().find(IpAddress.parse(free).orElseThrow()).isEmpty());
  }

  @Test
  void aBranchThatIsDeletedOnTheRemoteIsPushedAnewAndToldOf() {
    story.remote.git().run("update-ref", "-d", "refs/heads/" + LedgerStory.BRANCH);
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertTrue(story.codes().contains("GLB2019"), story.codes()::toString);
    assertEquals("restore the ledger, which was not as it had been left", story.log().getFirst());
  }

  @Test
  void aLocalCopyThatIsDeletedWhileRunningIsMadeAnewWithWhatWasNotPushed() {
    story.remoteAway();
    story.service("demo/f").settle();
    assertEquals(6, story.shown().size());
    before = story.shown();
    story.remoteBack();
    LedgerStory.delete(story.local());
    story.service("demo/g").run(MINUTES).assertPushed();
    assertNothingLost();
    assertEquals(7, story.shown().size());
    assertTrue(story.codes().contains("GLB2013"), story.codes()::toString);
  }

  @Test
  void aLocalCopyThatIsDeletedWhileTheRemoteIsAwayHoldsUpNewAddressesOnly() {
    story.remoteAway();
    LedgerStory.delete(story.local());
    story.service("demo/f").unready("n1").trace.clear();
    story.run(MINUTES);
    assertNothingLost();
    assertEquals(5, story.shown().size(), "a new one waits");
    assertTrue(
        story.trace.stream().anyMatch(line -> line.startsWith("desired ")), "speakers hear on");
    story.remoteBack();
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertEquals(6, story.shown().size());
  }

  @Test
  void aLocalCopyThatIsCorruptedWhileRunningIsMadeAnew() throws IOException {
    corrupt(story.local());
    story.service("demo/f").run(MINUTES).assertPushed();
    assertNothingLost();
    assertEquals(6, story.shown().size());
  }

  @Test
  void aLocalCopyThatIsDeletedOrCorruptedWhileStoppedIsMadeAnew() throws IOException {
    story.restartWithoutDisk().service("demo/f").run(MINUTES).assertPushed();
    assertNothingLost();
    corrupt(story.local());
    story.restart().service("demo/g").run(MINUTES).assertPushed();
    assertNothingLost();
    assertEquals(7, story.shown().size());
  }

  private static void corrupt(Path repository) throws IOException {
    try (Stream<Path> files = Files.walk(repository.resolve("objects"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
        Files.writeString(file, "not an object");
      }
    }
  }

  @Test
  void whatALostDiskHadNotPushedComesFromTheSpeakers() {
    story.remoteAway();
    story.service("demo/f", "demo/g").settle();
    before = story.shown();
    assertEquals(7, before.size());
    // Their statuses are lost too: only the speakers know.
    story.cluster.server().madeAnew();
    story.remoteBack();
    story.speakers.carriesOn();
    story.restartWithoutDisk();
    story.trace.clear();
    story.run(MINUTES).assertPushed();
    assertNothingLost();
    assertTrue(
        story.trace.stream()
            .filter(line -> line.startsWith("desired"))
            .allMatch(line -> line.contains("10.77.0.106")),
        "the first state of the new epoch drops nothing: " + story.trace);
  }

  @Test
  void whatWasFreedIsNotTakenFromASpeakerThatWasAway() {
    story.speakers.set("n2", Availability.AWAY);
    story.cluster.server().without("demo/b");
    story.run(Duration.ofMinutes(20));
    story.speakers.carriesOn();
    story.speakers.set("n2", Availability.THERE);
    story.restart().run(MINUTES).assertPushed();
    IpAddress free = addressOf("demo/b");
    assertTrue(story.state().ledger().records().find(free).isEmpty());
  }

  @Test
  void aRemoteThatIsAwayForTheWholeRunStopsNothing() {
    story.remoteAway();
    for (int i = 0; i < 20; i++) {
      story.service("demo/x" + i).run(Duration.ofSeconds(30));
    }
    story.assertSound();
    assertEquals(25, story.shown().size());
    assertTrue(story.codes().contains("GLB2004"), story.codes()::toString);
    story.restart().run(MINUTES).assertSound();
    assertEquals(25, story.shown().size());
    story.remoteBack();
    story.run(MINUTES).assertPushed();
  }

  @Test
  void aFailedSyncStopsNewStatusesOnlyAndLoudly() {
    for (Boundaries.Step step : List.of(Boundaries.Step.COMMIT, Boundaries.Step.REF)) {
      story.boundaries =
          reached -> {
            if (reached == step) {
              throw new UncheckedIOException(new IOException("Input/output error"));
            }
          };
      String service = "demo/sync-" + step.name().toLowerCase(java.util.Locale.ROOT);
      story.service(service).run(Duration.ofSeconds(5));
      assertNothingLost();
      if (step == Boundaries.Step.COMMIT) {
        assertTrue(story.codes().contains("GLB2015"), story.codes()::toString);
        assertEquals(5, story.shown().size(), "no new status");
      }
      story.boundaries = Boundaries.NONE;
      story.run(MINUTES).assertPushed();
      assertTrue(story.shown().containsKey(ServiceRef.parse(service).orElseThrow()));
    }
  }

  @Test
  void aFullDiskStopsNewAddressesOnlyAndLoudly() throws Exception {
    Path disk = Files.createDirectories(temp.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()), "not root");
    try {
      story.stateAt(disk.resolve("state")).restart().settle().assertPushed();
      fill(disk.resolve("ballast"));
      story.service("demo/f").run(Duration.ofMinutes(1));
      assertNothingLost();
      assertEquals(5, story.shown().size(), "no new status");
      assertTrue(story.codes().contains("GLB2014"), story.codes()::toString);
      story.trace.clear();
      story.unready("n1").run(Duration.ofSeconds(10));
      assertFalse(
          story.trace.stream().filter(line -> line.startsWith("desired")).toList().isEmpty());
      Files.delete(disk.resolve("ballast"));
      story.run(MINUTES).assertPushed();
      assertEquals(6, story.shown().size());
      story.close();
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  private static void fill(Path file) {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // That was the last one.
    }
  }

  @Test
  void aClockThatRunsAnHourAheadAndIsSetBackPoisonsNothing() {
    story.now = story.now.plus(Duration.ofHours(1));
    story.cluster.server().without("demo/b");
    story.service("demo/f").settle().assertPushed();
    story.now = story.now.minus(Duration.ofHours(1));
    story.service("demo/g").settle().assertPushed();
    before.remove(ServiceRef.parse("demo/b").orElseThrow());
    assertNothingLost();
    assertEquals(6, story.shown().size());
    GitCli git = story.remote.git();
    List<Long> dates =
        git.run("log", "--format=%ct", LedgerStory.BRANCH).lines().map(Long::valueOf).toList();
    assertEquals(
        dates.stream().sorted(java.util.Comparator.reverseOrder()).toList(),
        dates,
        "dates never run backwards");
    String effective =
        git.run("log", "-1", "--format=%(trailers:key=Effective-At,valueonly)", LedgerStory.BRANCH);
    assertTrue(effective.startsWith("2026-01-01T00:"), effective);
    assertTrue(
        git.run("log", "-1", "--format=%cI", LedgerStory.BRANCH).startsWith("2026-01-01T01:"));
    story
        .state()
        .ledger()
        .records()
        .values()
        .forEach(record -> assertFalse(record.since().isAfter(story.now), record::toString));
    // What was released under the wrong clock is free in time.
    story.run(Duration.ofMinutes(20));
    assertEquals(6, story.state().ledger().records().size());
  }

  @Test
  void aClusterThatIsRebuiltGetsEveryAddressBackWhenItTakesTheLedgerOver() {
    story.cluster.server().madeAnew().clusterUid("rebuilt");
    story.speakers.forgetAll();
    story.restartWithoutDisk();
    story.run(MINUTES);
    assertEquals("GLB5002", ((Outcome.Stalled) story.pass()).cause().code());
    assertEquals(0, story.shown().size());
    story.conduct = story.conduct.takingOver("another-one");
    story.restart().run(MINUTES);
    assertEquals("GLB5002", ((Outcome.Stalled) story.pass()).cause().code());

    story.conduct = story.conduct.takingOver("cluster-1");
    story.restart().run(MINUTES).assertPushed();

    assertEquals(before, story.shown());
    assertEquals(
        "clusterUid: \"rebuilt\"",
        story.remote.git().run("show", LedgerStory.BRANCH + ":cluster.yaml"));
    assertTrue(story.log().contains("take the ledger over for another cluster"));
    // The option may stay; it means nothing any more.
    story.restart().service("demo/f").run(MINUTES).assertPushed();
    assertEquals(6, story.shown().size());
  }
}
