// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.ledger.LedgerEdit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who gets what, keeps it and loses it: one family, one Service an address.
class PlannerTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.12";

  private final PlanStory story = new PlanStory();

  @Test
  void theLowestFreeAddressIsGiven() {
    story.pools(LAN).services("demo/b", "demo/a").expect("demo/a", "Assign 10.0.0.10");
    story.and("demo/b", "Assign 10.0.0.11").andRecord("10.0.0.10", "allocated demo/a automatic");
    story.expect("demo/a", "Keep 10.0.0.10");
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void aFreedAddressServesOneWhoWaits() {
    story.config(pool("one 10.0.0.10/32", "retain: 0s")).services("demo/a", "demo/b").plan();
    story.and("demo/b", "Refuse NoFreeAddress");
    assertTrue(story.last().toString().contains("one is full"), story.last()::toString);
    story.delete("demo/a").expect("demo/b", "Refuse NoFreeAddress");
    story.and("demo/a", "Release [10.0.0.10]").andRecord("10.0.0.10", "releasing demo/a automatic");
    story.withdrawn("10.0.0.10").expect("demo/b", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/b automatic");
  }

  @Test
  void anAddressThatNobodyAcknowledgesToBeWithoutIsFreeAfterFiveMinutes() {
    story.config(pool(LAN, "retain: 0s", "reuseDelay: 0s")).services("demo/a").plan();
    story.delete("demo/a").plan();
    story.after(Duration.ofMinutes(4)).plan().andRecord("10.0.0.10", "releasing demo/a automatic");
    story.after(Duration.ofMinutes(1)).plan().andRecord("10.0.0.10", "free");
  }

  @Test
  void aServiceThatComesBackWhileItsAddressIsWithdrawnGetsItAgain() {
    story.pools(LAN).services("demo/a", "demo/b").plan().delete("demo/a").plan();
    story.service(service("demo/a").uid("new")).expect("demo/a", "Assign 10.0.0.10");
    assertEquals("new", story.recordAt("10.0.0.10").holders().getFirst().uid());
  }

  @Test
  void aServiceThatIsNoLongerALoadBalancerLosesItsAddressAndItsStatus() {
    story.pools(LAN).services("demo/a").plan();
    story.service(ServiceBuilder.of(story.view.service("demo/a")).leftBehind());
    story.expect("demo/a", "Release [10.0.0.10]");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void requestsAreReadFromEverySpelling() {
    story.pools(LAN);
    story.service(service("demo/a").annotation("gitlb.io/loadBalancerIPs", "10.0.0.12"));
    story.service(service("demo/b").annotation("metallb.universe.tf/loadBalancerIPs", "10.0.0.11"));
    story.service(service("demo/c").loadBalancerIp("10.0.0.10"));
    story.expect("demo/a", "Assign 10.0.0.12").and("demo/b", "Assign 10.0.0.11");
    story.and("demo/c", "Assign 10.0.0.10").andRecord("10.0.0.12", "allocated demo/a requested");
  }

  @Test
  void requestsComeBeforeThoseWhoAskForNothing() {
    story.pools("one 10.0.0.10/32").services("demo/a");
    story.service(service("demo/b").loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Assign 10.0.0.10").and("demo/a", "Refuse NoFreeAddress");
  }

  @Test
  void badRequestsGetTheirReasonAndNothing() {
    story.pools(LAN, "other 10.1.0.0/24");
    story.services("demo/holder").plan();
    refused(service("demo/a").loadBalancerIp("10.0.0.300"), "MalformedRequest");
    refused(
        service("demo/a").annotation("gitlb.io/loadBalancerIPs", "10.0.0.11,"), "MalformedRequest");
    refused(
        service("demo/a").annotation("gitlb.io/loadBalancerIPs", "10.0.0.11, 10.0.0.12"),
        "TooManyAddresses");
    refused(
        service("demo/a")
            .loadBalancerIp("10.0.0.11")
            .annotation("metallb.io/loadBalancerIPs", "10.0.0.12"),
        "ConflictingRequests");
    refused(service("demo/a").loadBalancerIp("2001:db8::1"), "WrongFamily");
    refused(service("demo/a").loadBalancerIp("::ffff:10.0.0.11"), "WrongFamily");
    refused(service("demo/a").loadBalancerIp("192.0.2.1"), "OutsidePools");
    refused(service("demo/a").loadBalancerIp("10.0.0.10"), "AddressInUse");
    refused(service("demo/a").annotation("gitlb.io/address-pool", "nope"), "UnknownPool");
    refused(
        service("demo/a").loadBalancerIp("10.0.0.11").annotation("gitlb.io/address-pool", "other"),
        "OutsideRequestedPool");
    refused(service("demo/a").clusterIps(), "NoClusterIP");
  }

  private void refused(ServiceBuilder service, String reason) {
    story.service(service).expect("demo/a", "Refuse " + reason);
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void theSameRequestMayBeSpelledTwice() {
    story.pools(LAN);
    story.service(
        service("demo/a")
            .loadBalancerIp("10.0.0.11")
            .annotation("metallb.io/loadBalancerIPs", "10.0.0.11"));
    story.expect("demo/a", "Assign 10.0.0.11");
  }

  @Test
  void aRequestThatCannotBeMetLeavesTheServiceWhatItHas() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.service(ServiceBuilder.of(story.view.service("demo/a")).loadBalancerIp("10.0.0.11"));
    story.expect("demo/a", "Refuse 10.0.0.10 AddressInUse");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  @Test
  void aMoveGivesTheOldAddressBackWhenTheNewOneIsOnTheWire() {
    story.pools(LAN).services("demo/a").plan().announced("10.0.0.10");
    story.service(ServiceBuilder.of(story.view.service("demo/a")).loadBalancerIp("10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.10").andRecord("10.0.0.12", "allocated demo/a requested");
    story.expect("demo/a", "Keep 10.0.0.10").andRecord("10.0.0.10", "allocated demo/a automatic");
    story.after(Duration.ofSeconds(5)).expect("demo/a", "Keep 10.0.0.10 MoveWaiting");
    story.announced("10.0.0.12").expect("demo/a", "Keep 10.0.0.12");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void anAddressThatIsNotOnTheWireIsGivenBackAtOnce() {
    story.pools(LAN).services("demo/a").plan();
    story.service(ServiceBuilder.of(story.view.service("demo/a")).loadBalancerIp("10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12").andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void anotherPoolAnnotationMovesTheService() {
    story.pools(LAN, "other 10.1.0.0/24").services("demo/a").plan();
    story.service(
        ServiceBuilder.of(story.view.service("demo/a"))
            .annotation("metallb.io/address-pool", "other"));
    story.expect("demo/a", "Assign 10.1.0.0").andRecord("10.0.0.10", "releasing demo/a automatic");
    story.service(
        ServiceBuilder.of(story.view.service("demo/a"))
            .withoutAnnotation("metallb.io/address-pool"));
    story.expect("demo/a", "Keep 10.1.0.0");
  }

  @Test
  void pinsAreReservedBeforeTheirServiceExists() {
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.10")).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.11");
    story.service(service("demo/b").loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Refuse PinnedToOther");
    story.services("demo/z").expect("demo/z", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/z pinned");
  }

  @Test
  void aPinOnAnAddressInUseWaitsAndTheHolderIsHeld() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.10")).services("demo/z");
    story.expect("demo/z", "Refuse AddressInUse").and("demo/a", "Hold 10.0.0.10 PinnedToOther");
    story.andRecord("10.0.0.10", "held demo/a automatic");
    story.delete("demo/a").plan().withdrawn("10.0.0.10");
    story.expect("demo/z", "Assign 10.0.0.10");
  }

  @Test
  void aPinForARunningServiceMovesIt() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN) + pin("p", "demo/a", "10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12").andRecord("10.0.0.12", "allocated demo/a pinned");
  }

  @Test
  void poolsWithAServiceAllocationComeFirstByPriorityAndZeroLast() {
    story.config(
        pool("aaa 10.0.0.1/32")
            + pool("zero 10.0.1.1/32", "serviceAllocation: {priority: 0}")
            + pool("two 10.0.2.1/32", "serviceAllocation: {priority: 2}")
            + pool("one 10.0.3.1/32", "serviceAllocation: {priority: 1}"));
    story.services("demo/a", "demo/b", "demo/c", "demo/d").expect("demo/a", "Assign 10.0.3.1");
    story.and("demo/b", "Assign 10.0.2.1").and("demo/c", "Assign 10.0.1.1");
    story.and("demo/d", "Assign 10.0.0.1");
  }

  @Test
  void restrictionsBindEverybodyAlsoOnRequest() {
    story.config(
        pool("team 10.0.0.1-10.0.0.9", "serviceAllocation: {namespaces: [team]}")
            + pool(
                "gold 10.0.1.1-10.0.1.9",
                "serviceAllocation: {serviceSelectors: [{matchLabels: {tier: gold}}]}"));
    story.services("team/a", "demo/a");
    story.service(service("demo/b").loadBalancerIp("10.0.0.2"));
    story.service(service("demo/c").annotation("gitlb.io/address-pool", "team"));
    story.service(service("demo/d").labels("tier=gold"));
    story.expect("team/a", "Assign 10.0.0.1").and("demo/a", "Refuse NoFreeAddress");
    story.and("demo/b", "Refuse PoolRestricted").and("demo/c", "Refuse PoolRestricted");
    story.and("demo/d", "Assign 10.0.1.1");
    assertTrue(
        story.last().toString().contains("gold is for other Services; team is for other Services"),
        story.last()::toString);
  }

  @Test
  void aRestrictionThatMatchesNoNamespaceAdmitsNobody() {
    String team =
        pool(
            "team 10.0.0.1-10.0.0.9",
            "serviceAllocation: {namespaceSelectors: [{matchLabels: {team: red}}]}");
    story.config(team).service(service("demo/a").annotation("gitlb.io/address-pool", "team"));
    story.expect("demo/a", "Refuse PoolRestricted");
    story.view.namespace("demo", "team=red");
    story.expect("demo/a", "Assign 10.0.0.1");
  }

  @Test
  void aPoolOnRequestServesOnlyThoseWhoAsk() {
    story.config(pool("manual 10.0.0.1-10.0.0.9", "autoAssign: false")).services("demo/a");
    story.service(service("demo/b").annotation("metallb.io/address-pool", "manual"));
    story.service(service("demo/c").loadBalancerIp("10.0.0.7"));
    story.expect("demo/a", "Refuse NoFreeAddress").and("demo/b", "Assign 10.0.0.1");
    story.and("demo/c", "Assign 10.0.0.7");
    assertTrue(
        story.last().toString().contains("manual is only for Services that ask for it"),
        story.last()::toString);
  }

  @Test
  void endOctetsAreAvoidedAlsoOnRequest() {
    story.config(pool("lan 10.0.0.254-10.0.1.1", "avoidBuggyIPs: true"));
    story.services("demo/a", "demo/b", "demo/c");
    story.service(service("demo/d").loadBalancerIp("10.0.1.0"));
    story.expect("demo/a", "Assign 10.0.0.254").and("demo/b", "Assign 10.0.1.1");
    story.and("demo/c", "Refuse NoFreeAddress").and("demo/d", "Refuse EndOctetAvoided");
  }

  @Test
  void whatTheClusterUsesIsSkippedAndRefused() {
    story.pools("lan 10.0.0.0-10.0.0.20");
    story.view.nodeWith("n1", List.of("10.0.0.0", "192.0.2.1"), List.of("10.0.0.2/31"));
    story.service(service("demo/a").clusterIps("10.0.0.1"));
    story.service(service("demo/b").loadBalancerIp("10.0.0.3"));
    story.service(service("demo/c").loadBalancerIp("10.0.0.0"));
    story.expect("demo/a", "Assign 10.0.0.4").and("demo/b", "Refuse ClusterAddress");
    story.and("demo/c", "Refuse ClusterAddress");
  }

  @Test
  void whatADefinitionTakesAwayIsHeldUnderTheCommitBefore() {
    story.pools(LAN).services("demo/a").plan();
    String given = story.commit();
    story.pools("lan 10.0.0.11-10.0.0.12").expect("demo/a", "Hold 10.0.0.10 OutsidePools");
    story.andRecord("10.0.0.10", "held demo/a automatic");
    assertEquals(given, story.recordAt("10.0.0.10").configCommit());
    story.plan();
    assertEquals(List.of(), story.last().edits());
    story.pools(LAN).expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  @Test
  void aRequestedAddressThatIsTakenAwayIsHeld() {
    story.pools(LAN).service(service("demo/a").loadBalancerIp("10.0.0.10")).plan();
    story.pools("lan 10.0.0.11-10.0.0.12").expect("demo/a", "Hold 10.0.0.10 OutsidePools");
  }

  @Test
  void aHeldAddressIsNotGivenToAnybody() {
    story.pools(LAN).services("demo/a").plan();
    story.config(pool(LAN, "serviceAllocation: {namespaces: [other]}")).services("other/b");
    story.expect("demo/a", "Hold 10.0.0.10 PoolRestricted").and("other/b", "Assign 10.0.0.11");
  }

  @Test
  void aPoolThatIsRenamedKeepsItsServices() {
    story.pools(LAN).services("demo/a").plan();
    story.pools("renamed 10.0.0.10-10.0.0.12").expect("demo/a", "Keep 10.0.0.10");
    assertEquals(LedgerEdit.Action.UPDATE, story.last().edits().getFirst().action());
  }

  @Test
  void allPoolsGoneHoldsEverybody() {
    story.pools(LAN).services("demo/a", "demo/b").plan();
    story.pools("new 10.9.0.0/24").expect("demo/a", "Hold 10.0.0.10 OutsidePools");
    story.and("demo/b", "Hold 10.0.0.11 OutsidePools");
  }

  @Test
  void aStatusThatNoRecordKnowsIsAdopted() {
    story.pools(LAN).services("demo/a").service(service("demo/b").status("10.0.0.10"));
    story.expect("demo/b", "Assign 10.0.0.10").and("demo/a", "Assign 10.0.0.11");
    story.andRecord("10.0.0.10", "allocated demo/b adopted");
  }

  @Test
  void aStatusThatIsNotAllowedIsHeldAndOneInNoPoolIsReplaced() {
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.10"));
    story.service(service("demo/a").status("10.0.0.10"));
    story.service(service("demo/b").status("192.0.2.9"));
    story.service(service("demo/c").status("2001:db8::1"));
    story.expect("demo/a", "Hold 10.0.0.10 PinnedToOther").and("demo/b", "Assign 10.0.0.11");
    story.and("demo/c", "Assign 10.0.0.12").andRecord("10.0.0.10", "held demo/a adopted");
  }

  @Test
  void twoStatusesThatShowOneAddressGiveItToTheFirst() {
    story.pools(LAN);
    story
        .service(service("demo/a").status("10.0.0.12"))
        .service(service("demo/b").status("10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12").and("demo/b", "Assign 10.0.0.10");
  }

  @Test
  void theRecordWinsOverAStatusEditedByHand() {
    story.pools(LAN).services("demo/a").plan();
    story.service(service("demo/a").status("10.0.0.12")).expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("10.0.0.12", "free");
  }

  @Test
  void newPortsAndANewUidAreRecorded() {
    story.pools(LAN).services("demo/a").plan();
    story.service(service("demo/a").uid("again").status("10.0.0.10"));
    story.expect("demo/a", "Keep 10.0.0.10");
    assertEquals(LedgerEdit.Action.UPDATE, story.last().edits().getFirst().action());
  }

  @Test
  void withoutAnyPoolTheReasonSaysSo() {
    story.services("demo/a").expect("demo/a", "Refuse NoPool");
  }
}
