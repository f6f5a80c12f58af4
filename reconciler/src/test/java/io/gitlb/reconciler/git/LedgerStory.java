// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A small ledger that our own code wrote, and pushed to a repository as a Git server has it: two
/// days in the life of Service demo/web.
///
/// @param repository bare
/// @param commits of the ledger branch, oldest first
/// @param configCommit of the branch main, the one that all records name
public record LedgerStory(Path repository, List<String> commits, String configCommit) {

  private static final ClusterName CLUSTER = new ClusterName("demo");

  /// Writes it below a directory.
  public static LedgerStory write(Path directory) {
    RemoteRepository remote = RemoteRepository.create(directory.resolve("remote.git"));
    String config = remote.on("main").file("clusters/demo/pools.yaml", "# none yet\n").commit();
    try (GitLedgerStore store =
        new GitLedgerStore(
            GitRemote.of(remote.url(), GitLedgerStore.branch(CLUSTER), GitCredentials.NONE),
            signing(SigningKeys.ssh(directory.resolve("ledger-key"), "ed25519")),
            directory.resolve("state"))) {
      var _ = GitLedgerStoreTest.load(store);
      Writer writer = new Writer(store, config, new ArrayList<>());
      writer.put("2026-05-03T14:00:00Z", "10.77.0.110", "web", State.ALLOCATED, Action.ALLOCATE);
      writer.put("2026-05-03T14:30:00Z", "2001:db8:77::1", "web", State.HELD, Action.HOLD);
      writer.put("2026-05-03T15:00:00Z", "10.77.0.110", "web", State.RELEASING, Action.RELEASE);
      writer.put("2026-05-03T15:01:00Z", "10.77.0.110", "web", State.RESTING, Action.REST);
      writer.free("2026-05-03T16:01:00Z", "10.77.0.110", "web");
      writer.put("2026-05-04T09:00:00Z", "10.77.0.110", "api", State.ALLOCATED, Action.ALLOCATE);
      assertInstanceOf(Push.Pushed.class, store.push());
      return new LedgerStory(directory.resolve("remote.git"), writer.commits, config);
    }
  }

  /// @param commits those that were written come here
  private record Writer(GitLedgerStore store, String config, List<String> commits) {

    void put(String at, String address, String service, State state, Action action) {
      commit(at, new LedgerEdit.Put(record(at, address, service, state), action));
    }

    void free(String at, String address, String service) {
      commit(at, new LedgerEdit.Delete(record(at, address, service, State.RESTING), Action.FREE));
    }

    private AllocationRecord record(String at, String address, String service, State state) {
      return new AllocationRecord(
          IpAddress.of(address),
          new PoolName("lan"),
          List.of(new Holder(new ServiceRef("demo", service), "uid-" + service, List.of("TCP/80"))),
          state,
          Reason.AUTOMATIC,
          Instant.parse(at),
          config);
    }

    private void commit(String at, LedgerEdit edit) {
      commits.add(
          assertInstanceOf(
                  Commit.Committed.class,
                  store.commit(
                      LedgerBatch.of(List.of(edit)),
                      new CommitNote("cluster-uid", config, 7, Instant.parse(at))))
              .commit());
    }
  }

  private static BotIdentity signing(Path key) {
    return switch (BotIdentity.of(CLUSTER).signing(key)) {
      case BotIdentity.Signing.Ready(BotIdentity bot) -> bot;
      case BotIdentity.Signing.Unusable(Failure failure) ->
          throw new AssertionError(failure.toString());
    };
  }

  /// A line for `allowed_signers`, as the page tells how to write it.
  static String allowedSigner(Path directory) {
    return "reconciler " + SigningKeys.publicKey(directory.resolve("ledger-key"));
  }
}
