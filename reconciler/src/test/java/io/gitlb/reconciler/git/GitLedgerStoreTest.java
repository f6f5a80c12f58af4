// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Displaced;
import io.gitlb.reconciler.loop.LedgerStore.Load;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.reconciler.loop.LedgerStore.Remote;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitLedgerStoreTest {

  static final String CONFIG_COMMIT = "12345678901234567890e1234567890123456789";
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = "allocations/lab";

  @TempDir Path temp;
  private RemoteRepository remote;
  private GitLedgerStore store;

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    store = open("state");
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private GitLedgerStore open(String state) {
    return new GitLedgerStore(
        GitRemote.of(remote.url(), GitLedgerStore.branch(CLUSTER), GitCredentials.NONE),
        BotIdentity.of(CLUSTER),
        temp.resolve(state));
  }

  static AllocationRecord record(String address, String service) {
    return new AllocationRecord(
        IpAddress.parse(address).orElseThrow(),
        new PoolName("lan"),
        List.of(new Holder(new ServiceRef("demo", service), "uid-" + service, List.of("TCP/80"))),
        State.ALLOCATED,
        Reason.AUTOMATIC,
        NOW,
        CONFIG_COMMIT);
  }

  static LedgerEdit put(String address, String service) {
    return new LedgerEdit.Put(record(address, service), Action.ALLOCATE);
  }

  static CommitNote note(Instant now) {
    return new CommitNote("cluster-uid", CONFIG_COMMIT, 7, now);
  }

  static Load.Loaded load(GitLedgerStore store) {
    return assertInstanceOf(Load.Loaded.class, store.load());
  }

  static String commit(GitLedgerStore store, LedgerEdit... edits) {
    return assertInstanceOf(
            Commit.Committed.class, store.commit(LedgerBatch.of(List.of(edits)), note(NOW)))
        .commit();
  }

  private static Ledger ledger(AllocationRecord... records) {
    SortedMap<IpAddress, AllocationRecord> byAddress = new TreeMap<>();
    for (AllocationRecord record : records) {
      byAddress.put(record.address(), record);
    }
    return new Ledger(Optional.of("cluster-uid"), byAddress);
  }

  /// @param store of the same remote as the other one, both without an allocation
  static void assertSecondWriterIsRejected(GitLedgerStore store, GitLedgerStore other) {
    load(store);
    load(other);
    commit(store, put("10.0.3.7", "a"));
    assertEquals(new Push.Pushed(1), store.push());
    commit(other, put("10.0.3.7", "b"));
    assertEquals(
        new Push.Rejected(new Displaced(List.of(record("10.0.3.7", "b")), List.of()), List.of()),
        other.push());
  }

  @Test
  void filesBesideTheRecordsComeBackAndGo() {
    LedgerBatch.FileEdit spent =
        new LedgerBatch.FileEdit(
            "approvals/shrink.yaml", Optional.of("name: shrink\n"), "spend the Approval shrink");
    load(store);
    store.commit(new LedgerBatch(List.of(put("10.0.3.7", "a")), List.of(spent)), note(NOW));

    Load.Loaded with = load(store);
    assertEquals("name: shrink\n", with.ledger().files().get("approvals/shrink.yaml"));
    assertEquals(List.of(), with.problems());
    LedgerBatch.FileEdit gone =
        new LedgerBatch.FileEdit("approvals/shrink.yaml", Optional.empty(), "forget it");
    store.commit(new LedgerBatch(List.of(), List.of(gone)), note(NOW));
    Load.Loaded without = load(store);
    assertTrue(without.ledger().files().isEmpty());
    assertEquals(1, without.ledger().records().size());
  }

  @Test
  void aNewLedgerIsEmptyAndItsFirstCommitSaysWhichClusterItBelongsTo() {
    Load.Loaded empty = load(store);
    assertEquals(Ledger.EMPTY, empty.ledger());
    assertEquals("0".repeat(40), empty.commit());
    assertEquals(new Remote.Reached(), empty.remote());

    String head = commit(store, put("10.0.3.7", "web"), put("2001:db8::7", "web"));

    GitCli local = GitCli.in(temp.resolve("state/ledger.git"));
    assertEquals("", local.run("fsck", "--strict", "--no-dangling"));
    assertEquals(
        """
        cluster.yaml
        v4/10/0/3/10.0.3.7.yaml
        v6/2001-0db8-0000-0000/00/2001-0db8-0000-0000-0000-0000-0000-0007.yaml\
        """,
        local.run("ls-tree", "-r", "--name-only", head));
    assertEquals("clusterUid: \"cluster-uid\"", local.run("show", head + ":cluster.yaml"));
    Load.Loaded loaded = load(store);
    assertEquals(ledger(record("10.0.3.7", "web"), record("2001:db8::7", "web")), loaded.ledger());
    assertEquals(head, loaded.commit());
    assertEquals(7, loaded.highestEpoch());
    assertEquals(List.of(), loaded.problems());
  }

  @Test
  void plainGitTellsWhoGotWhatAndWhy() {
    load(store);
    commit(store, put("10.0.3.7", "web"));
    commit(store, new LedgerEdit.Delete(record("10.0.3.7", "web"), Action.FREE));
    assertEquals(new Push.Pushed(2), store.push());

    GitCli git = remote.git();
    assertEquals(
        "free|10.0.3.7|demo/web|gitlb@lab.invalid\nallocate|10.0.3.7|demo/web|gitlb@lab.invalid",
        git.run(
            "log",
            "--format=%(trailers:key=Action,valueonly,separator=%x20)"
                + "|%(trailers:key=Address,valueonly,separator=%x20)"
                + "|%(trailers:key=Service,valueonly,separator=%x20)|%ce",
            BRANCH));
    assertEquals("2026-01-02T03:04:05+00:00", git.run("log", "-1", "--format=%cI", BRANCH));
    assertEquals("cluster.yaml", git.run("ls-tree", "-r", "--name-only", BRANCH));
    assertEquals("", git.run("fsck", "--strict"));
  }

  @Test
  void aCommitNeverHasAnEarlierDateThanItsParent() {
    load(store);
    store.commit(LedgerBatch.of(List.of(put("10.0.3.7", "a"))), note(NOW.plusSeconds(3600)));
    store.commit(LedgerBatch.of(List.of(put("10.0.3.8", "b"))), note(NOW));
    assertEquals(
        "2026-01-02T04:04:05+00:00\n2026-01-02T04:04:05+00:00",
        GitCli.in(temp.resolve("state/ledger.git")).run("log", "--format=%cI", BRANCH));
  }

  @Test
  void editsThatChangeNothingMakeNoCommit() {
    load(store);
    String head = commit(store, put("10.0.3.7", "a"));
    assertEquals(head, commit(store, put("10.0.3.7", "a")));
  }

  @Test
  void nothingIsCommittedBeforeTheLedgerWasLoaded() {
    Commit.Failed failed =
        assertInstanceOf(
            Commit.Failed.class,
            store.commit(LedgerBatch.of(List.of(put("10.0.3.7", "a"))), note(NOW)));
    assertEquals("GLB2017", failed.failure().code());
  }

  @Test
  void aRestartFindsEverythingAlsoWhatWasNotPushed() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    commit(store, put("10.0.3.8", "b"));
    store.close();

    store = open("state");

    assertEquals(ledger(record("10.0.3.7", "a"), record("10.0.3.8", "b")), load(store).ledger());
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals(new Push.Pushed(0), store.push());
  }

  @Test
  void anotherStateDirectoryGetsTheLedgerFromTheRemote() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    try (GitLedgerStore other = open("other")) {
      assertEquals(ledger(record("10.0.3.7", "a")), load(other).ledger());
    }
  }

  @Test
  void ofTwoWritersTheSecondIsRejectedAndToldWhatItLost() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    try (GitLedgerStore other = open("other")) {
      load(other);
      commit(other, put("10.0.3.8", "theirs"));
      assertEquals(new Push.Pushed(1), other.push());
    }
    commit(store, put("10.0.3.8", "ours"), put("10.0.3.9", "ours"));

    assertEquals(
        new Push.Rejected(
            new Displaced(
                List.of(record("10.0.3.8", "ours"), record("10.0.3.9", "ours")), List.of()),
            List.of()),
        store.push());

    Commit.Failed early =
        assertInstanceOf(
            Commit.Failed.class,
            store.commit(LedgerBatch.of(List.of(put("10.0.3.10", "x"))), note(NOW)));
    assertEquals("GLB2017", early.failure().code(), "a plan made before the rejection is stale");
    Load.Loaded loaded = load(store);
    assertEquals(ledger(record("10.0.3.7", "a"), record("10.0.3.8", "theirs")), loaded.ledger());
    assertEquals(List.of(), loaded.notices(), "nothing was lost");
    commit(store, put("10.0.3.9", "ours"));
    assertEquals(new Push.Pushed(1), store.push());
    GitCli local = GitCli.in(temp.resolve("state/ledger.git"));
    assertEquals(1, local.run("for-each-ref", "refs/gitlb/superseded").lines().count());
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void aDivergenceThatIsFoundWhenLoadingIsToldToo() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    commit(store, put("10.0.3.8", "ours"));
    try (GitLedgerStore other = open("other")) {
      load(other);
      commit(other, put("10.0.3.8", "theirs"));
      other.push();
    }
    Load.Loaded loaded = load(store);
    assertEquals(new Displaced(List.of(record("10.0.3.8", "ours")), List.of()), loaded.lost());
    assertEquals(ledger(record("10.0.3.7", "a"), record("10.0.3.8", "theirs")), loaded.ledger());
  }

  @Test
  void aRemoteThatIsAwayStopsNothing() throws IOException {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    Path away = temp.resolve("away.git");
    Files.move(temp.resolve("remote.git"), away);

    Load.Loaded loaded = load(store);
    assertEquals(ledger(record("10.0.3.7", "a")), loaded.ledger());
    Remote.Away reason = assertInstanceOf(Remote.Away.class, loaded.remote());
    assertEquals("GLB2004", reason.failure().code());
    commit(store, put("10.0.3.8", "b"));
    commit(store, put("10.0.3.9", "c"));
    assertInstanceOf(Push.Failed.class, store.push());

    Files.move(away, temp.resolve("remote.git"));
    assertEquals(new Push.Pushed(2), store.push());
  }

  @Test
  void aLedgerThatWasNeverSeenIsNotTakenForAnEmptyOne() throws IOException {
    Files.move(temp.resolve("remote.git"), temp.resolve("away.git"));
    Load.Unreadable unreadable = assertInstanceOf(Load.Unreadable.class, store.load());
    assertEquals("GLB2018", unreadable.failure().code());
    assertTrue(
        unreadable.failure().message().contains("nobody knows which addresses are taken"),
        unreadable.failure().message());
  }

  @Test
  void aBranchThatWasDeletedOnTheRemoteIsPushedAnew() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    remote.git().run("update-ref", "-d", "refs/heads/" + BRANCH);

    Load.Loaded loaded = load(store);
    assertEquals(ledger(record("10.0.3.7", "a")), loaded.ledger());
    assertEquals(
        List.of("GLB2019"), loaded.notices().stream().map(notice -> notice.code()).toList());
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals(loaded.commit(), remote.head(BRANCH));
  }

  @Test
  void aBranchThatIsDeletedWhileWePushIsPushedAnewToo() {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    remote.git().run("update-ref", "-d", "refs/heads/" + BRANCH);
    String head = commit(store, put("10.0.3.8", "b"));
    Push.Pushed pushed = assertInstanceOf(Push.Pushed.class, store.push());
    assertEquals(2, pushed.commits());
    assertEquals(List.of("GLB2019"), pushed.notices().stream().map(Failure::code).toList());
    assertEquals(head, remote.head(BRANCH));
  }

  @Test
  void aBranchThatWasSetBackOnTheRemoteIsReportedAndHealed() {
    load(store);
    String first = commit(store, put("10.0.3.7", "a"));
    String second = commit(store, put("10.0.3.8", "b"));
    store.push();
    remote.git().run("update-ref", "refs/heads/" + BRANCH, first);

    Load.Loaded loaded = load(store);

    assertEquals(second, loaded.commit());
    assertEquals("GLB2019", loaded.notices().getFirst().code());
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals(second, remote.head(BRANCH));
  }

  @Test
  void aDamagedLocalCopyIsMadeAnewFromTheRemote() throws IOException {
    load(store);
    commit(store, put("10.0.3.7", "a"));
    store.push();
    store.close();
    GitDefinitionSourceTest.deleteObjects(temp.resolve("state/ledger.git"));

    store = open("state");
    Load.Loaded loaded = load(store);

    assertEquals(ledger(record("10.0.3.7", "a")), loaded.ledger());
    assertEquals("GLB2013", loaded.notices().getFirst().code());
    commit(store, put("10.0.3.8", "b"));
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void aPushWhoseAnswerWasLostIsFoundOutByTheNextOne() {
    load(store);
    String head = commit(store, put("10.0.3.7", "a"));
    // The remote took it, but we do not know.
    remote
        .git()
        .run(
            "fetch",
            "--quiet",
            temp.resolve("state/ledger.git").toString(),
            "refs/heads/" + BRANCH + ":refs/heads/" + BRANCH);
    assertInstanceOf(Push.Pushed.class, store.push());
    assertEquals(head, remote.head(BRANCH));
  }

  private static LedgerEdit[] many(int services) {
    return IntStream.range(0, services)
        .mapToObj(i -> put("10.0.3." + i, "s" + i))
        .toArray(LedgerEdit[]::new);
  }

  private List<String> packs() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("state/ledger.git/objects/pack"))) {
      return files
          .map(file -> file.getFileName().toString().replaceAll(".*[.]", ""))
          .sorted()
          .toList();
    }
  }

  @Test
  void aLargeCommitIsOnePackAndASmallOneNone() throws IOException {
    load(store);
    commit(store, many(1));
    assertEquals(List.of(), packs());
    commit(store, many(100));
    assertEquals(List.of("idx", "pack"), packs());
    commit(store, put("10.0.3.7", "another"));
    store.close();
    store = open("state");
    assertEquals(100, load(store).ledger().records().size());
    assertInstanceOf(Push.Pushed.class, store.push());
    assertEquals(100, load(open("fresh")).ledger().records().size());
    assertEquals("", GitCli.in(temp.resolve("state/ledger.git")).run("fsck", "--strict"));
  }

  /// Its blob lies in the pack alone, and there may be no directory for it.
  @Test
  void aSmallCommitMayWriteWhatAPackHasAlready() throws IOException {
    load(store);
    LedgerEdit[] all = many(100);
    commit(store, all);
    for (LedgerEdit edit : List.of(all).subList(0, 5)) {
      commit(store, new LedgerEdit.Delete(edit.record(), LedgerEdit.Action.FREE));
      commit(store, edit);
    }
    assertEquals(100, load(store).ledger().records().size());
    assertEquals("", GitCli.in(temp.resolve("state/ledger.git")).run("fsck", "--strict"));
  }

  @Test
  void whatACrashLeftOfALargeCommitIsNoHarm() throws IOException {
    load(store);
    Path incoming = Files.createDirectories(temp.resolve("state/ledger.git/gitlb-incoming/pack"));
    Files.writeString(incoming.resolve("pack-0000.pack"), "half a pack");
    Files.writeString(incoming.resolve("pack-0000.idx"), "half an index");
    commit(store, many(100));
    store.close();
    store = open("state");
    assertEquals(100, load(store).ledger().records().size());
    assertEquals(List.of("idx", "pack"), packs());
  }
}
