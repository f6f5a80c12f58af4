// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `gitlb.io/v1` adds to a pool: exclude, draining, quota, announce.
class PoolRulesTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.15";

  private final PlanStory story = new PlanStory();

  private static ServiceBuilder sharing(String ref, int port) {
    return service(ref).annotation("gitlb.io/allow-shared-ip", "k").ports(new Port("TCP", port));
  }

  // --- exclude

  @Test
  void excludedAddressesAreNeverGiven() {
    story.config(pool(LAN, "exclude: [10.0.0.10-10.0.0.12, 10.0.0.14/31]"));
    story.services("demo/a", "demo/b");
    story.service(service("demo/c").loadBalancerIp("10.0.0.11"));
    story.expect("demo/c", "Refuse Excluded").and("demo/a", "Assign 10.0.0.13");
    story.and("demo/b", "Refuse NoFreeAddress");
  }

  @Test
  void anAddressInUseThatIsExcludedIsHeldUntilItIsGivenBack() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN, "exclude: [10.0.0.10/32]")).services("demo/b");
    story.expect("demo/a", "Hold 10.0.0.10 Excluded").and("demo/b", "Assign 10.0.0.11");
    story.pools(LAN).expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  @Test
  void anExcludedAddressThatIsRetainedIsNotGivenBack() {
    story.pools(LAN).services("demo/a").settle().delete("demo/a").settle();
    story.config(pool(LAN, "exclude: [10.0.0.10/32]")).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.11");
  }

  // --- draining

  @Test
  void aDrainingPoolKeepsItsHoldersAndGivesNothingNew() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN, "draining: true") + pin("p", "demo/p", "10.0.0.15"));
    story.services("demo/b", "demo/p");
    story.service(service("demo/c").loadBalancerIp("10.0.0.12"));
    story.service(service("demo/d").annotation("gitlb.io/address-pool", "lan"));
    story.expect("demo/a", "Keep 10.0.0.10").and("demo/b", "Refuse NoFreeAddress");
    story.and("demo/c", "Refuse PoolDraining").and("demo/p", "Refuse PoolDraining");
    story.and("demo/d", "Refuse NoFreeAddress").says("lan is being drained");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  @Test
  void aDrainingPoolGivesNoSecondFamilyAndNoShareEither() {
    story.pools(LAN + " 2001:db8::/120").service(sharing("demo/a", 80)).plan();
    story.config(pool(LAN + " 2001:db8::/120", "draining: true")).service(sharing("demo/b", 81));
    story.edit(
        "demo/a",
        a -> a.clusterIps("172.16.0.1", "fd00::1").policy(FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Keep 10.0.0.10 OneFamilyOnly").and("demo/b", "Refuse NoFreeAddress");
  }

  @Test
  void aServiceOfADrainingPoolMovesOutWhenItAsks() {
    story.config(pool(LAN, "draining: true") + pool("new 10.1.0.0/24"));
    story.service(service("demo/a").status("10.0.0.10")).plan();
    story.and("demo/a", "Hold 10.0.0.10 PoolDraining");
    story.edit("demo/a", a -> a.annotation("gitlb.io/address-pool", "new")).plan().settle();
    story.and("demo/a", "Keep 10.1.0.0").andRecord("10.0.0.10", "resting demo/a adopted");
  }

  @Test
  void aDrainedPoolThatIsOpenedAgainServesThoseWhoWait() {
    story.config(pool(LAN, "draining: true")).services("demo/a").plan();
    story.pools(LAN).expect("demo/a", "Assign 10.0.0.10");
  }

  // --- quota

  @Test
  void aNamespaceGetsAsManyAddressesAsTheQuotaSays() {
    story.config(pool(LAN, "quota: 2")).services("demo/a", "demo/b", "demo/c", "zoo/a");
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.0.0.11");
    story.and("demo/c", "Refuse NoFreeAddress").says("lan gives namespace demo no more");
    story.and("zoo/a", "Assign 10.0.0.12");
  }

  @Test
  void theQuotaBindsRequestsAndPins() {
    story.config(pool(LAN, "quota: 1") + pin("p", "demo/p", "10.0.0.15")).services("demo/a").plan();
    story.services("demo/p").service(service("demo/r").loadBalancerIp("10.0.0.14"));
    story.expect("demo/p", "Refuse QuotaUsed").and("demo/r", "Refuse QuotaUsed");
  }

  @Test
  void aSharedAddressCountsOncePerNamespace() {
    story.config(pool(LAN, "quota: 1", "shareAcrossNamespaces: true"));
    story.service(sharing("demo/a", 80)).service(sharing("demo/b", 81));
    story.service(sharing("zoo/c", 82)).service(sharing("demo/d", 80)).services("zoo/e");
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.0.0.10");
    story.and("zoo/c", "Assign 10.0.0.10").and("demo/d", "Refuse NoFreeAddress");
    story.and("zoo/e", "Refuse NoFreeAddress");
  }

  @Test
  void whoFreesHisShareOfTheQuotaServesTheNext() {
    story.config(pool(LAN, "quota: 1", "retain: 0s")).services("demo/a", "demo/b").settle();
    story.and("demo/b", "Refuse NoFreeAddress").delete("demo/a").settle();
    story.and("demo/b", "Keep 10.0.0.11");
  }

  @Test
  void aSmallerQuotaTakesNothingAway() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.config(pool(LAN, "quota: 1")).services("demo/c").expect("demo/a", "Keep 10.0.0.10");
    story.and("demo/b", "Keep 10.0.0.11").and("demo/c", "Refuse NoFreeAddress");
    story.andRecord("10.0.0.11", "allocated demo/b automatic");
  }

  @Test
  void aQuotaThatIsRaisedServesThoseWhoWait() {
    story.config(pool(LAN, "quota: 1")).services("demo/a", "demo/b").plan();
    story.config(pool(LAN, "quota: 2")).expect("demo/b", "Assign 10.0.0.11");
  }

  @Test
  void theQuotaIsOfThePoolAndTheNextPoolServes() {
    story.config(pool(LAN, "quota: 1") + pool("next 10.1.0.0/24")).services("demo/a", "demo/b");
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.1.0.0");
  }

  @Test
  void whatIsAdoptedOverTheQuotaIsHeld() {
    story.config(pool(LAN, "quota: 1"));
    story
        .service(service("demo/a").status("10.0.0.12"))
        .service(service("demo/b").status("10.0.0.11"));
    story.shows("demo/a", "10.0.0.12").and("demo/b", "Hold 10.0.0.11 QuotaUsed");
    story.andRecord("10.0.0.11", "held demo/b adopted");
    story.expect("demo/b", "Hold 10.0.0.11 QuotaUsed");
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void severalAddressesOfOneServiceCountEach() {
    story.config(pool(LAN, "quota: 2"));
    story.service(service("demo/a").annotation("gitlb.io/address-count", "3"));
    story.expect("demo/a", "Assign 10.0.0.10 10.0.0.11 FewerAddresses");
    story.services("demo/b").expect("demo/b", "Refuse NoFreeAddress");
  }

  // --- announce

  @Test
  void aPoolThatIsNotAnnouncedGivesAndRecordsAllTheSame() {
    story
        .config(pool(LAN, "announce: false"))
        .services("demo/a")
        .expect("demo/a", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  @Test
  void aMoveToAnAddressThatNobodyAnnouncesDoesNotWait() {
    story.config(pool(LAN) + pool("silent 10.1.0.0/24", "announce: false"));
    story.services("demo/a").plan().announced("10.0.0.10");
    story.edit("demo/a", a -> a.annotation("gitlb.io/address-pool", "silent"));
    story.expect("demo/a", "Assign 10.1.0.0");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void aMoveFromAnAddressThatNobodyAnnouncesDoesNotWaitEither() {
    story.config(pool("silent 10.1.0.0/24", "announce: false") + pool("zoo 10.2.0.0/24"));
    story.services("demo/a").plan();
    story.edit("demo/a", a -> a.annotation("gitlb.io/address-pool", "zoo"));
    story.expect("demo/a", "Assign 10.2.0.0");
    story.andRecord("10.1.0.0", "releasing demo/a automatic");
    story.after(Duration.ofSeconds(1)).plan();
  }
}
