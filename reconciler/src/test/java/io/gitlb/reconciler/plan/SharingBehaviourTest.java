// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who may have one address together. Numbers count MetalLB's behaviours; where ours is another one
/// on purpose, the README says why.
class SharingBehaviourTest {

  private static final String KEY = "gitlb.io/allow-shared-ip";
  private static final String LAN = "lan 10.0.0.10-10.0.0.13";
  private static final String ONE = "lan 10.0.0.10/32";

  private final PlanStory story = new PlanStory();

  private static ServiceBuilder sharing(String ref, String key, Port... ports) {
    return service(ref).annotation(KEY, key).ports(ports);
  }

  private static Port tcp(int number) {
    return new Port("TCP", number);
  }

  /// 25
  @Test
  void theSameKeyAndOtherPortsShare() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "k", tcp(443)));
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/a,demo/b automatic");
    story.expect("demo/b", "Keep 10.0.0.10");
    assertEquals(List.of(), story.last().edits());
  }

  /// 26
  @Test
  void theSamePortDoesNotShare() {
    story.pools(ONE).service(sharing("demo/a", "k", tcp(80), tcp(81)));
    story.service(sharing("demo/b", "k", tcp(80)));
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Refuse NoFreeAddress");
    story.edit("demo/b", b -> b.loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Refuse PortClash").says("TCP/80 of 10.0.0.10 is in use by demo/a");
    story.edit("demo/b", b -> b.ports(tcp(82))).expect("demo/b", "Assign 10.0.0.10");
  }

  /// 27
  @Test
  void onePortOfTwoProtocolsShares() {
    story.pools(ONE).service(sharing("demo/tcp", "dns", tcp(53)));
    story.service(sharing("demo/udp", "dns", new Port("UDP", 53)));
    story.expect("demo/tcp", "Assign 10.0.0.10").and("demo/udp", "Assign 10.0.0.10");
  }

  /// 28
  @Test
  void anotherKeyOrNoneDoesNotShare() {
    story.pools(ONE).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "other", tcp(81)).loadBalancerIp("10.0.0.10"));
    story.service(service("demo/c").ports(tcp(82)).loadBalancerIp("10.0.0.10"));
    story.service(sharing("demo/d", "", tcp(83)).loadBalancerIp("10.0.0.10"));
    story.plan().expect("demo/b", "Refuse SharingKeyDiffers").and("demo/c", "Refuse AddressInUse");
    story.and("demo/d", "Refuse AddressInUse EmptySharingKey");
  }

  /// 28
  @Test
  void emptyKeysDoNotShareWithEachOther() {
    story.pools(ONE).service(sharing("demo/a", "", tcp(80)));
    story.service(sharing("demo/b", "", tcp(81)));
    story.expect("demo/a", "Assign 10.0.0.10 EmptySharingKey");
    story.and("demo/b", "Refuse NoFreeAddress EmptySharingKey");
  }

  @Test
  void aKeyIsReadFromEveryPrefix() {
    story.pools(ONE).service(sharing("demo/a", "k", tcp(80)));
    story.service(service("demo/b").annotation("metallb.io/allow-shared-ip", "k").ports(tcp(81)));
    story.service(
        service("demo/c").annotation("metallb.universe.tf/allow-shared-ip", "k").ports(tcp(82)));
    story.expect("demo/b", "Assign 10.0.0.10").and("demo/c", "Assign 10.0.0.10");
  }

  /// 29
  @Test
  void underPolicyLocalOnlyIdenticalSelectorsShare() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)).local().selector("app=x", "z=1"));
    story.service(sharing("demo/b", "k", tcp(81)).local().selector("z=1", "app=x"));
    story.service(sharing("demo/c", "k", tcp(82)).local().selector("app=y"));
    story.service(sharing("demo/d", "k", tcp(83)).selector("app=x", "z=1"));
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.0.0.10");
    story.and("demo/c", "Assign 10.0.0.11").and("demo/d", "Assign 10.0.0.12");
  }

  /// 29: the namespace is part of the key, its pods are others.
  @Test
  void underPolicyLocalNamespacesNeverShare() {
    story.config(pool(ONE, "shareAcrossNamespaces: true"));
    story.service(sharing("demo/a", "k", tcp(80)).local().selector("app=x"));
    story.service(sharing("zoo/b", "k", tcp(81)).local().selector("app=x"));
    story.expect("demo/a", "Assign 10.0.0.10").and("zoo/b", "Refuse NoFreeAddress");
    story.edit("zoo/b", b -> b.loadBalancerIp("10.0.0.10"));
    story.expect("zoo/b", "Refuse SharingBackendDiffers");
  }

  /// 29: MetalLB lets an empty selector under Local share with Cluster.
  @Test
  void underPolicyLocalAnEmptySelectorDoesNotShareWithCluster() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)).local());
    story.service(sharing("demo/b", "k", tcp(81)));
    story.service(sharing("demo/c", "k", tcp(82)).local());
    story.expect("demo/a", "Assign 10.0.0.10").and("demo/b", "Assign 10.0.0.11");
    story.and("demo/c", "Assign 10.0.0.10");
  }

  /// Other namespaces share with the pool's consent only.
  @Test
  void namespacesShareWhereThePoolConsents() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("zoo/b", "k", tcp(81)));
    story.expect("demo/a", "Assign 10.0.0.10").and("zoo/b", "Assign 10.0.0.11");
    story.service(sharing("zoo/c", "k", tcp(82)).loadBalancerIp("10.0.0.10"));
    story.expect("zoo/c", "Refuse SharingOtherNamespace").says("shareAcrossNamespaces");
    story.config(pool(LAN, "shareAcrossNamespaces: true")).expect("zoo/c", "Assign 10.0.0.10");
    story.and("zoo/b", "Keep 10.0.0.11");
  }

  /// A commit renumbers nobody: they share on until one of them goes.
  @Test
  void consentThatIsWithdrawnMovesNobody() {
    story.config(pool(LAN, "shareAcrossNamespaces: true"));
    story.service(sharing("demo/a", "k", tcp(80))).service(sharing("zoo/b", "k", tcp(81)));
    story.settle().and("zoo/b", "Keep 10.0.0.10").pools(LAN).settle();
    assertEquals(
        List.of("demo/a", "zoo/b"),
        story.recordAt("10.0.0.10").holders().stream().map(h -> h.service().toString()).toList());
    assertEquals("free", story.record("10.0.0.11"));
  }

  /// 30
  @Test
  void aSoleHolderChangesKeyAndPortsInPlace() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80))).settle();
    story.edit("demo/a", a -> a.annotation(KEY, "other").ports(tcp(81)));
    story.expect("demo/a", "Keep 10.0.0.10");
    assertEquals(
        "other", story.recordAt("10.0.0.10").holders().getFirst().sharing().orElseThrow().key());
    story.edit("demo/a", a -> a.withoutAnnotation(KEY)).expect("demo/a", "Keep 10.0.0.10");
    story.edit("demo/a", ServiceBuilder::local).expect("demo/a", "Keep 10.0.0.10");
  }

  /// 31: it moves, make-before-break, and does not lose the address first.
  @Test
  void oneOfTwoSharersThatChangesItsPolicyMovesAndTheOtherStays() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)).selector("app=x"));
    story.service(sharing("demo/b", "k", tcp(81)).selector("app=x")).settle();
    story.edit("demo/a", ServiceBuilder::local).expect("demo/a", "Assign 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/a,demo/b automatic");
    story.andRecord("10.0.0.11", "allocated demo/a automatic").settle();
    story.and("demo/a", "Keep 10.0.0.11").and("demo/b", "Keep 10.0.0.10");
    story.andRecord("10.0.0.10", "allocated demo/b automatic");
  }

  /// 31: both are Local with one selector again; they keep what they have, a new one shares.
  @Test
  void whenBothAreLocalWithOneSelectorTheyMayShareAgain() {
    story.pools(ONE).service(sharing("demo/a", "k", tcp(80)).selector("app=x"));
    story.service(sharing("demo/b", "k", tcp(81)).selector("app=x")).settle();
    story.edit("demo/a", ServiceBuilder::local).plan();
    story
        .expect("demo/a", "Refuse 10.0.0.10 SharingBackendDiffers")
        .and("demo/b", "Keep 10.0.0.10");
    story.edit("demo/b", ServiceBuilder::local).plan().expect("demo/a", "Keep 10.0.0.10");
    story
        .and("demo/b", "Keep 10.0.0.10")
        .andRecord("10.0.0.10", "allocated demo/a,demo/b automatic");
  }

  /// A port clash that an edit brings about.
  @Test
  void aSharerWhoseNewPortClashesMovesOrKeepsWithTheReason() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "k", tcp(81))).settle();
    story.edit("demo/b", b -> b.ports(tcp(80))).plan().settle().and("demo/b", "Keep 10.0.0.11");
    PlanStory full = new PlanStory().pools(ONE).service(sharing("demo/a", "k", tcp(80)));
    full.service(sharing("demo/b", "k", tcp(81))).settle();
    full.edit("demo/b", b -> b.ports(tcp(80))).expect("demo/b", "Refuse 10.0.0.10 PortClash");
    full.and("demo/a", "Keep 10.0.0.10");
  }

  @Test
  void aSharerThatAsksForTheVeryAddressKeepsItWithTheReason() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "k", tcp(81)).loadBalancerIp("10.0.0.10")).settle();
    story.edit("demo/b", b -> b.annotation(KEY, "other"));
    story.expect("demo/b", "Refuse 10.0.0.10 SharingKeyDiffers").and("demo/a", "Keep 10.0.0.10");
    story.delete("demo/a").plan().expect("demo/b", "Keep 10.0.0.10");
    assertEquals(
        "other", story.recordAt("10.0.0.10").holders().getFirst().sharing().orElseThrow().key());
  }

  /// 33
  @Test
  void aSharedAddressIsReleasedWithItsLastHolder() {
    story.pools(LAN).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "k", tcp(81))).settle().delete("demo/a").settle();
    story.andRecord("10.0.0.10", "allocated demo/b automatic").delete("demo/b").plan();
    story.andRecord("10.0.0.10", "releasing demo/b automatic").settle();
    story.after(Duration.ofMinutes(10)).plan().andRecord("10.0.0.10", "free");
  }

  @Test
  void theLowestAddressThatIsFreeOrShareableIsTaken() {
    story.pools(LAN).services("demo/a").plan().service(sharing("demo/b", "k", tcp(81))).plan();
    story.service(sharing("demo/c", "k", tcp(82))).expect("demo/c", "Assign 10.0.0.11");
    PlanStory lower =
        new PlanStory().pools(LAN).service(service("demo/x").loadBalancerIp("10.0.0.11"));
    lower.edit("demo/x", x -> x.annotation(KEY, "k").ports(tcp(81))).plan();
    lower.service(sharing("demo/y", "k", tcp(82))).expect("demo/y", "Assign 10.0.0.10");
  }

  @Test
  void aChangeOfKeyServesOneWhoWaits() {
    story.pools(ONE).service(sharing("demo/a", "k", tcp(80)));
    story.service(sharing("demo/b", "other", tcp(81))).plan().and("demo/b", "Refuse NoFreeAddress");
    story.edit("demo/a", a -> a.annotation(KEY, "other")).plan();
    story.plan().and("demo/b", "Keep 10.0.0.10");
  }
}
