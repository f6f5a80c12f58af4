// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pool;

import org.junit.jupiter.api.Test;

/// Which pool serves whom, and in which order. Numbers count MetalLB's behaviours; where ours is
/// another one on purpose, the README says why.
class PoolChoiceBehaviourTest {

  private static final String TEAM =
      pool("team 10.0.0.1-10.0.0.9", "serviceAllocation: {namespaces: [team]}");

  private final PlanStory story = new PlanStory();

  /// 18
  @Test
  void endOctetsAreAvoidedAlsoOnRequest() {
    story.config(pool("lan 10.0.0.254-10.0.1.1", "avoidBuggyIPs: true"));
    story.services("demo/a", "demo/b", "demo/c");
    story.service(service("demo/d").loadBalancerIp("10.0.1.0"));
    story.service(service("demo/e").loadBalancerIp("10.0.0.255"));
    story.expect("demo/a", "Assign 10.0.0.254").and("demo/b", "Assign 10.0.1.1");
    story.and("demo/c", "Refuse NoFreeAddress").and("demo/d", "Refuse EndOctetAvoided");
    story.and("demo/e", "Refuse EndOctetAvoided");
  }

  /// 18: who has one when the rule comes is held, not renumbered.
  @Test
  void anEndOctetInUseIsHeldWhenItIsToBeAvoided() {
    story.pools("lan 10.0.0.255-10.0.1.3").services("demo/a", "demo/b").plan();
    story.config(pool("lan 10.0.0.255-10.0.1.3", "avoidBuggyIPs: true"));
    story.expect("demo/a", "Hold 10.0.0.255 EndOctetAvoided");
    story.and("demo/b", "Hold 10.0.1.0 EndOctetAvoided");
  }

  /// 18
  @Test
  void ofIpv6NoAddressIsAvoided() {
    story.config(pool("six 2001:db8::-2001:db8::ff", "avoidBuggyIPs: true"));
    story.service(service("demo/a").clusterIps("fd00::1")).expect("demo/a", "Assign 2001:db8::");
  }

  /// 19
  @Test
  void aPoolOnRequestServesOnlyThoseWhoAsk() {
    story.config(pool("manual 10.0.0.1-10.0.0.9", "autoAssign: false")).services("demo/a");
    story.service(service("demo/b").annotation("metallb.io/address-pool", "manual"));
    story.service(service("demo/c").loadBalancerIp("10.0.0.7"));
    story.expect("demo/a", "Refuse NoFreeAddress").and("demo/b", "Assign 10.0.0.1");
    story.and("demo/c", "Assign 10.0.0.7").says("manual is only for Services that ask for it");
  }

  /// 19
  @Test
  void aPoolThatTurnsOnRequestKeepsItsHolders() {
    story.pools("lan 10.0.0.1-10.0.0.9").services("demo/a").plan();
    story.config(pool("lan 10.0.0.1-10.0.0.9", "autoAssign: false")).services("demo/b");
    story.expect("demo/a", "Keep 10.0.0.1").and("demo/b", "Refuse NoFreeAddress");
  }

  /// 34
  @Test
  void aPoolForNamespacesServesThemAlone() {
    story.config(TEAM).services("team/a", "demo/a");
    story.service(service("demo/b").loadBalancerIp("10.0.0.2"));
    story.service(service("demo/c").annotation("gitlb.io/address-pool", "team"));
    story.expect("team/a", "Assign 10.0.0.1").and("demo/a", "Refuse NoFreeAddress");
    story.and("demo/b", "Refuse PoolRestricted").and("demo/c", "Refuse PoolRestricted");
    story.says("team is for other Services");
  }

  /// 35
  @Test
  void aNamespaceThatGetsTheLabelsIsServed() {
    story.config(
        pool(
            "team 10.0.0.1-10.0.0.9",
            "serviceAllocation: {namespaceSelectors: [{matchLabels: {team: red}}]}"));
    story.services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
    story.view.namespace("demo", "team=red");
    story.expect("demo/a", "Assign 10.0.0.1");
    story.view.namespace("demo", "team=blue");
    story.expect("demo/a", "Hold 10.0.0.1 PoolRestricted");
  }

  /// MetalLB opens such a pool to every namespace that asks for it.
  @Test
  void aRestrictionThatMatchesNoNamespaceAdmitsNobody() {
    story.config(
        pool(
            "team 10.0.0.1-10.0.0.9",
            "serviceAllocation: {namespaceSelectors: [{matchLabels: {team: red}}]}"));
    story.service(service("demo/a").annotation("gitlb.io/address-pool", "team"));
    story.service(service("demo/b").loadBalancerIp("10.0.0.4"));
    story.expect("demo/a", "Refuse PoolRestricted").and("demo/b", "Refuse PoolRestricted");
  }

