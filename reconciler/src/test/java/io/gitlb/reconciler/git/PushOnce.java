// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.value.ClusterName;
import java.nio.file.Path;

/// A process of its own that fetches, then loads, commits and pushes a ledger, and prints what came
/// of the push.
final class PushOnce {

  private PushOnce() {}

  /// @param arguments the repository, the state directory
  public static void main(String[] arguments) {
    FetchOnce.main(arguments);
    ClusterName cluster = new ClusterName("lab");
    try (GitLedgerStore store =
        new GitLedgerStore(
            GitRemote.of(arguments[0], GitLedgerStore.branch(cluster), GitCredentials.NONE),
            BotIdentity.of(cluster),
            Path.of(arguments[1]))) {
      GitLedgerStoreTest.load(store);
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "a"));
      System.out.println(store.push());
    }
  }
}
