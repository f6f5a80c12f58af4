// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who gets an address, keeps it and loses it. Numbers count MetalLB's behaviours; where ours is
/// another one on purpose, the README says why.
class AllocationBehaviourTest {

  private static final String LAN = "lan 10.0.0.0-10.0.0.3";
  private static final String AT_ONCE = "retain: 0s";

  private final PlanStory story = new PlanStory();

  /// 1
  @Test
  void theLowestFreeAddressIsGiven() {
    story.pools("lan 10.0.0.0/24").services("demo/b", "demo/a").expect("demo/a", "Assign 10.0.0.0");
    story.and("demo/b", "Assign 10.0.0.1").andRecord("10.0.0.0", "allocated demo/a automatic");
    story.expect("demo/a", "Keep 10.0.0.0");
    assertEquals(List.of(), story.last().edits());
  }

  /// 2, 3
  @Test
  void aServiceThatIsNoLongerALoadBalancerLosesItsAddressAndItsStatus() {
    story.pools(LAN).services("demo/a").settle().edit("demo/a", ServiceBuilder::leftBehind);
    story
        .expect("demo/a", "Release [10.0.0.0]")
        .andRecord("10.0.0.0", "releasing demo/a automatic");
    assertEquals(List.of(), story.view.service("demo/a").statusAddresses());
    story.obey().plan().andRecord("10.0.0.0", "retained demo/a automatic");
    story.after(Duration.ofMinutes(10)).plan().andRecord("10.0.0.0", "free");
  }

  /// 12: adoption is for the time when the ledger is built; afterwards the record wins.
  @Test
  void aStatusOutsideEveryPoolIsReplaced() {
    story.pools(LAN).service(service("demo/a").status("192.0.2.9"));
    story.expect("demo/a", "Assign 10.0.0.0");
    story.service(service("demo/b").status("192.0.2.9")).expect("demo/b", "Assign 10.0.0.1");
  }

  /// 13: of an ingress the view has the addresses only.
  @Test
  void aStatusWithoutAnAddressIsFilled() {
    story.pools(LAN).service(service("demo/a").status()).expect("demo/a", "Assign 10.0.0.0");
  }

  /// 14
  @Test
  void withoutAClusterIpNothingIsGiven() {
    story.pools(LAN).service(service("demo/a").clusterIps()).expect("demo/a", "Refuse NoClusterIP");
    story.edit("demo/a", a -> a.clusterIps("172.16.0.9")).expect("demo/a", "Assign 10.0.0.0");
    story.edit("demo/a", a -> a.clusterIps()).expect("demo/a", "Refuse 10.0.0.0 NoClusterIP");
  }

  /// 16
  @Test
  void aStatusOfTheWrongFamilyIsReplaced() {
    story.pools(LAN, "six 2001:db8::/120").service(service("demo/a").status("2001:db8::1"));
    story.expect("demo/a", "Assign 10.0.0.0").andRecord("2001:db8::1", "free");
  }

  /// 17: a waiting Service gets a freed address as soon as nobody announces it any more; where the
  /// pool retains, after that time.
  @Test
  void aFreedAddressServesOneWhoWaits() {
    story.config(pool("one 10.0.0.0/32", AT_ONCE)).services("demo/a", "demo/b").settle();
    story.and("demo/b", "Refuse NoFreeAddress").says("one is full");
    story.delete("demo/a").expect("demo/b", "Refuse NoFreeAddress");
    story.and("demo/a", "Release [10.0.0.0]").andRecord("10.0.0.0", "releasing demo/a automatic");
    story.obey().expect("demo/b", "Assign 10.0.0.0");
    story.andRecord("10.0.0.0", "allocated demo/b automatic");
  }

  /// 17
  @Test
  void aFreedAddressServesTheFirstOfThoseWhoWait() {
    story.config(pool("one 10.0.0.0/32", AT_ONCE)).services("demo/a", "zoo/w", "demo/z", "demo/k");
    story.settle().delete("demo/a").plan();
    story.obey().expect("demo/k", "Assign 10.0.0.0").and("demo/z", "Refuse NoFreeAddress");
    story.and("zoo/w", "Refuse NoFreeAddress");
  }

  @Test
  void anAddressThatNobodyAcknowledgesToBeWithoutIsFreeAfterFiveMinutes() {
    story.config(pool(LAN, AT_ONCE, "reuseDelay: 0s")).services("demo/a").settle();
    story.delete("demo/a").plan().after(Duration.ofMinutes(4)).plan();
    story.andRecord("10.0.0.0", "releasing demo/a automatic");
    assertEquals(
        story.recordAt("10.0.0.0").since().plus(Duration.ofMinutes(5)),
        story.last().nextChange().orElseThrow());
    story.after(Duration.ofMinutes(1)).plan().andRecord("10.0.0.0", "free");
  }

