// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What a Service may ask for, and every way to ask for it badly: each has its reason, and the
/// Service keeps what it has.
class RequestBehaviourTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.13";
  private static final String IPS = "gitlb.io/loadBalancerIPs";

  private PlanStory story = new PlanStory();

  /// 4
  @Test
  void anAddressThatIsAskedForIsGiven() {
    story.pools(LAN).service(service("demo/a").annotation(IPS, "10.0.0.12"));
    story.expect("demo/a", "Assign 10.0.0.12").andRecord("10.0.0.12", "allocated demo/a requested");
  }

  @Test
  void requestsAreReadFromEverySpelling() {
    story.pools(LAN);
    story.service(service("demo/a").annotation(IPS, " 10.0.0.12 "));
    story.service(service("demo/b").annotation("metallb.universe.tf/loadBalancerIPs", "10.0.0.11"));
    story.service(service("demo/c").annotation("metallb.io/loadBalancerIPs", "10.0.0.13"));
    story.service(service("demo/d").loadBalancerIp("10.0.0.10"));
    story.expect("demo/a", "Assign 10.0.0.12").and("demo/b", "Assign 10.0.0.11");
    story.and("demo/c", "Assign 10.0.0.13").and("demo/d", "Assign 10.0.0.10");
  }

  @Test
  void theSameRequestMayBeSpelledSeveralTimes() {
    story.pools(LAN);
    story.service(
        service("demo/a")
            .loadBalancerIp("10.0.0.11")
            .annotation("metallb.io/loadBalancerIPs", "10.0.0.11")
            .annotation(IPS, "10.0.0.11")
            .annotation("metallb.io/address-pool", "lan")
            .annotation("metallb.universe.tf/address-pool", "lan"));
    story.expect("demo/a", "Assign 10.0.0.11");
  }

  @Test
  void blankRequestsAreNone() {
    story.pools(LAN);
    story.service(service("demo/a").loadBalancerIp("").annotation("gitlb.io/address-pool", " "));
    story.expect("demo/a", "Assign 10.0.0.10");
  }

  @Test
  void requestsComeBeforeThoseWhoAskForNothing() {
    story.pools("one 10.0.0.10/32").services("demo/a");
    story.service(service("demo/b").loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Assign 10.0.0.10").and("demo/a", "Refuse NoFreeAddress");
  }

  /// 5: both may be there when they agree.
  @Test
  void fieldAndAnnotationThatDifferAreRefused() {
    refused(
        "ConflictingRequests",
        a -> a.loadBalancerIp("10.0.0.11").annotation("metallb.io/loadBalancerIPs", "10.0.0.12"));
    refused(
        "ConflictingRequests",
        a -> a.annotation(IPS, "10.0.0.11").annotation("metallb.io/loadBalancerIPs", "10.0.0.12"));
    refused(
        "ConflictingRequests",
        a ->
            a.annotation("gitlb.io/address-pool", "lan")
                .annotation("metallb.io/address-pool", "other"));
    refused(
        "ConflictingRequests",
        a ->
            a.annotation("gitlb.io/allow-shared-ip", "x")
                .annotation("metallb.io/allow-shared-ip", "y"));
  }

  /// 6
  @Test
  void malformedAddressesAreRefused() {
    refused("MalformedRequest", a -> a.loadBalancerIp("10.0.0.300"));
    refused("MalformedRequest", a -> a.loadBalancerIp("10.0.0.0/24"));
    refused("MalformedRequest", a -> a.annotation(IPS, "10.0.0.11,"));
    refused("MalformedRequest", a -> a.annotation(IPS, ","));
    refused("MalformedRequest", a -> a.annotation(IPS, "10.0.0.11;10.0.0.12"));
    refused("MalformedRequest", a -> a.annotation(IPS, "010.0.0.11"));
    refused("MalformedRequest", a -> a.annotation(IPS, "fe80::1%eth0"));
    story.says(IPS + " is \"fe80::1%eth0\"");
  }

  /// 7
  @Test
  void anAddressOutsideTheRequestedPoolIsRefused() {
    refused(
        "OutsideRequestedPool",
        a -> a.loadBalancerIp("10.0.0.11").annotation("gitlb.io/address-pool", "other"));
    story.andRecord("10.0.0.11", "free");
  }

  /// 8
  @Test
  void twoAddressesOfAFamilyAreRefusedWhereNotAskedFor() {
    refused("TooManyAddresses", a -> a.annotation(IPS, "10.0.0.11, 10.0.0.12"));
    story.says("gitlb.io/address-count");
  }

  @Test
  void threeAddressesAreRefused() {
    refused("TooManyAddresses", a -> a.annotation(IPS, "10.0.0.11,10.0.0.12,2001:db8::1"));
    refused("TooManyAddresses", a -> a.annotation(IPS, "10.0.0.11,10.0.0.12,10.0.0.13"));
  }

  /// 9: the held address stays.
  @Test
  void anAddressThatNoPoolHasIsRefusedAndTheServiceKeepsItsOwn() {
    story.pools(LAN).services("demo/a").settle().edit("demo/a", a -> a.loadBalancerIp("192.0.2.1"));
    story.expect("demo/a", "Refuse 10.0.0.10 OutsidePools");
    story.andRecord("10.0.0.10", "allocated demo/a automatic");
  }

  /// 10
  @Test
  void anUnknownPoolIsRefusedAndThoseThatThereAreAreNamed() {
    refused("UnknownPool", a -> a.annotation("metallb.io/address-pool", "nope"));
    story.says("there is gold, lan, other");
  }

  /// 11
  @Test
  void anotherPoolAnnotationMovesTheServiceAndItsRemovalDoesNot() {
    story.pools(LAN, "other 10.1.0.0/24").services("demo/a").settle();
    story.edit("demo/a", a -> a.annotation("metallb.io/address-pool", "other")).plan();
    story
        .settle()
        .and("demo/a", "Keep 10.1.0.0")
        .andRecord("10.0.0.10", "resting demo/a automatic");
    story.edit("demo/a", a -> a.withoutAnnotation("metallb.io/address-pool"));
    story.expect("demo/a", "Keep 10.1.0.0");
  }

  /// 15
  @Test
  void anAddressOfTheWrongFamilyIsRefused() {
    refused("WrongFamily", a -> a.loadBalancerIp("2001:db8::1"));
    refused("WrongFamily", a -> a.loadBalancerIp("::ffff:10.0.0.11"));
    refused("WrongFamily", a -> a.annotation(IPS, "10.0.0.11, 2001:db8::1"));
  }

  @Test
  void anAddressInUseIsRefusedAndItsHolderNamed() {
    story.pools(LAN).services("demo/a", "demo/b").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.11"));
    story.expect("demo/a", "Refuse 10.0.0.10 AddressInUse").says("in use by demo/b");
    story.edit("demo/b", b -> b.loadBalancerIp("10.0.0.13")).settle();
    story.and("demo/a", "Keep 10.0.0.11").and("demo/b", "Keep 10.0.0.13");
  }

  @Test
  void anAddressOfAnotherTenantsPoolIsRefused() {
    refused("PoolRestricted", a -> a.loadBalancerIp("10.2.0.1"));
    refused("PoolRestricted", a -> a.annotation("gitlb.io/address-pool", "gold"));
  }

  @Test
  void theCountIsANumberFromOneToEight() {
    for (String count : List.of("0", "9", "two", "-1", "1.5", "08", "1 2")) {
      refused("MalformedRequest", a -> a.annotation("gitlb.io/address-count", count));
    }
    story.says("a number from 1 to 8");
  }

  @Test
  void anUnknownAnnotationUnderOurPrefixIsNotedWithTheOneThatMayBeMeant() {
    story.pools(LAN).service(service("demo/a").annotation("gitlb.io/adress-pool", "lan"));
    story.expect("demo/a", "Assign 10.0.0.10 UnknownAnnotation");
    story.says("did you mean \"gitlb.io/address-pool\"?");
    story.service(service("demo/b").annotation("gitlb.io/load-balancer", "x"));
    story.service(service("demo/c").annotation("metallb.io/ip-allocated-from-pool", "lan"));
    story.expect("demo/b", "Assign 10.0.0.11 UnknownAnnotation").and("demo/c", "Assign 10.0.0.12");
    story.edit("demo/a", a -> a.withoutAnnotation("gitlb.io/adress-pool"));
    story.expect("demo/a", "Keep 10.0.0.10");
  }

  @Test
  void anEmptySharingKeyIsNoted() {
    story.pools(LAN).service(service("demo/a").annotation("metallb.io/allow-shared-ip", " "));
    story.expect("demo/a", "Assign 10.0.0.10 EmptySharingKey");
  }

  @Test
  void aRefusedServiceIsAlsoToldWhatElseIsWrong() {
    story.pools(LAN);
    story.service(service("demo/a").loadBalancerIp("x").annotation("gitlb.io/shared-ip", "k"));
    story.expect("demo/a", "Refuse MalformedRequest UnknownAnnotation");
  }

  @Test
  void aRequestForAPinnedAddressIsRefused() {
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.11"));
    story.service(service("demo/a").loadBalancerIp("10.0.0.11"));
    story.expect("demo/a", "Refuse PinnedToOther").says("demo/z");
  }

  @Test
  void aRequestThatWasBadAndIsCorrectedIsMet() {
    story.pools(LAN).service(service("demo/a").loadBalancerIp("10.0.0.300"));
    story.expect("demo/a", "Refuse MalformedRequest");
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.13")).expect("demo/a", "Assign 10.0.0.13");
  }

  /// Refused when new, with nothing recorded; refused when running, with the old address kept.
  private void refused(String reason, UnaryOperator<ServiceBuilder> request) {
    PlanStory running = describe(new PlanStory()).services("demo/a").settle();
    running.edit("demo/a", request).expect("demo/a", "Refuse 10.0.0.10 " + reason);
    running.andRecord("10.0.0.10", "allocated demo/a automatic");
    story = describe(new PlanStory()).service(request.apply(service("demo/a")));
    story.expect("demo/a", "Refuse " + reason);
    assertEquals(List.of(), story.last().edits());
  }

  private static PlanStory describe(PlanStory story) {
    return story.config(
        pool(LAN)
            + pool("other 10.1.0.0/24")
            + pool("gold 10.2.0.0/24", "serviceAllocation: {namespaces: [gold]}"));
  }
}
