// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Make before break: the old address goes when the new one is on the wire.
class MoveTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.13";
  private static final String IPS = "gitlb.io/loadBalancerIPs";

  private final PlanStory story = new PlanStory();

  @Test
  void theStatusShowsTheOldAddressUntilTheNewOneIsAnnounced() {
    story.pools(LAN).services("demo/a").plan().announced("10.0.0.10");
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).expect("demo/a", "Assign 10.0.0.10");
    story.andRecord("10.0.0.12", "allocated demo/a requested");
    story.andRecord("10.0.0.10", "allocated demo/a automatic").expect("demo/a", "Keep 10.0.0.10");
    story.announced("10.0.0.12").expect("demo/a", "Keep 10.0.0.12");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void anAddressThatIsNotOnTheWireIsGivenBackAtOnce() {
    story.pools(LAN).services("demo/a").plan();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).expect("demo/a", "Assign 10.0.0.12");
    story.andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void afterFiveSecondsTheServiceIsToldThatItsMoveWaits() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).plan();
    assertEquals(
        story.recordAt("10.0.0.12").since().plus(Duration.ofSeconds(5)),
        story.last().nextChange().orElseThrow());
    story
        .after(Duration.ofSeconds(3))
        .expect("demo/a", "Keep 10.0.0.10")
        .after(Duration.ofSeconds(1));
    story.expect("demo/a", "Keep 10.0.0.10 MoveWaiting").says("no speaker announces 10.0.0.12");
    story.after(Duration.ofDays(1)).expect("demo/a", "Keep 10.0.0.10 MoveWaiting");
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void anOldAddressThatFallsOffTheWireEndsTheWait() {
    story.pools(LAN).services("demo/a").plan().announced("10.0.0.10");
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).plan().silence("10.0.0.10");
    story.expect("demo/a", "Keep 10.0.0.12").andRecord("10.0.0.10", "releasing demo/a automatic");
  }

  @Test
  void aRequestThatIsTakenBackWhileTheMoveWaitsLeavesOneAddress() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.12")).plan();
    story.edit("demo/a", a -> a.withoutAnnotation(IPS)).plan().settle();
    String both = story.record("10.0.0.10") + ", " + story.record("10.0.0.12");
    assertEquals("resting demo/a automatic, allocated demo/a requested", both);
    story.and("demo/a", "Keep 10.0.0.12");
  }

  @Test
  void aRequestForTheOldAddressWhileTheMoveWaitsStaysThere() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.12")).plan();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.10")).expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("10.0.0.12", "releasing demo/a requested");
  }

  @Test
  void anotherRequestWhileTheMoveWaitsGoesThereFromTheAddressOnTheWire() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.12")).plan();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.13")).expect("demo/a", "Assign 10.0.0.10");
    story.andRecord("10.0.0.12", "releasing demo/a requested").settle();
    story.and("demo/a", "Keep 10.0.0.13").andRecord("10.0.0.10", "resting demo/a automatic");
  }

  @Test
  void whileItMovesNobodyGetsEitherAddress() {
    story.pools("lan 10.0.0.10-10.0.0.11").services("demo/a").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.11")).services("demo/b").plan();
    story.and("demo/b", "Refuse NoFreeAddress").settle();
    story.andRecord("10.0.0.10", "allocated demo/b automatic").and("demo/a", "Keep 10.0.0.11");
  }

  @Test
  void aServiceThatIsDeletedWhileItMovesGivesBothBack() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).plan().delete("demo/a");
    story.expect("demo/a", "Release [10.0.0.10, 10.0.0.12]").settle();
    story.after(Duration.ofMinutes(10)).settle().andRecord("10.0.0.10", "free");
    story.andRecord("10.0.0.12", "free");
  }

  @Test
  void twoServicesThatSwapAddressesBothKeepWhatTheyHave() {
    story.pools(LAN).services("demo/a", "demo/b").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.11"));
    story.edit("demo/b", b -> b.loadBalancerIp("10.0.0.10"));
    story.expect("demo/a", "Refuse 10.0.0.10 AddressInUse");
    story.and("demo/b", "Refuse 10.0.0.11 AddressInUse");
  }

  /// A commit that takes the old address away in the middle of the move does not cut it off: held,
  /// it is announced under the definitions that gave it.
  @Test
  void anOldAddressThatIsTakenAwayDuringTheMoveIsHeld() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.12")).plan();
    story.config(pool("lan 10.0.0.12-10.0.0.13")).plan();
    story.andRecord("10.0.0.10", "held demo/a automatic").settle().and("demo/a", "Keep 10.0.0.12");
    story.after(Duration.ofMinutes(10)).settle().andRecord("10.0.0.10", "free");
  }

  /// Held instead of renumbered, also for whoever names its pool.
  @Test
  void aPoolThatLosesTheAddressHoldsItAlsoForAServiceThatNamesThePool() {
    story.pools(LAN).service(service("demo/a").annotation("gitlb.io/address-pool", "lan")).settle();
    story.pools("lan 10.0.0.12-10.0.0.13").expect("demo/a", "Hold 10.0.0.10 OutsidePools");
  }
}
