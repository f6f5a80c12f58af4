// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.yaml.DefinitionReader;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FleetChecksTest {

  private final SortedMap<ClusterName, Definitions> clusters = new TreeMap<>();

  private void cluster(String name, String pool, String shared, String addresses) {
    String text =
        """
        apiVersion: gitlb.io/v1
        kind: IPAddressPool
        metadata:
          name: %s
        spec:
          addresses: [%s]
          shared: %s
        """
            .formatted(pool, addresses, shared);
    String path = "clusters/" + name + "/pools.yaml";
    clusters.put(
        new ClusterName(name),
        assertInstanceOf(
                ReadResult.Accepted.class,
                DefinitionReader.read(List.of(new ConfigFile(path, text))))
            .definitions());
  }

  private List<String> found() {
    return FleetChecks.check(clusters).stream()
        .map(problem -> problem.place().file() + " " + problem.code().code())
        .toList();
  }

  @Test
  void clustersWithAddressesOfTheirOwnAreFine() {
    cluster("a", "lan", "false", "192.0.2.0/25");
    cluster("b", "lan", "false", "192.0.2.128/25");
    assertEquals(List.of(), found());
  }

  @Test
  void anAddressOfTwoClustersIsRefusedUnlessBothShareThePool() {
    cluster("a", "lan", "true", "192.0.2.0/25");
    cluster("b", "lan", "false", "192.0.2.0/25");
    List<Problem> problems = FleetChecks.check(clusters);
    assertEquals(List.of(ProblemCode.CLAIMED_TWICE), problems.stream().map(Problem::code).toList());
    assertEquals(
        "192.0.2.0-192.0.2.127 of pool lan of cluster b overlaps 192.0.2.0-192.0.2.127 of pool lan of"
            + " cluster a (clusters/a/pools.yaml:4:9); an address is one cluster's, unless both"
            + " pools say shared: true (gitlb.io/v1)",
        problems.getFirst().message());
    cluster("b", "lan", "true", "192.0.2.0/25");
    assertEquals(List.of(), found());
  }

  @Test
  void aRangeWithinAnotherIsFoundBehindOnesThatEndEarlier() {
    cluster("a", "lan", "false", "192.0.2.0/24");
    cluster("b", "one", "false", "192.0.2.4-192.0.2.5, 198.51.100.0/24");
    cluster("c", "two", "false", "192.0.2.7-192.0.2.9");
    assertEquals(
        List.of("clusters/b/pools.yaml GLB1350", "clusters/c/pools.yaml GLB1350"), found());
  }

  @Test
  void aSharedPoolHasTheSameNameAndAddressesEverywhere() {
    cluster("a", "lan", "true", "192.0.2.0/24, 2001:db8::/64");
    cluster("b", "lan", "true", "192.0.2.0/25, 192.0.2.128/25, 2001:db8::/64");
    cluster("c", "wan", "true", "192.0.2.0/24, 2001:db8::/64");
    cluster("d", "lan", "true", "192.0.2.0/24");
    assertEquals(
        List.of("clusters/c/pools.yaml GLB1351", "clusters/d/pools.yaml GLB1351"), found());
  }

  @Test
  void aDocumentThatManyClustersReadIsReportedOnce() {
    cluster("a", "lan", "false", "192.0.2.0/24");
    Definitions same = clusters.get(new ClusterName("a"));
    for (int i = 0; i < 50; i++) {
      clusters.put(new ClusterName("b" + i), same);
    }
    assertEquals(List.of("clusters/a/pools.yaml GLB1350"), found());
  }
}
