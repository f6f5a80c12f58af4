// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import org.junit.jupiter.api.Test;

/// Both families. Numbers count MetalLB's behaviours; where ours is another one on purpose, the
/// README says why.
class DualStackBehaviourTest {

  private static final String DUAL = "dual 10.0.0.10-10.0.0.12 2001:db8::10-2001:db8::12";
  private static final FamilyPolicy PREFER = FamilyPolicy.PREFER_DUAL_STACK;
  private static final FamilyPolicy REQUIRE = FamilyPolicy.REQUIRE_DUAL_STACK;

  private final PlanStory story = new PlanStory();

  private static ServiceBuilder dual(String ref, FamilyPolicy policy) {
    return service(ref).clusterIps("172.16.0.1", "fd00::1").policy(policy);
  }

  /// 39
  @Test
  void bothFamiliesComeFromOnePoolInTheOrderOfTheService() {
    story.pools("four 10.9.0.0/24", DUAL).service(dual("demo/a", REQUIRE));
    story.service(service("demo/b").clusterIps("fd00::2", "172.16.0.2").policy(PREFER));
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::10");
    story.and("demo/b", "Assign 2001:db8::11 10.0.0.11");
  }

  @Test
  void anIpv6ServiceGetsAnIpv6Address() {
    story.pools("four 10.9.0.0/24", DUAL).service(service("demo/a").clusterIps("fd00::1"));
    story.expect("demo/a", "Assign 2001:db8::10");
  }

  /// 40
  @Test
  void whoRequiresBothWaitsForBoth() {
    story.pools("four 10.0.0.0/24", "six 2001:db8::/120").service(dual("demo/a", REQUIRE));
    story.expect("demo/a", "Refuse NoFreeAddress").says("four has no range of IPv4 and IPv6");
    story.pools("four 10.0.0.0/24 2001:db8::/120").expect("demo/a", "Assign 10.0.0.0 2001:db8::");
  }

  /// 41
  @Test
  void whoPrefersBothTakesTheFirstFamilyOfTheServiceAlone() {
    story.pools("four 10.0.0.0/24", "six 2001:db8::/120").service(dual("demo/a", PREFER));
    story.service(service("demo/b").clusterIps("fd00::2", "172.16.0.2").policy(PREFER));
    story.expect("demo/a", "Assign 10.0.0.0 OneFamilyOnly");
    story.and("demo/b", "Assign 2001:db8:: OneFamilyOnly");
  }

  /// 41
  @Test
  void whoPrefersBothTakesTheSecondFamilyWhenTheFirstIsNotToBeHad() {
    story.pools("six 2001:db8::/120").service(dual("demo/a", PREFER));
    story.expect("demo/a", "Assign 2001:db8:: OneFamilyOnly");
  }

  /// 42, 44
  @Test
  void aSecondFamilyIsAddedWhenThePoolGainsItAndABetterPoolMovesNobody() {
    story.pools("lan 10.0.0.10-10.0.0.12").service(dual("demo/a", PREFER));
    story.expect("demo/a", "Assign 10.0.0.10 OneFamilyOnly");
    story.pools("lan 10.0.0.10-10.0.0.12", "better 10.1.0.0/24 2001:db8:1::/120");
    story.expect("demo/a", "Keep 10.0.0.10 OneFamilyOnly");
    story.pools("lan 10.0.0.10-10.0.0.12 2001:db8::/120");
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::");
  }

