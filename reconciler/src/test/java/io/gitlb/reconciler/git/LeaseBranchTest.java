// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.reconciler.lease.LeaseOrder.Terms;
import io.gitlb.reconciler.lease.LeaseRule;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.lease.Wants;
import io.gitlb.reconciler.loop.LeaseStore.Answer;
import io.gitlb.reconciler.loop.LeaseStore.Note;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseBranchTest {

  private static final Note NOTE =
      new Note(GitLedgerStoreTest.CONFIG_COMMIT, GitLedgerStoreTest.NOW);

  @TempDir Path temp;
  private RemoteRepository remote;

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
  }

  private LeaseBranch open(String cluster) {
    return new LeaseBranch(
        GitRemote.of(remote.url(), LeaseBranch.BRANCH, GitCredentials.NONE),
        BotIdentity.of(new ClusterName(cluster)),
        temp.resolve(cluster));
  }

  private static LeaseOrder order(String cluster, Wants wants, String... returned) {
    TreeSet<Block> back = new TreeSet<>();
    for (String block : returned) {
      back.add(new Block(IpAddress.of(block)));
    }
    return new LeaseOrder(
        new Terms(
            new ClusterName(cluster),
            "uid-" + cluster,
            GitLedgerStoreTest.CONFIG_COMMIT,
            GitLedgerStoreTest.NOW),
        wants,
        back,
        new TreeMap<>());
  }

  private static Wants addresses(int count) {
    SortedMap<Space, Wants.Amount> wanted = new TreeMap<>();
    wanted.put(
        new Space(new PoolName("shared"), IpFamily.IPV4),
        new Wants.Amount(count, List.of(IpPrefix.of("10.0.0.0/16").toRange())));
    return new Wants(new TreeMap<>(), wanted);
  }

  private static List<String> held(Answer answer, String cluster) {
    return assertInstanceOf(Answer.Synced.class, answer, answer::toString).table().values().stream()
        .filter(lease -> lease.cluster().value().equals(cluster))
        .map(lease -> lease.block().toString())
        .toList();
  }

  @Test
  void aLeaseIsAFileAndACommitThatSaysSo() {
    try (LeaseBranch branch = open("a")) {
      assertEquals(List.of("10.0.0.0/28"), held(branch.sync(order("a", addresses(3)), NOTE), "a"));
      GitCli git = GitCli.in(temp.resolve("remote.git"));
      assertEquals(
          """
          block: "10.0.0.0/28"
          pool: shared
          cluster: a
          clusterUid: "uid-a"
          since: "2026-01-02T03:04:05Z"
          configCommit: "12345678901234567890e1234567890123456789\"""",
          git.run("show", "leases:v4/10/0/0/10.0.0.0.yaml"));
      assertEquals(
          "lease 10.0.0.0/28 of pool shared to cluster a",
          git.run("log", "-1", "--format=%s", "leases"));
      assertEquals(
          "lease", git.run("log", "-1", "--format=%(trailers:key=Action,valueonly)", "leases"));
      assertEquals("", git.run("fsck", "--strict", "--no-dangling"));
      held(branch.sync(order("a", Wants.NONE, "10.0.0.0"), NOTE), "a");
      assertEquals("", git.run("ls-tree", "-r", "leases"));
    }
  }

  @Test
  void whoComesSecondTakesTheNextBlock() {
    try (LeaseBranch a = open("a");
        LeaseBranch b = open("b")) {
      held(a.sync(LeaseRule.NOTHING, NOTE), "a");
      held(b.sync(order("b", addresses(1)), NOTE), "b");
      assertEquals(List.of("10.0.0.16/28"), held(a.sync(order("a", addresses(1)), NOTE), "a"));
    }
  }

  @Test
  void fourWhoWriteAtOnceNeverHaveABlockTogether() throws Exception {
    List<LeaseBranch> branches = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Answer>> work = new ArrayList<>();
      for (String cluster : List.of("a", "b", "c", "d")) {
        LeaseBranch branch = open(cluster);
        branches.add(branch);
        work.add(() -> fiveTurns(branch, cluster));
      }
      for (Future<Answer> ended : threads.invokeAll(work)) {
        assertInstanceOf(Answer.Synced.class, ended.get(), ended.get()::toString);
      }
    }
    Answer all = branches.getFirst().sync(LeaseRule.NOTHING, NOTE);
    SnapshotMap<Block, Lease> table = assertInstanceOf(Answer.Synced.class, all).table();
    assertEquals(4 * 5 * 2, table.size(), "two blocks a turn, and none twice");
    branches.forEach(LeaseBranch::close);
  }

  /// A cluster that collides too often comes back later, as in service.
  private static Answer fiveTurns(LeaseBranch branch, String cluster) throws InterruptedException {
    Answer last = branch.sync(LeaseRule.NOTHING, NOTE);
    for (int turns = 0; turns < 5; ) {
      last = branch.sync(order(cluster, addresses(32)), NOTE);
      if (last instanceof Answer.Synced) {
        turns++;
        Thread.sleep(20);
      }
    }
    return last;
  }

  @Test
  void whatIsBeingGivenBackIsNotTakenForOwnUntilTheRemoteHasToldWhatItHas() throws IOException {
    Path lock = temp.resolve("remote.git/refs/heads/leases.lock");
    try (LeaseBranch a = open("a")) {
      held(a.sync(order("a", addresses(32)), NOTE), "a");
      Files.createFile(lock);
      assertInstanceOf(Answer.Failed.class, a.sync(order("a", Wants.NONE, "10.0.0.0"), NOTE));
    }
    try (LeaseBranch a = open("a")) {
      assertEquals(List.of("10.0.0.16/28"), held(a.known(), "a"));
      Files.delete(lock);
      assertEquals(
          List.of("10.0.0.0/28", "10.0.0.16/28"), held(a.sync(LeaseRule.NOTHING, NOTE), "a"));
    }
    try (LeaseBranch a = open("a")) {
      assertEquals(List.of("10.0.0.0/28", "10.0.0.16/28"), held(a.known(), "a"));
    }
  }

  @Test
  void aFileThatIsNoLeaseKeepsItsBlockFromEverybody() {
    try (LeaseBranch a = open("a")) {
      held(a.sync(order("a", addresses(1)), NOTE), "a");
      remote.on("leases").file("v4/10/0/0/10.0.0.16.yaml", "nonsense").commit();
      Answer answer = a.sync(order("a", addresses(1)), NOTE);
      assertEquals(List.of("10.0.0.0/28", "10.0.0.32/28"), held(answer, "a"));
      assertTrue(answer.toString().contains("GLB6101"), answer::toString);
    }
  }
}
