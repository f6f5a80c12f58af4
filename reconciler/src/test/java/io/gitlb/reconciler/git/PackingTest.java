// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackingTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = "allocations/lab";

  @TempDir Path temp;
  private RemoteRepository remote;
  private GitLedgerStore store;

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    store = open();
    GitLedgerStoreTest.load(store);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private GitLedgerStore open() {
    return new GitLedgerStore(
        GitRemote.of(remote.url(), BRANCH, GitCredentials.NONE),
        BotIdentity.of(CLUSTER),
        temp.resolve("state"));
  }

  private GitCli local() {
    return GitCli.in(temp.resolve("state/ledger.git"));
  }

  private void commit(int number) {
    LedgerEdit edit =
        GitLedgerStoreTest.put("10.0.%d.%d".formatted(number >> 8, number & 0xFF), "s" + number);
    assertInstanceOf(
        Commit.Committed.class,
        store.commit(
            LedgerBatch.of(List.of(edit)), GitLedgerStoreTest.note(GitLedgerStoreTest.NOW)));
  }

  private void large(int number) {
    List<LedgerEdit> edits =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(i -> GitLedgerStoreTest.put("10.1.%d.%d".formatted(number, i), "l" + i))
            .toList();
    store.commit(LedgerBatch.of(edits), GitLedgerStoreTest.note(GitLedgerStoreTest.NOW));
  }

  private long files(String ending) throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("state/ledger.git/objects/pack"))) {
      return files.filter(file -> file.toString().endsWith(ending)).count();
    }
  }

  private String loose() {
    return local().run("count-objects").replaceAll(" .*", "");
  }

  @Test
  void packingLeavesOnePackAndNoLooseObjectAndEverythingReadable() throws IOException {
    for (int i = 0; i < 30; i++) {
      commit(i);
    }
    for (int i = 0; i < 3; i++) {
      large(i);
    }
    String head = local().run("rev-parse", BRANCH);
    assertEquals(3, files(".pack"));

    assertEquals(Optional.empty(), store.pack(PackNeed.ANY));

    assertEquals(1, files(".pack"));
    assertEquals(1, files(".idx"));
    assertEquals("0", loose());
    assertEquals("", local().run("fsck", "--strict", "--no-dangling"));
    assertEquals(head, local().run("rev-parse", BRANCH));
    // The same process reads on, writes on and pushes.
    assertEquals(180, GitLedgerStoreTest.load(store).ledger().records().size());
    commit(200);
    assertEquals(new Push.Pushed(34), store.push());
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void whatWasPackedIsNotPackedAgainWhenNothingCameSince() throws IOException {
    commit(1);
    large(1);
    store.pack(PackNeed.ANY);
    List<Path> before = packFiles();
    assertEquals(Optional.empty(), store.pack(PackNeed.ANY));
    assertEquals(before, packFiles());
    commit(2);
    store.pack(PackNeed.ANY);
    assertEquals(1, files(".pack"));
    assertEquals("", local().run("fsck", "--strict", "--no-dangling"));
  }

  private List<Path> packFiles() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("state/ledger.git/objects/pack"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void commitsThatAreMadeMeanwhileAreNotLost() throws InterruptedException {
    AtomicBoolean packing = new AtomicBoolean(true);
    AtomicInteger rounds = new AtomicInteger();
    Thread packer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (packing.get()) {
                    assertEquals(Optional.empty(), store.pack(PackNeed.ANY));
                    rounds.incrementAndGet();
                  }
                });
    int singles = 0;
    long end = System.nanoTime() + 3_000_000_000L;
    while (System.nanoTime() < end || rounds.get() < 5) {
      commit(singles++ % 4096);
      if (singles % 10 == 0) {
        large(singles / 10 % 250);
      }
      if (singles % 25 == 0) {
        assertInstanceOf(Push.Pushed.class, store.push());
      }
    }
    packing.set(false);
    packer.join();
    assertEquals("", local().run("fsck", "--strict", "--no-dangling"));
    int known = GitLedgerStoreTest.load(store).ledger().records().size();
    store.close();
    store = open();
    assertEquals(known, GitLedgerStoreTest.load(store).ledger().records().size());
    assertInstanceOf(Push.Pushed.class, store.push());
    assertEquals("", remote.git().run("fsck", "--strict"));
  }

  @Test
  void theCommitGraphKnowsWhichPathsACommitChanged() {
    for (int i = 0; i < 20; i++) {
      commit(i);
    }
    store.pack(PackNeed.ANY);
    Path graph = temp.resolve("state/ledger.git/objects/info/commit-graph");
    assertTrue(Files.exists(graph));
    assertEquals("", local().run("commit-graph", "verify", "--no-progress"));
    assertEquals(
        "1",
        String.valueOf(
            local()
                .run("log", "--format=%H", BRANCH, "--", "v4/10/0/0/10.0.0.7.yaml")
                .lines()
                .count()));
  }

  @Test
  void aCrashInTheMiddleOfPackingLeavesNothingBehind() throws IOException {
    commit(1);
    Path incoming = Files.createDirectories(temp.resolve("state/ledger.git/gitlb-packing"));
    Files.writeString(incoming.resolve("pack-00.pack"), "half a pack");
    assertEquals(Optional.empty(), store.pack(PackNeed.ANY));
    assertTrue(Files.notExists(incoming));
    assertEquals("", local().run("fsck", "--strict", "--no-dangling"));
  }
}
