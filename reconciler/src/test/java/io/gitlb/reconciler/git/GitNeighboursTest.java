// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.lease.Neighbour;
import io.gitlb.reconciler.loop.NeighbourStore.Sight;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitNeighboursTest {

  private static final ClusterName EAST = new ClusterName("east");
  private static final List<IpRange> RANGES =
      List.of(new IpRange(IpAddress.of("10.0.0.0"), IpAddress.of("10.0.0.255")));

  @TempDir Path temp;
  private RemoteRepository remote;
  private String first = "";

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    first = remote.on("main").file("clusters/west/pools.yaml", pool("10.0.0.0/24")).commit();
  }

  private static String pool(String range) {
    return """
    apiVersion: gitlb.io/v1
    kind: IPAddressPool
    metadata: {name: lan}
    spec: {addresses: [%s]}
    """
        .formatted(range);
  }

  private GitRemote remote(String branch) {
    return GitRemote.of(remote.url(), branch, GitCredentials.NONE);
  }

  /// The ledger of the cluster `west` as its reconciler writes it.
  private GitLedgerStore west() {
    return new GitLedgerStore(
        remote("allocations/west"), BotIdentity.of(new ClusterName("west")), temp.resolve("west"));
  }

  private Sight look() {
    try (GitDefinitionSource source =
            new GitDefinitionSource(
                remote("main"), List.of("clusters/east", "shared"), temp.resolve("east"));
        GitNeighbours neighbours =
            new GitNeighbours(
                remote("leases"), EAST, temp.resolve("east"), new OtherPools(source, EAST))) {
      var _ = source.fetch(Optional.empty());
      return neighbours.look(RANGES);
    }
  }

  @Test
  void aLedgerTellsItsRecordsAndItsCommitTellsItsPools() throws IOException {
    assertEquals(new Sight(List.of(), List.of()), look());
    try (GitLedgerStore west = west()) {
      GitLedgerStoreTest.load(west);
      GitLedgerStoreTest.commit(west, GitLedgerStoreTest.put("10.0.0.7", "a"));
      GitLedgerStoreTest.commit(west, GitLedgerStoreTest.put("10.9.0.7", "b"));
      var _ = west.push();
    }
    Sight sight = look();
    assertEquals(List.of(), sight.failures());
    Neighbour seen = sight.neighbours().getFirst();
    assertEquals("west", seen.cluster().value());
    assertEquals(List.of(IpAddress.of("10.0.0.7")), List.copyOf(seen.records()));
    assertEquals(List.of(), seen.pools(), "its commit is not one of this repository");
    remote.git().run("update-ref", "refs/gitlb/west/accepted", first);
    assertEquals(1, look().neighbours().getFirst().pools().size());
    String moved = remote.on("main").file("clusters/west/pools.yaml", pool("10.9.0.0/24")).commit();
    remote.git().run("update-ref", "refs/gitlb/west/accepted", moved);
    assertEquals(
        List.of("10.9.0.0-10.9.0.255"),
        look().neighbours().getFirst().pools().stream()
            .flatMap(pool -> pool.ranges().stream())
            .map(IpRange::toString)
            .toList());
    GitCli copy = GitCli.in(temp.resolve("east/neighbours.git"));
    assertEquals(
        "1", copy.run("rev-list", "--count", "refs/neighbours/allocations/west"), "no history");
    Files.move(temp.resolve("remote.git"), temp.resolve("away.git"));
    Sight away = look();
    assertEquals(1, away.failures().size());
    assertTrue(away.neighbours().getFirst().records().contains(IpAddress.of("10.0.0.7")));
  }

  @Test
  void aLedgerThatGrowsIsReadOverHttpWithoutItsHistory() throws Exception {
    try (HttpGitServer server = HttpGitServer.plain(temp);
        GitLedgerStore west = west();
        GitNeighbours neighbours =
            new GitNeighbours(
                GitRemote.of(
                    server.url("remote.git"),
                    "leases",
                    GitCredentials.http(
                        HttpGitServer.USER,
                        Files.writeString(temp.resolve("password"), HttpGitServer.PASSWORD))),
                EAST,
                temp.resolve("east"),
                (_, _) -> Optional.empty())) {
      GitLedgerStoreTest.load(west);
      for (int last = 1; last <= 3; last++) {
        GitLedgerStoreTest.commit(west, GitLedgerStoreTest.put("10.0.0." + last, "s" + last));
        GitLedgerStoreTest.commit(west, GitLedgerStoreTest.put("10.9.0." + last, "t" + last));
        var _ = west.push();
        Sight sight = neighbours.look(RANGES);
        assertEquals(List.of(), sight.failures());
        assertEquals(last, sight.neighbours().getFirst().records().size());
      }
    }
    GitCli copy = GitCli.in(temp.resolve("east/neighbours.git"));
    assertEquals(
        "1", copy.run("rev-list", "--count", "refs/neighbours/allocations/west"), "no history");
  }
}
