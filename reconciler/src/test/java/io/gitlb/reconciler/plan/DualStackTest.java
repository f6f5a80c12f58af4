// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import org.junit.jupiter.api.Test;

class DualStackTest {

  private static final String DUAL = "dual 10.0.0.10-10.0.0.12 2001:db8::10-2001:db8::12";

  private final PlanStory story = new PlanStory();

  private static ServiceBuilder dual(String ref, FamilyPolicy policy) {
    return service(ref).clusterIps("172.16.0.1", "fd00::1").policy(policy);
  }

  @Test
  void bothFamiliesComeFromOnePoolInTheOrderOfTheService() {
    story.pools("four 10.9.0.0/24", DUAL);
    story.service(dual("demo/a", FamilyPolicy.REQUIRE_DUAL_STACK));
    story.service(
        service("demo/b")
            .clusterIps("fd00::2", "172.16.0.2")
            .policy(FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::10");
    story.and("demo/b", "Assign 2001:db8::11 10.0.0.11");
  }

  @Test
  void anIpv6ServiceGetsAnIpv6Address() {
    story.pools("four 10.9.0.0/24", DUAL).service(service("demo/a").clusterIps("fd00::1"));
    story.expect("demo/a", "Assign 2001:db8::10");
  }

  @Test
  void whoRequiresBothWaitsForBoth() {
    story.pools("four 10.0.0.0/24", "six 2001:db8::/120");
    story.service(dual("demo/a", FamilyPolicy.REQUIRE_DUAL_STACK));
    story.expect("demo/a", "Refuse NoFreeAddress");
    assertTrue(
        story.last().toString().contains("four has no range of IPv4 and IPv6"),
        story.last()::toString);
  }

  @Test
  void whoPrefersBothTakesTheFirstFamilyOfTheServiceAlone() {
    story.pools("four 10.0.0.0/24", "six 2001:db8::/120");
    story.service(dual("demo/a", FamilyPolicy.PREFER_DUAL_STACK));
    story.service(
        service("demo/b")
            .clusterIps("fd00::2", "172.16.0.2")
            .policy(FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.0 OneFamilyOnly");
    story.and("demo/b", "Assign 2001:db8:: OneFamilyOnly");
  }

  @Test
  void aSecondFamilyIsAddedWhenThePoolGainsIt() {
    story.pools("lan 10.0.0.10-10.0.0.12");
    story.service(dual("demo/a", FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.10 OneFamilyOnly");
    story.pools("lan 10.0.0.10-10.0.0.12", "better 10.1.0.0/24 2001:db8:1::/120");
    story.expect("demo/a", "Keep 10.0.0.10 OneFamilyOnly");
    story.pools("lan 10.0.0.10-10.0.0.12 2001:db8::/120");
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::");
  }

  @Test
  void aFamilyThatThePoolLosesIsHeld() {
    story.pools(DUAL).service(dual("demo/a", FamilyPolicy.REQUIRE_DUAL_STACK)).plan();
    story.pools("dual 10.0.0.10-10.0.0.12");
    story.expect("demo/a", "Hold 10.0.0.10 2001:db8::10 OutsidePools");
    story.andRecord("2001:db8::10", "held demo/a automatic");
  }

  @Test
  void aServiceThatTurnsSingleStackGivesTheOtherFamilyBack() {
    story.pools(DUAL).service(dual("demo/a", FamilyPolicy.PREFER_DUAL_STACK)).plan();
    story.service(
        ServiceBuilder.of(story.view.service("demo/a"))
            .clusterIps("172.16.0.1")
            .policy(FamilyPolicy.SINGLE_STACK));
    story.expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("2001:db8::10", "releasing demo/a automatic");
  }

  @Test
  void aServiceThatTurnsDualKeepsWhatItHas() {
    story.pools("four 10.9.0.0/24", DUAL).services("demo/a").expect("demo/a", "Assign 10.0.0.10");
    story.service(
        ServiceBuilder.of(story.view.service("demo/a"))
            .clusterIps("172.16.0.1", "fd00::1")
            .policy(FamilyPolicy.REQUIRE_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::10");
  }

  @Test
  void aServiceThatRequiresWhatItsPoolLacksKeepsWhatItHas() {
    story.pools("four 10.9.0.0/24").services("demo/a").plan();
    story.service(
        ServiceBuilder.of(story.view.service("demo/a"))
            .clusterIps("172.16.0.1", "fd00::1")
            .policy(FamilyPolicy.REQUIRE_DUAL_STACK));
    story.expect("demo/a", "Refuse 10.9.0.0 NoFreeAddress");
  }

  @Test
  void requiringBothWithOneClusterIpIsRefused() {
    story.pools(DUAL).service(service("demo/a").policy(FamilyPolicy.REQUIRE_DUAL_STACK));
    story.expect("demo/a", "Refuse DualStackUnavailable");
  }

  @Test
  void oneClusterIpMeansOneAddress() {
    story.pools(DUAL).service(service("demo/a").policy(FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.10");
  }

  @Test
  void aRequestForBothFamiliesIsMetWhole() {
    story.pools(DUAL, "six 2001:db8:1::/120");
    story.service(
        dual("demo/a", FamilyPolicy.REQUIRE_DUAL_STACK)
            .annotation("gitlb.io/loadBalancerIPs", "2001:db8::12, 10.0.0.12"));
    story.service(
        dual("demo/b", FamilyPolicy.REQUIRE_DUAL_STACK)
            .annotation("gitlb.io/loadBalancerIPs", "2001:db8:1::12, 10.0.0.11"));
    story.expect("demo/a", "Assign 10.0.0.12 2001:db8::12").and("demo/b", "Refuse DifferentPools");
  }

  @Test
  void aRequestForOneFamilyIsCompletedFromItsPool() {
    story.pools(DUAL, "aaa 10.9.0.0/24 2001:db8:9::/120");
    story.service(dual("demo/a", FamilyPolicy.PREFER_DUAL_STACK).loadBalancerIp("10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12 2001:db8::10");
  }

  @Test
  void aPinOfOneFamilyIsCompletedFromItsPool() {
    story.config(pool(DUAL) + pin("p", "demo/a", "2001:db8::12"));
    story.service(dual("demo/a", FamilyPolicy.REQUIRE_DUAL_STACK)).services("demo/b");
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::12").and("demo/b", "Assign 10.0.0.11");
  }

  @Test
  void bothFamiliesOfAStatusAreAdopted() {
    story.pools(DUAL);
    story.service(
        dual("demo/a", FamilyPolicy.PREFER_DUAL_STACK).status("10.0.0.12", "2001:db8::11"));
    story.expect("demo/a", "Assign 10.0.0.12 2001:db8::11");
  }
}