  /// 20
  @Test
  void theSameConfigurationTwiceChangesNothing() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.pools(LAN).expect("demo/a", "Keep 10.0.0.0").and("demo/b", "Keep 10.0.0.1");
    assertEquals(List.of(), story.last().edits());
  }

  /// 20
  @Test
  void aPoolThatGrowsOrShrinksAroundAnAddressMovesNobody() {
    story.pools("lan 10.0.0.4-10.0.0.7").services("demo/a").plan();
    story.pools("lan 10.0.0.0-10.0.0.9").expect("demo/a", "Keep 10.0.0.4");
    story.pools("lan 10.0.0.4/32").expect("demo/a", "Keep 10.0.0.4");
    assertEquals(List.of(), story.last().edits());
  }

  /// 20
  @Test
  void aPoolThatIsRenamedOrSplitKeepsItsServices() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.pools("renamed 10.0.0.0-10.0.0.3").expect("demo/a", "Keep 10.0.0.0");
    assertEquals(Action.UPDATE, story.last().edits().getFirst().action());
    assertEquals("renamed", story.recordAt("10.0.0.0").pool().value());
    story.pools("first 10.0.0.0/32", "second 10.0.0.1-10.0.0.3").expect("demo/a", "Keep 10.0.0.0");
    story.and("demo/b", "Keep 10.0.0.1");
    assertEquals("first", story.recordAt("10.0.0.0").pool().value());
    assertEquals("second", story.recordAt("10.0.0.1").pool().value());
  }

  /// 20, 21, 22: held instead of renumbered.
  @Test
  void whatADefinitionTakesAwayIsHeldUnderTheCommitBefore() {
    story.pools(LAN).services("demo/a").plan();
    String given = story.commit();
    story.pools("lan 10.0.0.1-10.0.0.3").expect("demo/a", "Hold 10.0.0.0 OutsidePools");
    story.andRecord("10.0.0.0", "held demo/a automatic");
    assertEquals(given, story.recordAt("10.0.0.0").configCommit());
    story.plan();
    assertEquals(List.of(), story.last().edits());
    story.pools(LAN).expect("demo/a", "Keep 10.0.0.0");
    story.andRecord("10.0.0.0", "allocated demo/a automatic");
  }

  /// 21
  @Test
  void allPoolsGoneHoldsEverybody() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.pools("new 10.9.0.0/24").expect("demo/a", "Hold 10.0.0.0 OutsidePools");
    story.and("demo/b", "Hold 10.0.0.1 OutsidePools").restart();
    story.expect("demo/a", "Hold 10.0.0.0 OutsidePools");
  }

  /// 22
  @Test
  void aPoolGoneAndAnotherOneFreeHoldsItsServicesAndServesNewOnes() {
    story.pools(LAN).services("demo/a").plan();
    story
        .pools("new 10.9.0.0/24")
        .services("demo/b")
        .expect("demo/a", "Hold 10.0.0.0 OutsidePools");
    story.and("demo/b", "Assign 10.9.0.0");
  }

  @Test
  void aHeldAddressIsNotGivenToAnybody() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN, "serviceAllocation: {namespaces: [other]}")).services("other/b");
    story.expect("demo/a", "Hold 10.0.0.0 PoolRestricted").and("other/b", "Assign 10.0.0.1");
    story.service(service("other/c").loadBalancerIp("10.0.0.0"));
    story.expect("other/c", "Refuse AddressInUse");
  }

  @Test
  void aRequestedAddressThatIsTakenAwayIsHeld() {
    story.pools(LAN).service(service("demo/a").loadBalancerIp("10.0.0.0")).plan();
    story.pools("lan 10.0.0.1-10.0.0.3").expect("demo/a", "Hold 10.0.0.0 OutsidePools");
  }

  @Test
  void aHeldServiceThatIsDeletedGivesItsAddressBack() {
    story.pools(LAN).services("demo/a").settle();
    story.pools("lan 10.0.0.1-10.0.0.3").settle().delete("demo/a").settle();
    story.after(Duration.ofMinutes(10)).plan().andRecord("10.0.0.0", "free");
  }

  /// 23
  @Test
  void aRestartWithAFullPoolMovesNobody() {
    story.pools(LAN);
    story.services("demo/a", "demo/b", "demo/c", "demo/d", "demo/0", "demo/e").settle();
    for (int start = 0; start < 5; start++) {
      story.restart().expect("demo/0", "Keep 10.0.0.0").and("demo/a", "Keep 10.0.0.1");
      story.and("demo/c", "Keep 10.0.0.3").and("demo/d", "Refuse NoFreeAddress");
      assertEquals(List.of(), story.last().edits());
    }
  }

  @Test
  void newPortsAndANewUidAreRecorded() {
    story.pools(LAN).services("demo/a").plan();
    story.service(service("demo/a").uid("again").status("10.0.0.0"));
    story.expect("demo/a", "Keep 10.0.0.0");
    assertEquals(Action.UPDATE, story.last().edits().getFirst().action());
    assertEquals("again", story.recordAt("10.0.0.0").holders().getFirst().uid());
  }

  @Test
  void theRecordWinsOverAStatusEditedByHand() {
    story.pools(LAN).services("demo/a").plan();
    story.edit("demo/a", a -> a.status("10.0.0.2")).expect("demo/a", "Keep 10.0.0.0");
    story.andRecord("10.0.0.2", "free");
  }

  @Test
  void withoutAnyPoolTheReasonSaysSo() {
    story.services("demo/a").expect("demo/a", "Refuse NoPool");
  }

  @Test
  void anOrphanedRecordIsReleased() {
    story.pools(LAN).services("demo/a", "demo/b").settle().delete("demo/a").restart();
    story.expect("demo/a", "Release [10.0.0.0]").and("demo/b", "Keep 10.0.0.1");
  }
}
