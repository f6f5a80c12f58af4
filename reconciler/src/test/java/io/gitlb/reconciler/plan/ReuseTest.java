// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What becomes of an address that nobody has any more: withdrawn, retained, rested, free.
class ReuseTest {

  private static final String ONE = "lan 10.0.0.10/32";
  private static final String LAN = "lan 10.0.0.10-10.0.0.13";

  private final PlanStory story = new PlanStory();

  // --- retain

  @Test
  void aServiceThatComesBackWithinTheTimeGetsItsAddress() {
    story.pools(LAN).services("demo/a", "demo/b").settle().delete("demo/a").settle();
    story.andRecord("10.0.0.10", "retained demo/a automatic").after(Duration.ofMinutes(9));
    story.services("demo/c").expect("demo/c", "Assign 10.0.0.12");
    story.service(service("demo/a").uid("new")).expect("demo/a", "Assign 10.0.0.10");
    assertEquals("new", story.recordAt("10.0.0.10").holders().getFirst().uid());
  }

  @Test
  void aServiceThatComesBackGetsItsAddressAlsoWhenAnotherWaits() {
    story.pools(ONE).services("demo/a", "demo/0").settle().delete("demo/0").settle();
    story.and("demo/a", "Refuse NoFreeAddress").after(Duration.ofMinutes(5));
    story.services("demo/0").expect("demo/0", "Assign 10.0.0.10");
    story.and("demo/a", "Refuse NoFreeAddress");
  }

  @Test
  void afterTheTimeWhoWaitsGetsIt() {
    story.pools(ONE).services("demo/a", "demo/b").settle().delete("demo/a").settle();
    assertEquals(
        story.recordAt("10.0.0.10").since().plus(Duration.ofMinutes(10)),
        story.last().nextChange().orElseThrow());
    story.after(Duration.ofMinutes(9)).expect("demo/b", "Refuse NoFreeAddress");
    story.after(Duration.ofMinutes(1)).expect("demo/b", "Assign 10.0.0.10");
    story.services("demo/a").expect("demo/a", "Refuse NoFreeAddress");
  }

  @Test
  void aServiceThatComesBackWhileItsAddressIsWithdrawnGetsItAgain() {
    story.pools(LAN).services("demo/a", "demo/b").settle().delete("demo/a").plan();
    story.service(service("demo/a").uid("new")).expect("demo/a", "Assign 10.0.0.10");
    assertEquals("new", story.recordAt("10.0.0.10").holders().getFirst().uid());
  }

  @Test
  void aServiceOfTheSameNameInAnotherNamespaceGetsNothingBack() {
    story.pools(LAN).services("demo/a").settle().delete("demo/a").settle().services("zoo/a");
    story.expect("zoo/a", "Assign 10.0.0.11");
  }

  @Test
  void aRetainedAddressIsRefusedToOthers() {
    story.pools(LAN).services("demo/a").settle().delete("demo/a").settle();
    story.service(service("demo/b").loadBalancerIp("10.0.0.10"));
    story.expect("demo/b", "Refuse RetainedForOther").says("demo/a");
    story.after(Duration.ofMinutes(10)).expect("demo/b", "Assign 10.0.0.10");
  }

  @Test
  void aServiceThatComesBackWithAnotherWishGetsThatAndItsOldAddressIsFree() {
    story.pools(LAN).services("demo/a").settle().delete("demo/a").settle();
    story.service(service("demo/a").loadBalancerIp("10.0.0.13"));
    story.expect("demo/a", "Assign 10.0.0.13");
    story.service(service("demo/b").loadBalancerIp("10.0.0.10")).plan();
    story.after(Duration.ofMinutes(10)).plan().expect("demo/b", "Keep 10.0.0.10");
  }

  @Test
  void aServiceThatComesBackIntoAnotherPoolGetsThatOne() {
    story.pools(LAN, "other 10.1.0.0/24").services("demo/a").settle().delete("demo/a").settle();
    story.service(service("demo/a").annotation("gitlb.io/address-pool", "other"));
    story.expect("demo/a", "Assign 10.1.0.0");
  }

  @Test
  void bothSharersOfADeletedAddressComeBackToIt() {
    story.pools(LAN).service(sharing("demo/a", 80)).service(sharing("demo/b", 81)).settle();
    story.delete("demo/a").delete("demo/b").settle().services("demo/0");
    story.expect("demo/0", "Assign 10.0.0.11");
    story.service(sharing("demo/b", 81)).expect("demo/b", "Assign 10.0.0.10");
    story.service(sharing("demo/a", 80)).expect("demo/a", "Assign 10.0.0.10");
  }

