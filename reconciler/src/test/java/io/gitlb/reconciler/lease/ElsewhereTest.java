// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A range moves from the cluster `there` to this one.
class ElsewhereTest {

  private static final ClusterName HERE = new ClusterName("here");
  private static final ClusterName THERE = new ClusterName("there");
  private static final List<IpRange> EVERYTHING =
      List.of(new IpRange(IpAddress.of("10.0.0.0"), IpAddress.of("10.0.0.255")));

  private SnapshotMap<Block, Lease> leases = SnapshotMap.empty();

  private static Definitions pool(String shared, String range) {
    String text =
        """
        apiVersion: gitlb.io/v1
        kind: IPAddressPool
        metadata: {name: lan}
        spec: {addresses: [%s], shared: %s}
        """
            .formatted(range, shared);
    return assertInstanceOf(
            ReadResult.Accepted.class,
            DefinitionReader.read(List.of(new ConfigFile("pools.yaml", text))))
        .definitions();
  }

  private List<String> elsewhere(Definitions here, Definitions there, String... records) {
    TreeSet<IpAddress> held = new TreeSet<>(Stream.of(records).map(IpAddress::of).toList());
    Neighbour neighbour = new Neighbour(THERE, held, there.pools(), "abc");
    return Elsewhere.of(HERE, here, leases, List.of(neighbour), EVERYTHING).keySet().stream()
        .map(IpRange::toString)
        .toList();
  }

  @Test
  void aRangeStaysWhereItWasAsLongAsThatClusterMayGiveItOrHasSomethingOfIt() {
    Definitions here = pool("false", "10.0.0.0/24");
    assertEquals(List.of("10.0.0.128-10.0.0.255"), elsewhere(here, pool("false", "10.0.0.128/25")));
    assertEquals(
        List.of("10.0.0.200-10.0.0.200"),
        elsewhere(here, pool("false", "10.9.0.0/24"), "10.0.0.200", "10.9.0.1"));
    assertEquals(List.of(), elsewhere(here, pool("false", "10.9.0.0/24")));
  }

  @Test
  void whatNobodyHasLookedForIsNotGiven() {
    Definitions here = pool("false", "10.0.0.0/23");
    assertEquals(
        List.of("10.0.1.0-10.0.1.255"),
        Elsewhere.of(HERE, here, leases, List.of(), EVERYTHING).keySet().stream()
            .map(IpRange::toString)
            .toList());
  }

  @Test
  void ofAPoolThatBothShareTheLeasesDecide() {
    Definitions shared = pool("true", "10.0.0.0/24");
    assertEquals(List.of("10.0.0.0-10.0.0.255"), elsewhere(shared, pool("false", "10.0.0.0/24")));
    assertEquals(List.of("10.0.0.3-10.0.0.3"), elsewhere(shared, shared, "10.0.0.3"));
    lease(THERE, Optional.empty());
    assertEquals(List.of(), elsewhere(shared, shared, "10.0.0.3"));
    lease(HERE, Optional.empty());
    assertEquals(List.of("10.0.0.3-10.0.0.3"), elsewhere(shared, shared, "10.0.0.3"));
    lease(HERE, Optional.of(THERE));
    assertEquals(List.of(), elsewhere(shared, shared, "10.0.0.3"));
  }

  private void lease(ClusterName cluster, Optional<ClusterName> reclaimedFrom) {
    Block block = new Block(IpAddress.of("10.0.0.0"));
    leases =
        leases.with(
            block,
            new Lease(
                block,
                new PoolName("lan"),
                cluster,
                "uid",
                Instant.EPOCH,
                "c".repeat(40),
                reclaimedFrom));
  }
}
