// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static io.gitlb.reconciler.git.GitLedgerStoreTest.commit;
import static io.gitlb.reconciler.git.GitLedgerStoreTest.load;
import static io.gitlb.reconciler.git.GitLedgerStoreTest.note;
import static io.gitlb.reconciler.git.GitLedgerStoreTest.put;
import static io.gitlb.reconciler.git.GitLedgerStoreTest.record;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.Displaced;
import io.gitlb.reconciler.loop.LedgerStore.Load;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What others commit on the ledger branch; the git command plays the others and judges the log.
class ForeignCommitsTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = "allocations/lab";

  @TempDir Path temp;
  private RemoteRepository remote;
  private GitLedgerStore store;

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    store = open("state", BotIdentity.of(CLUSTER));
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private GitLedgerStore open(String state, BotIdentity bot) {
    return new GitLedgerStore(
        GitRemote.of(remote.url(), BRANCH, GitCredentials.NONE), bot, temp.resolve(state));
  }

  private BotIdentity signing(Path key) {
    return assertInstanceOf(BotIdentity.Signing.Ready.class, BotIdentity.of(CLUSTER).signing(key))
        .bot();
  }

  private static List<AllocationRecord> records(Load.Loaded loaded) {
    return loaded.ledger().records().values().stream().toList();
  }

  private static List<String> notices(Load.Loaded loaded) {
    return loaded.notices().stream().map(Object::toString).toList();
  }

  private static String codes(Load.Loaded loaded) {
    return String.join(" ", loaded.notices().stream().map(notice -> notice.code()).toList());
  }

  private void pushed(GitLedgerStore from, LedgerEdit... edits) {
    load(from);
    commit(from, edits);
    assertInstanceOf(Push.Pushed.class, from.push());
  }

  @Test
  void aCommitByHandIsReportedAndUndone() {
    pushed(store, put("10.0.3.7", "a"), put("10.0.3.8", "b"));
    String before = remote.git().run("rev-parse", BRANCH + "^{tree}");
    String foreign =
        remote
            .on(BRANCH)
            .file("v4/10/0/3/10.0.3.9.yaml", "by hand\n")
            .file("README.md", "x")
            .file("v4/10/0/3/10.0.3.8.yaml", "not a record any more\n")
            .delete("v4/10/0/3/10.0.3.7.yaml")
            .commit();

    Load.Loaded loaded = load(store);

    assertEquals(List.of(record("10.0.3.7", "a"), record("10.0.3.8", "b")), records(loaded));
    assertEquals(List.of(), loaded.problems());
    assertEquals(Displaced.NOTHING, loaded.lost());
    assertEquals(
        List.of(
            ("GLB2301 commit %s by Someone (\"change\") on the ledger branch was not made by gitlb;"
                    + " it changed README.md, v4/10/0/3/10.0.3.7.yaml, v4/10/0/3/10.0.3.8.yaml,"
                    + " v4/10/0/3/10.0.3.9.yaml. It is undone by commit %s. Let only the bot's account"
                    + " push to that branch")
                .formatted(foreign, loaded.commit())),
        notices(loaded));
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals(before, remote.git().run("rev-parse", BRANCH + "^{tree}"));
    assertEquals(foreign, remote.git().run("rev-parse", BRANCH + "^"));
    assertEquals(
        "undo %s by Someone: change".formatted(foreign.substring(0, 12)),
        remote.git().run("log", "-1", "--format=%s", BRANCH));
    String trailers = remote.git().run("log", "-1", "--format=%(trailers:only)", BRANCH);
    assertTrue(
        trailers.startsWith(
            """
            Address: 10.0.3.7
            Service: demo/a
            Pool: lan
            Action: undo
            Reason: automatic
            Address: 10.0.3.8
            Service: demo/b
            Pool: lan
            Action: undo
            Reason: automatic
            File: README.md
            File: v4/10/0/3/10.0.3.9.yaml
            Undoes: %s
            Operation-Id:\
            """
                .formatted(foreign)),
        trailers);
    assertEquals("", remote.git().run("fsck", "--strict"));
    assertEquals("", codes(load(store)), "said once");
  }

  @Test
  void aCommitByHandThatAPushMeetsIsUndoneAndOurRecordsAreToldAsLost() {
    pushed(store, put("10.0.3.7", "a"));
    commit(store, put("10.0.3.8", "ours"));
    remote
        .on(BRANCH)
        .file("v4/10/0/3/10.0.3.8.yaml", "mine\n")
        .delete("v4/10/0/3/10.0.3.7.yaml")
        .commit();

    Push.Rejected rejected = assertInstanceOf(Push.Rejected.class, store.push());
    assertEquals(new Displaced(List.of(record("10.0.3.8", "ours")), List.of()), rejected.lost());
    assertEquals(
        List.of("GLB2301"), rejected.notices().stream().map(notice -> notice.code()).toList());
    Load.Loaded loaded = load(store);
    assertEquals(List.of(record("10.0.3.7", "a")), records(loaded));
    assertEquals("", codes(loaded), "said already");
    commit(store, put("10.0.3.8", "ours"));
    assertEquals(new Push.Pushed(2), store.push());
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  /// The same change by somebody else is undone too: it must not take ours along.
  @Test
  void aCommitByHandWithOurOwnChangeCostsUsNothing() {
    pushed(store, put("10.0.3.7", "a"));
    String ours = commit(store, put("10.0.3.8", "b"));
    String text =
        GitCli.in(temp.resolve("state/ledger.git")).run("show", ours + ":v4/10/0/3/10.0.3.8.yaml");
    remote.on(BRANCH).file("v4/10/0/3/10.0.3.8.yaml", text + "\n").commit();

    assertEquals(
        new Displaced(List.of(record("10.0.3.8", "b")), List.of()),
        assertInstanceOf(Push.Rejected.class, store.push()).lost());
  }

  @Test
  void otherFilesAreRestoredToo() {
    load(store);
    LedgerBatch.FileEdit spent =
        new LedgerBatch.FileEdit(
            "approvals/shrink.yaml", Optional.of("name: shrink\n"), "spend the Approval shrink");
    store.commit(
        new LedgerBatch(List.of(put("10.0.3.7", "a")), List.of(spent)),
        note(Instant.parse("2026-01-01T00:00:00Z")));
    store.push();
    remote
        .on(BRANCH)
        .file("cluster.yaml", "clusterUid: other\n")
        .file("facts/services.yaml", "x\n")
        .delete("approvals/shrink.yaml")
        .commit();
    remote.on(BRANCH).link("v4/10/0/3/10.0.3.7.yaml", "/etc/passwd").commit();

    Load.Loaded loaded = load(store);

    assertEquals("GLB2301 GLB2301", codes(loaded));
    assertEquals(Optional.of("cluster-uid"), loaded.ledger().clusterUid());
    assertEquals("name: shrink\n", loaded.ledger().files().get("approvals/shrink.yaml"));
    assertEquals(1, loaded.ledger().files().size());
    assertEquals(List.of(), loaded.problems());
    store.push();
    assertEquals(
        "undo 2 commits that others made on this branch",
        remote.git().run("log", "-1", "--format=%s", BRANCH));
  }

  /// A merge whose first parent is the other's line: ours is reached by the second.
  @Test
  void aMergeByHandIsUndoneToTheNewestCommitOfOurs() {
    pushed(store, put("10.0.3.7", "a"));
    remote.git().run("update-ref", "refs/heads/side", BRANCH);
    String side = remote.on("side").file("x.yaml", "x\n").commit();
    commit(store, put("10.0.3.8", "b"));
    store.push();
    String merge =
        remote
            .git()
            .run(
                "-c",
                "user.name=Someone",
                "-c",
                "user.email=someone@example.org",
                "commit-tree",
                side + "^{tree}",
                "-p",
                side,
                "-p",
                remote.head(BRANCH),
                "-m",
                "merge");
    remote.git().run("update-ref", "refs/heads/" + BRANCH, merge);

    Load.Loaded loaded = load(store);
    assertEquals(List.of(record("10.0.3.7", "a"), record("10.0.3.8", "b")), records(loaded));
    assertEquals("GLB2301 GLB2301", codes(loaded));
  }

  @Test
  void anotherInstanceIsNotForeignAndDoesNotUndoTwice() {
    pushed(store, put("10.0.3.7", "a"));
    remote.on(BRANCH).file("README.md", "x").commit();
    try (GitLedgerStore other = open("other", BotIdentity.of(CLUSTER))) {
      assertEquals("GLB2301", codes(load(other)));
      commit(other, put("10.0.3.8", "b"));
      assertEquals(new Push.Pushed(2), other.push());
    }
    Load.Loaded loaded = load(store);
    assertEquals("", codes(loaded));
    assertEquals(new Push.Pushed(0), store.push());
  }

  @Test
  void aBranchThatIsAllOfOthersIsTakenAsItIs() {
    remote.on(BRANCH).file("cluster.yaml", "clusterUid: cluster-uid\n").commit();
    Load.Loaded loaded = load(store);
    assertEquals("GLB2302", codes(loaded));
    assertEquals(Optional.of("cluster-uid"), loaded.ledger().clusterUid());
    commit(store, put("10.0.3.7", "a"));
    assertEquals(new Push.Pushed(1), store.push());
    assertEquals("", codes(load(store)));
  }

  @Test
  void signedCommitsArePlainForGitAndAForgedNameIsForeign() {
    Path key = SigningKeys.ssh(temp.resolve("bot"), "ed25519");
    store.close();
    store = open("signed", signing(key));
    pushed(store, put("10.0.3.7", "a"));
    verify(key);
    // The name alone is no proof any more.
    String forged = forge(List.of());
    Load.Loaded loaded = load(store);
    assertEquals("GLB2301", codes(loaded));
    assertTrue(notices(loaded).getFirst().contains(forged));
    store.push();
    verify(key);

    Path other = SigningKeys.ssh(temp.resolve("other-key"), "ed25519");
    forge(List.of("-S" + other + ".pub"));
    assertEquals("GLB2301", codes(load(store)));
    commit(store, put("10.0.3.8", "b"));
    store.push();

    try (GitLedgerStore second = open("second", signing(key))) {
      assertEquals("", codes(load(second)), "the same key elsewhere");
    }
  }

  /// The bot's name and address, given to the git command.
  private String forge(List<String> sign) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-c",
                "user.name=gitlb",
                "-c",
                "user.email=gitlb@lab.invalid",
                "-c",
                "gpg.format=ssh",
                "commit-tree"));
    command.addAll(sign);
    command.addAll(
        List.of(remote.git().run("hash-object", "-t", "tree", "-w", "/dev/null"), "-p", BRANCH));
    command.addAll(List.of("-m", "all is free"));
    String forged = remote.git().run(command.toArray(new String[0]));
    remote.git().run("update-ref", "refs/heads/" + BRANCH, forged);
    return forged;
  }

  private void verify(Path key) {
    Path allowed =
        SigningKeys.allowedSigners(
            temp.resolve("allowed"), "gitlb@lab.invalid " + SigningKeys.publicKey(key));
    remote
        .git()
        .run("-c", "gpg.ssh.allowedSignersFile=" + allowed, "verify-commit", "--raw", BRANCH);
  }

  @Test
  void signingMayBeginLateAndAfterTheLossOfTheDisk() {
    pushed(store, put("10.0.3.7", "a"));
    Path key = SigningKeys.ssh(temp.resolve("bot"), "rsa");
    try (GitLedgerStore signed = open("new-disk", signing(key))) {
      assertEquals("", codes(load(signed)));
      commit(signed, put("10.0.3.8", "b"));
      assertEquals(new Push.Pushed(1), signed.push());
      verify(key);
      assertEquals("", remote.git().run("fsck", "--strict"));
    }
  }

  @Test
  void aKeyThatCannotSignIsNamedAtTheStart() {
    Path locked = temp.resolve("locked");
    Tool.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString()));
    for (Path key : List.of(locked, temp.resolve("missing"))) {
      String failure =
          assertInstanceOf(BotIdentity.Signing.Unusable.class, BotIdentity.of(CLUSTER).signing(key))
              .failure()
              .toString();
      assertTrue(
          failure.startsWith("GLB2210 the ledger's signing key " + key + " cannot be used ("),
          failure);
    }
  }

  @Test
  void aKeyThatGoesAwayStopsCommitsNotTheProcess() throws IOException {
    Path key = SigningKeys.ssh(temp.resolve("bot"), "ed25519");
    store.close();
    store = open("signed", signing(key));
    pushed(store, put("10.0.3.7", "a"));
    Files.delete(key);
    assertTrue(
        assertInstanceOf(
                Commit.Failed.class,
                store.commit(
                    LedgerBatch.of(
                        List.of(new LedgerEdit.Put(record("10.0.3.8", "b"), Action.ALLOCATE))),
                    note(Instant.parse("2026-01-01T00:00:00Z"))))
            .failure()
            .toString()
            .startsWith("GLB2210 "));
  }
}
