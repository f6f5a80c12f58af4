// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// PinnedIP: an address belongs to a Service, also before it exists.
class PinTest {

  private static final String LAN = pool("lan 10.0.0.10-10.0.0.13");

  private final PlanStory story = new PlanStory();

  @Test
  void aPinReservesBeforeItsServiceExists() {
    story.config(LAN + pin("p", "demo/z", "10.0.0.10")).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.11");
    story.service(service("demo/b").loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Refuse PinnedToOther");
    story.services("demo/z").expect("demo/z", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/z pinned");
  }

  @Test
  void aPinComesBeforeWhatTheServiceAsksFor() {
    story.config(LAN + pin("p", "demo/z", "10.0.0.12"));
    story.service(
        service("demo/z").loadBalancerIp("10.0.0.13").annotation("gitlb.io/address-pool", "lan"));
    story.expect("demo/z", "Assign 10.0.0.12");
  }

  @Test
  void aPinOnAnAddressInUseWaitsAndTheHolderIsHeld() {
    story.config(LAN).services("demo/a").settle();
    story.config(LAN + pin("p", "demo/z", "10.0.0.10")).services("demo/z");
    story.expect("demo/z", "Refuse AddressInUse").says("in use by demo/a");
    story
        .and("demo/a", "Hold 10.0.0.10 PinnedToOther")
        .andRecord("10.0.0.10", "held demo/a automatic");
    story.delete("demo/a").plan().obey().expect("demo/z", "Assign 10.0.0.10");
  }

  @Test
  void aRunningServiceWhosePinWaitsKeepsWhatItHas() {
    story.config(LAN).services("demo/a", "demo/z").settle();
    story.config(LAN + pin("p", "demo/z", "10.0.0.10"));
    story.expect("demo/z", "Refuse 10.0.0.11 AddressInUse");
    story.delete("demo/a").settle().and("demo/z", "Keep 10.0.0.10");
    story.andRecord("10.0.0.11", "resting demo/z automatic");
  }

  @Test
  void aPinForARunningServiceMovesItMakeBeforeBreak() {
    story.config(LAN).services("demo/a").settle();
    story.config(LAN + pin("p", "demo/a", "10.0.0.12")).expect("demo/a", "Assign 10.0.0.10");
    story.andRecord("10.0.0.12", "allocated demo/a pinned").says("moving to 10.0.0.12");
    story.andRecord("10.0.0.10", "allocated demo/a automatic").after(Duration.ofSeconds(3));
    story.expect("demo/a", "Keep 10.0.0.10").after(Duration.ofSeconds(1));
    story.expect("demo/a", "Keep 10.0.0.10 MoveWaiting").announced("10.0.0.12");
    story.expect("demo/a", "Keep 10.0.0.12");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void aPinOnWhatTheServiceHasChangesNothing() {
    story.config(LAN).services("demo/a").settle();
    story.config(LAN + pin("p", "demo/a", "10.0.0.10")).expect("demo/a", "Keep 10.0.0.10");
  }

  @Test
  void aPinThatIsRemovedMovesNobody() {
    story.config(LAN + pin("p", "demo/a", "10.0.0.12")).services("demo/a").settle();
    story.config(LAN).expect("demo/a", "Keep 10.0.0.12");
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void severalPinnedAddressesOfAFamilyAreAllGiven() {
    story.config(LAN + pin("p", "demo/a", "10.0.0.13", "10.0.0.11")).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.11 10.0.0.13");
  }

  @Test
  void aPinOfAFamilyThatTheServiceLacksWaitsForThatFamily() {
    String lan = pool("lan 10.0.0.10-10.0.0.13 2001:db8::/120");
    story.config(lan + pin("p", "demo/a", "2001:db8::7")).services("demo/a", "demo/b");
    story.expect("demo/a", "Assign 10.0.0.10");
    story.edit(
        "demo/a",
        a -> a.clusterIps("172.16.0.1", "fd00::1").policy(FamilyPolicy.PREFER_DUAL_STACK));
    story.expect("demo/a", "Assign 10.0.0.10 2001:db8::7");
  }

  @Test
  void aPinServesItsServiceInAPoolOnRequest() {
    story.config(
        pool("manual 10.0.0.10-10.0.0.13", "autoAssign: false") + pin("p", "demo/a", "10.0.0.11"));
    story.services("demo/a").expect("demo/a", "Assign 10.0.0.11");
  }

  @Test
  void aPinDoesNotOpenAPoolThatDoesNotAdmitItsService() {
    story.config(
        pool("gold 10.0.0.10-10.0.0.13", "serviceAllocation: {namespaces: [gold]}")
            + pool("lan 10.1.0.0/24")
            + pin("p", "demo/a", "10.0.0.11"));
    story.services("demo/a").expect("demo/a", "Refuse PoolRestricted");
  }

  @Test
  void aPinnedAddressIsSharedByNobodyElse() {
    story.config(LAN + pin("p", "demo/a", "10.0.0.10"));
    story.service(service("demo/a").annotation("gitlb.io/allow-shared-ip", "k"));
    story.service(
        service("demo/b")
            .annotation("gitlb.io/allow-shared-ip", "k")
            .ports(new Port("TCP", 81))
            .loadBalancerIp("10.0.0.10"));
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Refuse PinnedToOther");
  }

  @Test
  void aPinnedAddressThatTheClusterUsesIsRefusedAndReported() {
    story.config(LAN + pin("p", "demo/a", "10.0.0.11"));
    story.view.uses("10.0.0.11", "the API server");
    story.services("demo/a").expect("demo/a", "Refuse ClusterAddress").says("the API server");
    assertEquals(
        List.of("the API server"), story.last().skipped().stream().map(Plan.Skipped::use).toList());
  }
}
