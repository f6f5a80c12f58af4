// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.lease.LeaseOrder.Terms;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReclaimsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ClusterName HERE = new ClusterName("here");
  private static final Lease DEAD = lease("10.0.0.16", "dead");

  private final SnapshotMap<Block, Lease> table =
      SnapshotMap.<Block, Lease>empty()
          .with(DEAD.block(), DEAD)
          .with(new Block(IpAddress.of("10.0.0.32")), lease("10.0.0.32", "alive"));

  private static Lease lease(String block, String cluster) {
    return new Lease(
        new Block(IpAddress.of(block)),
        new PoolName("shared"),
        new ClusterName(cluster),
        "uid-" + cluster,
        NOW,
        "c".repeat(40),
        Optional.empty());
  }

  private Reclaims reclaims(String digest, Instant now) {
    String text =
        """
        apiVersion: gitlb.io/v1
        kind: IPAddressPool
        metadata: {name: shared}
        spec: {addresses: [10.0.0.0/24], shared: true}
        ---
        apiVersion: gitlb.io/v1
        kind: Approval
        metadata: {name: dead-is-gone}
        spec:
          addresses: [10.0.0.16/28]
          digest: "%s"
          expires: "2026-01-02T00:00:00Z"
          reason: the cluster was taken down
        """
            .formatted(digest);
    Definitions definitions =
        assertInstanceOf(
                ReadResult.Accepted.class,
                DefinitionReader.read(List.of(new ConfigFile("pools.yaml", text))))
            .definitions();
    return Reclaims.of(definitions, new Fleet(HERE, table, new TreeMap<>()), now);
  }

  @Test
  void anApprovalWithTheLeasesDigestMovesThemOnce() {
    Reclaims found = reclaims(Reclaims.digest(List.of(DEAD)), NOW);
    LeaseOrder order =
        new LeaseOrder(
            new Terms(HERE, "uid", "d".repeat(40), NOW),
            Wants.NONE,
            new TreeSet<>(),
            found.blocks());
    LeaseEdit edit = order.edits(table).getFirst();
    assertEquals(HERE, edit.lease().cluster());
    assertEquals(Optional.of(new ClusterName("dead")), edit.lease().reclaimedFrom());
    assertTrue(
        LeaseMessage.write(List.of(edit), "d".repeat(40), "op")
            .startsWith(
                "reclaim 10.0.0.16/28 of pool shared from cluster dead for cluster here, approved"
                    + " by dead-is-gone\n"));
    assertEquals(List.of(), order.edits(table.with(edit.block(), edit.lease())));
    assertEquals(
        new LeaseText.Reading.Read(edit.lease()),
        LeaseText.read(LeaseText.path(edit.block()), LeaseText.write(edit.lease())));
  }

  @Test
  void anotherDigestMovesNothingAndIsToldTheRightOne() {
    Reclaims found = reclaims("sha256:" + "0".repeat(64), NOW);
    assertEquals(new TreeMap<>(), found.blocks());
    assertTrue(found.mismatches().getFirst().contains(Reclaims.digest(List.of(DEAD))));
  }

  @Test
  void anExpiredApprovalMovesNothing() {
    Instant late = Instant.parse("2026-01-02T00:00:00Z");
    assertEquals(new TreeMap<>(), reclaims(Reclaims.digest(List.of(DEAD)), late).blocks());
  }
}