  @Test
  void namespacesAndSelectorsAreAUnionAndServiceLabelsBindBoth() {
    story.config(
        pool(
            "team 10.0.0.1-10.0.0.9",
            "serviceAllocation:",
            "  namespaces: [one]",
            "  namespaceSelectors: [{matchLabels: {team: red}}]",
            "  serviceSelectors: [{matchLabels: {tier: gold}}, {matchLabels: {tier: silver}}]"));
    story.view.namespace("two", "team=red");
    story
        .service(service("one/a").labels("tier=gold"))
        .service(service("two/b").labels("tier=silver"));
    story.services("one/c").service(service("three/d").labels("tier=gold"));
    story.expect("one/a", "Assign 10.0.0.1").and("two/b", "Assign 10.0.0.2");
    story.and("one/c", "Refuse NoFreeAddress").and("three/d", "Refuse NoFreeAddress");
  }

  /// 36
  @Test
  void aServiceThatThePoolsSelectorDoesNotMatchIsRefusedAlsoOnRequest() {
    story.config(
        pool(
            "gold 10.0.1.1-10.0.1.9",
            "serviceAllocation: {serviceSelectors: [{matchLabels: {tier: gold}}]}"));
    story.service(service("demo/a").annotation("gitlb.io/address-pool", "gold"));
    story.service(service("demo/b").labels("tier=gold"));
    story.expect("demo/a", "Refuse PoolRestricted").and("demo/b", "Assign 10.0.1.1");
    story.edit("demo/a", a -> a.labels("tier=gold")).expect("demo/a", "Assign 10.0.1.2");
    story.edit("demo/b", b -> b.labels()).expect("demo/b", "Hold 10.0.1.1 PoolRestricted");
  }

  /// 37: equal priorities by name, where MetalLB picks at random.
  @Test
  void poolsWithAServiceAllocationComeFirstByPriorityAndZeroLast() {
    story.config(
        pool("aaa 10.0.0.1/32")
            + pool("zero 10.0.1.1/32", "serviceAllocation: {priority: 0}")
            + pool("two 10.0.2.1/32", "serviceAllocation: {priority: 2}")
            + pool("one 10.0.3.1/32", "serviceAllocation: {priority: 1}")
            + pool("also-one 10.0.4.1/32", "serviceAllocation: {priority: 1}"));
    story.services("demo/a", "demo/b", "demo/c", "demo/d", "demo/e");
    story.expect("demo/a", "Assign 10.0.4.1").and("demo/b", "Assign 10.0.3.1");
    story.and("demo/c", "Assign 10.0.2.1").and("demo/d", "Assign 10.0.1.1");
    story.and("demo/e", "Assign 10.0.0.1");
  }

  /// 38
  @Test
  void aPoolWithAPriorityAloneComesBeforeThoseWithout() {
    story.config(
        pool("aaa 10.0.0.1-10.0.0.9")
            + pool("zzz 10.0.1.1-10.0.1.9", "serviceAllocation: {priority: 50}"));
    story.services("demo/a").expect("demo/a", "Assign 10.0.1.1");
  }

  /// A pinned pool that is full falls through to the general ones, as with MetalLB.
  @Test
  void whereTheRestrictedPoolIsFullTheGeneralOnesServe() {
    story.config(
        pool("all 10.0.0.1-10.0.0.9")
            + pool("team 10.0.1.1/32", "serviceAllocation: {namespaces: [team]}"));
    story.services("team/a", "team/b", "demo/c").expect("team/a", "Assign 10.0.1.1");
    story.and("team/b", "Assign 10.0.0.2").and("demo/c", "Assign 10.0.0.1");
  }

  @Test
  void aChangeOfPriorityMovesNobody() {
    String[] other = {"serviceAllocation: {priority: 1}"};
    story
        .config(pool("a 10.0.0.1-10.0.0.9", other) + pool("b 10.0.1.1-10.0.1.9"))
        .services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.1");
    story.config(pool("a 10.0.0.1-10.0.0.9") + pool("b 10.0.1.1-10.0.1.9", other));
    story.expect("demo/a", "Keep 10.0.0.1").services("demo/b").expect("demo/b", "Assign 10.0.1.1");
  }

  @Test
  void theReasonNamesEveryPoolAndWhyItDidNotServe() {
    story.config(
        TEAM
            + pool("full 10.1.0.0/32")
            + pool("manual 10.2.0.0/24", "autoAssign: false")
            + pool("six 2001:db8::/120")
            + pool("old 10.3.0.0/24", "draining: true")
            + pool("small 10.4.0.0/24", "quota: 1"));
    story.services("demo/a", "demo/b", "demo/c").expect("demo/c", "Refuse NoFreeAddress");
    story.says("full is full").says("manual is only for Services that ask for it");
    story.says("six has no range of IPv4").says("old is being drained");
    story.says("small gives namespace demo no more").says("team is for other Services");
  }
}
