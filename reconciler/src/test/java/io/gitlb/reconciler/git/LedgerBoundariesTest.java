// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// What is left when it all ends after some step.
class LedgerBoundariesTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = "allocations/lab";

  @TempDir Path temp;
  private RemoteRepository remote;

  /// The end.
  private static final class Ended extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
  }

  private GitLedgerStore open(Boundaries boundaries) {
    return new GitLedgerStore(
        GitRemote.of(remote.url(), BRANCH, GitCredentials.NONE),
        BotIdentity.of(CLUSTER),
        temp.resolve("state"),
        boundaries);
  }

  private static List<LedgerEdit> edits(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> GitLedgerStoreTest.put("10.0.3." + (10 + i), "s" + i))
        .toList();
  }

  @Test
  void everyStepIsToldInItsOrder() {
    List<Step> steps = new ArrayList<>();
    try (GitLedgerStore store = open(steps::add)) {
      GitLedgerStoreTest.load(store);
      store.commit(LedgerBatch.of(edits(1)), GitLedgerStoreTest.note(GitLedgerStoreTest.NOW));
      store.push();
    }
    // The record and cluster.yaml; five directories.
    assertEquals(2, steps.stream().filter(Step.BLOB::equals).count());
    assertEquals(5, steps.stream().filter(Step.TREE::equals).count());
    assertEquals(List.of(Step.COMMIT, Step.REF, Step.PUSH), steps.subList(7, steps.size()));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "STATUS")
  void whateverStepWasTheLastTheLedgerIsTheOneBeforeOrTheOneAfter(Step last) {
    for (int size : new int[] {1, 50}) {
      endAfter(last, edits(size));
    }
  }

  private void endAfter(Step last, List<LedgerEdit> edits) {
    Ledger before;
    try (GitLedgerStore store =
        open(
            step -> {
              if (step == last) {
                throw new Ended();
              }
            })) {
      before = GitLedgerStoreTest.load(store).ledger();
      assertThrows(
          Ended.class,
          () -> {
            store.commit(LedgerBatch.of(edits), GitLedgerStoreTest.note(GitLedgerStoreTest.NOW));
            store.push();
          });
    }
    try (GitLedgerStore store = open(Boundaries.NONE)) {
      Ledger after = GitLedgerStoreTest.load(store).ledger();
      boolean moved = last == Step.REF || last == Step.PUSH;
      assertEquals(
          moved ? addresses(before, edits) : List.copyOf(before.records().keySet()),
          List.copyOf(after.records().keySet()));
      assertInstanceOf(
          Commit.Committed.class,
          store.commit(LedgerBatch.of(edits), GitLedgerStoreTest.note(GitLedgerStoreTest.NOW)));
      assertInstanceOf(Push.Pushed.class, store.push());
    }
    for (Path repository : List.of(remote.git().path(), temp.resolve("state/ledger.git"))) {
      String found = GitCli.in(repository).run("fsck", "--strict", "--no-dangling");
      assertTrue(found.isEmpty(), found);
    }
    // The next size begins anew.
    try (GitLedgerStore store = open(Boundaries.NONE)) {
      GitLedgerStoreTest.load(store);
      store.commit(
          LedgerBatch.of(
              edits.stream()
                  .<LedgerEdit>map(
                      edit -> new LedgerEdit.Delete(edit.record(), LedgerEdit.Action.FREE))
                  .toList()),
          GitLedgerStoreTest.note(GitLedgerStoreTest.NOW));
      store.push();
    }
  }

  private static List<IpAddress> addresses(Ledger before, List<LedgerEdit> edits) {
    Ledger after = before;
    for (LedgerEdit edit : edits) {
      after = after.with(edit);
    }
    return List.copyOf(after.records().keySet());
  }
}
