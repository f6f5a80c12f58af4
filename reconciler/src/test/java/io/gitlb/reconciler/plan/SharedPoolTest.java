// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A pool that several clusters share: only addresses of blocks that this one has leased are given.
class SharedPoolTest {

  private static final String SHARED = pool("shared 10.0.0.0-10.0.0.63", "shared: true");
  private static final String KEY = "gitlb.io/allow-shared-ip";
  private static final String OWN = pool("spare 10.9.0.0-10.9.0.9");

  private final PlanStory story = new PlanStory();

  private void asks(String wanted) {
    assertEquals(wanted, story.wanted(), () -> story.last().toString());
  }

  @Test
  void nothingIsGivenBeforeABlockIsLeased() {
    story.config(SHARED).services("demo/a", "demo/b");
    story.expect("demo/a", "Refuse WaitingForBlock");
    asks("shared IPv4 2");
    story.lease("10.0.0.16", "here").expect("demo/a", "Assign 10.0.0.16");
    story.and("demo/b", "Assign 10.0.0.17");
    asks("");
  }

  @Test
  void whoIsLeftOverWhenABlockIsFullAsksForTheNext() {
    story.config(SHARED).lease("10.0.0.0", "here");
    for (int i = 0; i < 20; i++) {
      story.services("demo/s" + (10 + i));
    }
    story.expect("demo/s25", "Assign 10.0.0.15").and("demo/s26", "Refuse WaitingForBlock");
    asks("shared IPv4 4");
    story.lease("10.0.0.16", "there").expect("demo/s26", "Refuse WaitingForBlock");
    story.lease("10.0.0.32", "here").expect("demo/s29", "Assign 10.0.0.35");
  }

  @Test
  void aPoolOfWhichOthersHaveAllBlocksIsFull() {
    story.config(SHARED + OWN);
    story.lease("10.0.0.0", "there").lease("10.0.0.16", "there").lease("10.0.0.32", "there");
    story.services("demo/a").expect("demo/a", "Refuse WaitingForBlock");
    story.lease("10.0.0.48", "there").expect("demo/a", "Assign 10.9.0.0");
    asks("");
  }

  @Test
  void whoWaitsForAFullPoolAsksAgainWhenABlockIsGivenBack() {
    story.config(SHARED);
    story.lease("10.0.0.0", "there").lease("10.0.0.16", "there").lease("10.0.0.32", "there");
    story.lease("10.0.0.48", "there").services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
    asks("");
    story.unlease("10.0.0.48").expect("demo/a", "Refuse WaitingForBlock");
    asks("shared IPv4 1");
  }

  @Test
  void aRequestForAnAddressLeasedElsewhereIsRefusedAndNamesTheCluster() {
    story.config(SHARED).lease("10.0.0.0", "here").lease("10.0.0.16", "there");
    story.service(service("demo/a").loadBalancerIp("10.0.0.20"));
    story.expect("demo/a", "Refuse LeasedElsewhere").says("cluster there");
    story.unlease("10.0.0.16").expect("demo/a", "Refuse WaitingForBlock");
    asks("10.0.0.16/28");
    story.lease("10.0.0.16", "here").expect("demo/a", "Assign 10.0.0.20");
    asks("");
  }

  @Test
  void aPinAsksForTheBlockOfItsAddress() {
    story.config(SHARED + pin("p", "demo/a", "10.0.0.50")).services("demo/a");
    story.expect("demo/a", "Refuse WaitingForBlock");
    asks("10.0.0.48/28");
    story.lease("10.0.0.48", "there").expect("demo/a", "Refuse LeasedElsewhere");
    story.unlease("10.0.0.48").lease("10.0.0.48", "here").expect("demo/a", "Assign 10.0.0.50");
  }