  @Test
  void withoutRetentionTheAddressRestsAtOnce() {
    story.config(pool(LAN, "retain: 0s")).services("demo/a").settle().delete("demo/a").settle();
    story.andRecord("10.0.0.10", "resting demo/a automatic");
    story.after(Duration.ofSeconds(60)).plan().andRecord("10.0.0.10", "free");
  }

  @Test
  void retentionThatLastsAsLongAsTheRestIsFollowedByNone() {
    story.config(pool(LAN, "retain: 2m", "reuseDelay: 2m")).services("demo/a").settle();
    story.delete("demo/a").settle().after(Duration.ofMinutes(2)).plan();
    story.andRecord("10.0.0.10", "free");
  }

  @Test
  void retentionThatIsShorterThanTheRestIsFollowedByIt() {
    story.config(pool(LAN, "retain: 1m", "reuseDelay: 5m")).services("demo/a").settle();
    story.delete("demo/a").settle().after(Duration.ofMinutes(1)).plan();
    story.andRecord("10.0.0.10", "resting demo/a automatic").services("demo/b");
    story.expect("demo/b", "Assign 10.0.0.11").after(Duration.ofMinutes(5)).plan();
    story.andRecord("10.0.0.10", "free");
  }

  @Test
  void aPinOnARetainedAddressTakesItWhenItIsWithdrawn() {
    story.pools(LAN).services("demo/a").settle().delete("demo/a").settle();
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.10")).services("demo/z").plan();
    story
        .expect("demo/z", "Keep 10.0.0.10")
        .services("demo/a")
        .expect("demo/a", "Assign 10.0.0.11");
  }

  // --- reuseDelay

  @Test
  void anAddressThatALivingServiceGaveUpRestsAndIsNotRetained() {
    story.pools(LAN).services("demo/a").settle();
    story.edit("demo/a", a -> a.loadBalancerIp("10.0.0.13")).plan().settle();
    story.andRecord("10.0.0.10", "resting demo/a automatic").services("demo/b");
    story.expect("demo/b", "Assign 10.0.0.11").after(Duration.ofSeconds(60));
    story.services("demo/c").expect("demo/c", "Assign 10.0.0.10");
  }

  @Test
  void aRestingAddressIsUsedLastAndNeverRefused() {
    story.config(pool("lan 10.0.0.10-10.0.0.11", "retain: 0s")).services("demo/a").settle();
    story.delete("demo/a").settle().services("demo/b", "demo/c");
    story.expect("demo/b", "Assign 10.0.0.11").and("demo/c", "Assign 10.0.0.10");
  }

  @Test
  void aRestingAddressIsGivenToWhoAsksForIt() {
    story.config(pool(LAN, "retain: 0s")).services("demo/a").settle().delete("demo/a").settle();
    story
        .service(service("demo/b").loadBalancerIp("10.0.0.10"))
        .expect("demo/b", "Assign 10.0.0.10");
  }

  @Test
  void ofTheRestingTheLongestRestedComesFirst() {
    story.config(pool("lan 10.0.0.10-10.0.0.12", "retain: 0s", "reuseDelay: 1h"));
    story.services("demo/a", "demo/b", "demo/c").settle();
    story.delete("demo/b").settle().after(Duration.ofSeconds(5));
    story.delete("demo/a").settle().after(Duration.ofSeconds(5)).delete("demo/c").settle();
    story.services("demo/d", "demo/e", "demo/f").expect("demo/d", "Assign 10.0.0.11");
    story.and("demo/e", "Assign 10.0.0.10").and("demo/f", "Assign 10.0.0.12");
  }

  @Test
  void withoutADelayAnAddressIsFreeAtOnce() {
    story.config(pool(LAN, "retain: 0s", "reuseDelay: 0s")).services("demo/a").settle();
    story.delete("demo/a").settle().andRecord("10.0.0.10", "free").services("demo/b");
    story.expect("demo/b", "Assign 10.0.0.10");
  }

  // --- the end

  @Test
  void whenEverybodyIsGoneAndTimeHasPassedTheLedgerIsEmpty() {
    story.pools(LAN).service(sharing("demo/a", 80)).service(sharing("demo/b", 81));
    story.services("demo/c", "zoo/d").settle().delete("demo/a").settle().delete("demo/b");
    story.delete("demo/c").delete("zoo/d").settle().after(Duration.ofMinutes(10)).settle();
    for (String address : new String[] {"10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13"}) {
      story.andRecord(address, "free");
    }
    assertEquals(Optional.empty(), story.last().nextChange());
  }

  private static ServiceBuilder sharing(String ref, int port) {
    return service(ref).annotation("gitlb.io/allow-shared-ip", "k").ports(new Port("TCP", port));
  }
}