  /// 43: held, where MetalLB replaces both.
  @Test
  void aFamilyThatThePoolLosesIsHeld() {
    story.pools(DUAL, "other 10.1.0.0/24 2001:db8:1::/120").service(dual("demo/a", REQUIRE)).plan();
    story.pools("dual 10.0.0.10-10.0.0.12", "other 10.1.0.0/24 2001:db8:1::/120");
    story.expect("demo/a", "Hold 10.0.0.10 2001:db8::10 OutsidePools");
    story.andRecord("2001:db8::10", "held demo/a automatic");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  /// 45
  @Test
  void oneClusterIpMeansOneAddress() {
    story
        .pools(DUAL)
        .service(service("demo/a").policy(PREFER))
        .expect("demo/a", "Assign 10.0.0.10");
  }

  @Test
  void requiringBothWithOneClusterIpIsRefused() {
    story.pools(DUAL).service(service("demo/a").policy(REQUIRE));
    story.expect("demo/a", "Refuse DualStackUnavailable");
  }

  @Test
  void aServiceThatTurnsSingleStackGivesTheOtherFamilyBack() {
    story.pools(DUAL).service(dual("demo/a", PREFER)).settle();
    story.edit("demo/a", a -> a.clusterIps("172.16.0.1").policy(FamilyPolicy.SINGLE_STACK));
    story.expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("2001:db8::10", "releasing demo/a automatic").settle();
    story.andRecord("2001:db8::10", "resting demo/a automatic");
  }

  @Test
  void aServiceThatTurnsDualKeepsWhatItHas() {
    story.pools("four 10.9.0.0/24", DUAL).services("demo/a").settle();
    story.edit("demo/a", a -> a.clusterIps("172.16.0.1", "fd00::1").policy(REQUIRE));
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::10");
  }

  @Test
  void aServiceThatRequiresWhatItsPoolLacksKeepsWhatItHas() {
    story.pools("four 10.9.0.0/24").services("demo/a").settle();
    story.edit("demo/a", a -> a.clusterIps("172.16.0.1", "fd00::1").policy(REQUIRE));
    story.expect("demo/a", "Refuse 10.9.0.0 NoFreeAddress");
    story.edit("demo/a", a -> a.policy(PREFER)).expect("demo/a", "Keep 10.9.0.0 OneFamilyOnly");
    story.edit("demo/a", a -> a.policy(REQUIRE)).expect("demo/a", "Refuse 10.9.0.0 NoFreeAddress");
  }

  @Test
  void theFamilyOfAServiceThatIsTurnedOverIsReplaced() {
    story.pools(DUAL).services("demo/a").settle().edit("demo/a", a -> a.clusterIps("fd00::1"));
    story.expect("demo/a", "Assign 2001:db8::10");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void aRequestForBothFamiliesIsMetWholeAndFromOnePool() {
    story.pools(DUAL, "six 2001:db8:1::/120");
    String ips = "gitlb.io/loadBalancerIPs";
    story.service(dual("demo/a", REQUIRE).annotation(ips, "2001:db8::12, 10.0.0.12"));
    story.service(dual("demo/b", REQUIRE).annotation(ips, "2001:db8:1::12, 10.0.0.11"));
    story.expect("demo/a", "Assign 10.0.0.12 2001:db8::12").and("demo/b", "Refuse DifferentPools");
  }

  @Test
  void aRequestForOneFamilyIsCompletedFromItsPool() {
    story.pools(DUAL, "aaa 10.9.0.0/24 2001:db8:9::/120");
    story.service(dual("demo/a", PREFER).loadBalancerIp("10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12 2001:db8::10");
  }

  @Test
  void aPinOfOneFamilyIsCompletedFromItsPool() {
    story.config(pool(DUAL) + pin("p", "demo/a", "2001:db8::12"));
    story.service(dual("demo/a", REQUIRE)).services("demo/b");
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::12").and("demo/b", "Assign 10.0.0.11");
  }

  @Test
  void bothFamiliesOfAStatusAreAdopted() {
    story.pools(DUAL).service(dual("demo/a", PREFER).status("10.0.0.12", "2001:db8::11"));
    story.shows("demo/a", "10.0.0.12 2001:db8::11");
  }

  @Test
  void familiesComeFromTwoPoolsWhereBothSaySo() {
    story.pools("four 10.0.0.0/24", "six 2001:db8::/120").service(dual("demo/a", REQUIRE));
    story.expect("demo/a", "Refuse NoFreeAddress");
    String combine = "combineFamilies: true";
    story.config(pool("four 10.0.0.0/24", combine) + pool("six 2001:db8::/120"));
    story.expect("demo/a", "Refuse NoFreeAddress");
    story.config(pool("four 10.0.0.0/24", combine) + pool("six 2001:db8::/120", combine));
    story.expect("demo/a", "Assign 10.0.0.0 2001:db8::");
    story.expect("demo/a", "Keep 10.0.0.0 2001:db8::");
  }

  @Test
  void onePoolWithBothFamiliesIsPreferredToTwo() {
    String combine = "combineFamilies: true";
    story.config(
        pool("four 10.0.0.0/24", combine)
            + pool("six 2001:db8::/120", combine)
            + pool("zzz 10.9.0.0/24 2001:db8:9::/120"));
    story.service(dual("demo/a", PREFER)).expect("demo/a", "Assign 10.9.0.0 2001:db8:9::");
  }

  @Test
  void aCombinationAlsoMeetsARequestForTwoPools() {
    String combine = "combineFamilies: true";
    story.config(pool("four 10.0.0.0/24", combine) + pool("six 2001:db8::/120", combine));
    story.service(
        dual("demo/a", PREFER).annotation("gitlb.io/loadBalancerIPs", "10.0.0.7,2001:db8::7"));
    story.expect("demo/a", "Assign 10.0.0.7 2001:db8::7");
  }

  @Test
  void whoHasOneFamilyGetsTheOtherFromAPoolThatMayBeCombined() {
    String combine = "combineFamilies: true";
    story.config(pool("four 10.0.0.0/24", combine)).service(dual("demo/a", PREFER));
    story.expect("demo/a", "Assign 10.0.0.0 OneFamilyOnly");
    story.config(pool("four 10.0.0.0/24", combine) + pool("six 2001:db8::/120", combine));
    story.expect("demo/a", "Assign 10.0.0.0 2001:db8::");
  }

  /// A family that the pool no longer has room for is not taken from a pool that does not admit.
  @Test
  void aSecondFamilyIsNotTakenFromAPoolThatNoLongerAdmits() {
    story.pools("lan 10.0.0.10-10.0.0.12").service(dual("demo/a", PREFER)).plan();
    story.config(
        pool("lan 10.0.0.10-10.0.0.12 2001:db8::/120", "serviceAllocation: {namespaces: [zoo]}"));
    story.expect("demo/a", "Hold 10.0.0.10 PoolRestricted OneFamilyOnly");
    story.andRecord("2001:db8::", "free");
  }
}
