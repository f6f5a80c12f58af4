// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static io.gitlb.reconciler.plan.PlanStory.reserved;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Addresses of pools that are somebody else's: never given, and reported.
class ClusterAddressTest {

  private static final String LAN = "lan 10.0.0.0-10.0.0.20";

  private final PlanStory story = new PlanStory();

  private String skipped() {
    return story.last().skipped().stream()
        .map(skip -> skip.pool() + " " + skip.range() + " " + skip.use())
        .collect(Collectors.joining("; "));
  }

  @Test
  void whatTheClusterUsesIsSkippedRefusedAndReported() {
    story.pools(LAN);
    story.view.nodeWith("n1", List.of("10.0.0.0", "192.0.2.1"), List.of("10.0.0.2/31"));
    story
        .view
        .uses("10.0.0.4", "the API server")
        .usesRange("10.0.0.6/31", "Services (ServiceCIDR x)");
    story.service(service("demo/a").clusterIps("10.0.0.1"));
    story.service(service("demo/b").loadBalancerIp("10.0.0.3"));
    story.service(service("demo/c").loadBalancerIp("10.0.0.0"));
    story.service(service("demo/d").loadBalancerIp("10.0.0.4"));
    story.service(service("demo/e").loadBalancerIp("10.0.0.7"));
    story.services("demo/f", "demo/g");
    story.expect("demo/b", "Refuse ClusterAddress").and("demo/c", "Refuse ClusterAddress");
    story.and("demo/d", "Refuse ClusterAddress").and("demo/e", "Refuse ClusterAddress");
    story.and("demo/a", "Assign 10.0.0.5").and("demo/f", "Assign 10.0.0.8");
    assertEquals(
        "lan 10.0.0.0-10.0.0.0 node n1; "
            + "lan 10.0.0.1-10.0.0.1 the cluster IP of demo/a; "
            + "lan 10.0.0.2-10.0.0.3 the pods of node n1; "
            + "lan 10.0.0.4-10.0.0.4 the API server; "
            + "lan 10.0.0.6-10.0.0.7 Services (ServiceCIDR x)",
        skipped());
  }

  @Test
  void aServiceWhoseAddressANodeTakesKeepsIt() {
    story.pools(LAN).services("demo/a").plan();
    story.view.nodeWith("n1", List.of("10.0.0.0"), List.of());
    story.expect("demo/a", "Keep 10.0.0.0");
    assertEquals("lan 10.0.0.0-10.0.0.0 node n1", skipped());
  }

  @Test
  void anAddressThatANodeGivesBackServesAgain() {
    story.pools("lan 10.0.0.0/32");
    story.view.nodeWith("n1", List.of("10.0.0.0"), List.of());
    story.services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
    story.view.withoutNode("n1");
    story.expect("demo/a", "Assign 10.0.0.0");
    assertEquals("", skipped());
  }

  @Test
  void aPodRangeThatGoesServesAgain() {
    story.pools("lan 10.0.0.0-10.0.0.3");
    story.view.nodeWith("n1", List.of(), List.of("10.0.0.0/30"));
    story.services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
    story.view.nodeWith("n1", List.of(), List.of("10.0.0.0/31"));
    story.expect("demo/a", "Assign 10.0.0.2");
  }

  @Test
  void anAddressThatTwoUseStaysAwayUntilBothAreGone() {
    story.pools("lan 10.0.0.0/32");
    story.view.nodeWith("n1", List.of("10.0.0.0"), List.of("10.0.0.0/31"));
    story.view.nodeWith("n2", List.of("10.0.0.0"), List.of());
    story.services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
    story.view.withoutNode("n1");
    story.expect("demo/a", "Refuse NoFreeAddress");
    story.view.withoutNode("n2");
    story.expect("demo/a", "Assign 10.0.0.0");
  }

  @Test
  void whatTheClusterUsesIsNotAdopted() {
    story.pools(LAN).service(service("demo/a").status("10.0.0.5"));
    story.view.nodeWith("n1", List.of("10.0.0.5"), List.of());
    story.expect("demo/a", "Assign 10.0.0.0").andRecord("10.0.0.5", "free");
  }

  /// The checks refuse a pool that overlaps a ReservedRange; the planner does not rely on it.
  @Test
  void aReservedRangeIsSkippedRefusedAndReported() {
    story.pools("lan 10.0.0.0-10.0.0.20");
    Definitions checked = story.input().definitions();
    IpRange dhcp = new IpRange(IpAddress.of("10.0.0.0"), IpAddress.of("10.0.0.9"));
    story.definitions(
        checked.with(
            new ReservedRange("dhcp", SourcePlace.of("t.yaml"), List.of(dhcp), "the DHCP pool")));
    story.services("demo/a").service(service("demo/b").loadBalancerIp("10.0.0.9"));
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Refuse Reserved");
    assertEquals("lan 10.0.0.0-10.0.0.9 ReservedRange dhcp (the DHCP pool)", skipped());
  }

  @Test
  void aReservedRangeBesideThePoolsHindersNobody() {
    story.config(pool(LAN) + reserved("mgmt", "10.0.1.0-10.0.1.255")).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.0");
    assertEquals("", skipped());
  }
}
