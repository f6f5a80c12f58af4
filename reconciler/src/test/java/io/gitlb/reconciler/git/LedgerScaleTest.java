// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a commit costs must not depend on how many records there are.
class LedgerScaleTest {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = GitLedgerStore.branch(CLUSTER);

  /// Blob, `v4/10/0/3`, `v4/10/0`, `v4/10`, `v4`, root, commit.
  private static final int OBJECTS = 7;

  private static final long MAX_BYTES = 15 * 1024;

  @TempDir Path temp;

  @Test
  void aCommitOfOneRecordWritesTheSameFewObjectsInASmallAndInALargeLedger() throws IOException {
    assertEquals(OBJECTS, commitInLedgerOf(1_000));
    assertEquals(OBJECTS, commitInLedgerOf(65_536));
  }

  /// Changes one record and gives the number of objects that it took.
  private long commitInLedgerOf(int records) throws IOException {
    Path state = temp.resolve("state-" + records);
    RemoteRepository remote = RemoteRepository.create(temp.resolve(records + ".git"));
    seed(remote, records);
    try (GitLedgerStore store =
        new GitLedgerStore(
            GitRemote.of(remote.url(), BRANCH, GitCredentials.NONE),
            BotIdentity.of(CLUSTER),
            state)) {
      assertEquals(records, GitLedgerStoreTest.load(store).ledger().records().size());
      GitLedgerStoreTest.commit(store, GitLedgerStoreTest.put("10.0.3.7", "changed"));
    }
    List<Path> loose = ObjectFiles.loose(state);
    long bytes = ObjectFiles.bytes(loose);
    assertTrue(bytes < MAX_BYTES, () -> bytes + " bytes with " + records + " records");
    return loose.size();
  }

  static void seed(RemoteRepository remote, int records) {
    RemoteRepository.Change change =
        remote.on(BRANCH).file("cluster.yaml", "clusterUid: \"cluster-uid\"\n");
    for (int i = 0; i < records; i++) {
      String address = "10.0.%d.%d".formatted(i >> 8, i & 0xFF);
      var record = GitLedgerStoreTest.record(address, "service-" + i);
      change.file(RecordPath.of(record.address()), RecordText.write(record));
    }
    change.commit();
  }
}