  @Test
  void aPoolThatBecomesSharedTakesNothingFromAnybody() {
    story.config(pool("shared 10.0.0.0-10.0.0.63")).services("demo/a").settle();
    story.config(SHARED).services("demo/b");
    story.expect("demo/a", "Keep 10.0.0.0").and("demo/b", "Refuse WaitingForBlock");
    story.lease("10.0.0.0", "here").expect("demo/b", "Assign 10.0.0.1");
  }

  @Test
  void whatALiveStatusShowsIsAdoptedUnlessAnotherClusterHasTheBlock() {
    story.config(SHARED).lease("10.0.0.16", "there");
    story.service(service("demo/a").status("10.0.0.3"));
    story.service(service("demo/b").status("10.0.0.18"));
    story.expect("demo/a", "Assign 10.0.0.3").and("demo/b", "Refuse WaitingForBlock");
  }

  @Test
  void bothFamiliesWaitForBlocksTogether() {
    story.config(pool("shared 10.0.0.0-10.0.0.63 2001:db8::-2001:db8::ff", "shared: true"));
    story
        .service(
            service("demo/a")
                .clusterIps("172.20.0.1", "fd00::1")
                .policy(FamilyPolicy.REQUIRE_DUAL_STACK))
        .plan();
    asks("shared IPv4 1, shared IPv6 1");
    story.lease("10.0.0.0", "here").expect("demo/a", "Refuse WaitingForBlock");
    story.lease("2001:db8::", "here").expect("demo/a", "Assign 10.0.0.0 2001:db8::");
  }

  /// What it could have had beside what it must not lose has gone to another one.
  @Test
  void whoCannotMoveAsksForABlockOnceWhatWasThereIsGone() {
    story.config(
        pool("a 10.0.0.15-10.0.0.16 2001:db8:1::-2001:db8:1::", "shared: true")
            + pool("b 2001:db8::-2001:db8::"));
    story.lease("10.0.0.0", "here").lease("2001:db8:1::", "here");
    story.service(service("demo/d").clusterIps("fd00::4"));
    story.settle();
    story.service(
        service("demo/b").clusterIps("fd00::2").ports(new Port("TCP", 81)).annotation(KEY, "k"));
    story.settle();
    story.service(
        service("demo/a")
            .clusterIps("172.20.0.1", "fd00::1")
            .policy(FamilyPolicy.PREFER_DUAL_STACK)
            .annotation(KEY, "k")
            .annotation("metallb.io/address-pool", "b"));
    story.settle();
    story.expect("demo/a", "Keep 2001:db8:: OneFamilyOnly");
    story
        .edit("demo/a", a -> a.annotation(KEY, "").annotation("metallb.io/address-pool", ""))
        .settle();
    story.expect("demo/a", "Refuse 2001:db8:: AddressInUse EmptySharingKey").says("a is full");
    asks("");
    story.service(service("demo/c").clusterIps("172.20.0.3")).settle();
    asks("a IPv4 1");
  }

  @Test
  void aRetainedAddressStaysInItsBlock() {
    story.config(SHARED).lease("10.0.0.0", "here").services("demo/a").settle();
    story.delete("demo/a").settle().after(Duration.ofMinutes(1)).services("demo/a");
    story.expect("demo/a", "Assign 10.0.0.0");
  }

  @Test
  void whatAnotherClusterStillHasIsNotGiven() {
    story.config(pool("lan 10.0.0.10-10.0.0.13"));
    story.elsewhere("10.0.0.10", "10.0.0.12", "cluster there, whose ledger has it");
    story.services("demo/a", "demo/b").expect("demo/a", "Assign 10.0.0.13");
    story.and("demo/b", "Refuse NoFreeAddress");
    story.service(service("demo/c").loadBalancerIp("10.0.0.11"));
    story.expect("demo/c", "Refuse OtherCluster").says("cluster there");
    story.nothingElsewhere().expect("demo/c", "Assign 10.0.0.11");
    story.and("demo/b", "Assign 10.0.0.10");
  }
}
