// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import org.junit.jupiter.api.Test;

/// Several addresses of a family, by `gitlb.io/address-count`.
class AddressCountTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.13";
  private static final String DUAL = LAN + " 2001:db8::10-2001:db8::13";
  private static final String COUNT = "gitlb.io/address-count";
  private static final String IPS = "gitlb.io/loadBalancerIPs";

  private final PlanStory story = new PlanStory();

  private static ServiceBuilder several(String ref, int count) {
    return service(ref).annotation(COUNT, Integer.toString(count));
  }

  private static ServiceBuilder dual(ServiceBuilder service) {
    return service.clusterIps("172.16.0.1", "fd00::1").policy(FamilyPolicy.REQUIRE_DUAL_STACK);
  }

  @Test
  void aServiceGetsAsManyOfEachFamilyAsItAsksFor() {
    story.pools(DUAL).service(several("demo/a", 3)).service(dual(several("demo/b", 1)));
    story.expect("demo/a", "Assign 10.0.0.10 10.0.0.11 10.0.0.12");
    story.and("demo/b", "Assign 10.0.0.13 2001:db8::10");
    PlanStory both = new PlanStory().pools(DUAL).service(dual(several("demo/a", 2)));
    both.expect("demo/a", "Assign 10.0.0.10 10.0.0.11 2001:db8::10 2001:db8::11");
  }

  @Test
  void whereThereAreFewerItGetsThoseAndSaysSo() {
    story.pools(LAN).service(several("demo/a", 8));
    story.expect("demo/a", "Assign 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 FewerAddresses");
    story
        .pools("lan 10.0.0.10-10.0.0.20")
        .expect(
            "demo/a",
            "Assign 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16"
                + " 10.0.0.17");
  }

  @Test
  void thePoolThatHasThemAllIsPreferred() {
    story.pools("aaa 10.0.0.10-10.0.0.11", "bbb 10.1.0.10-10.1.0.13").service(several("demo/a", 3));
    story.expect("demo/a", "Assign 10.1.0.10 10.1.0.11 10.1.0.12");
  }

  @Test
  void moreAreAddedAndTheFirstStay() {
    story.pools(LAN).services("demo/a").settle();
    story
        .edit("demo/a", a -> a.annotation(COUNT, "2"))
        .expect("demo/a", "Assign 10.0.0.10 10.0.0.11");
  }

  @Test
  void fewerAreAskedForAndTheFirstStay() {
    story.pools(LAN).service(several("demo/a", 3)).settle();
    story.edit("demo/a", a -> a.annotation(COUNT, "1")).expect("demo/a", "Keep 10.0.0.10");
    story.andRecord("10.0.0.11", "releasing demo/a automatic");
    story.andRecord("10.0.0.12", "releasing demo/a automatic");
  }

  @Test
  void asManyMayBeNamed() {
    story.pools(LAN).service(several("demo/a", 2).annotation(IPS, "10.0.0.13, 10.0.0.11"));
    story.expect("demo/a", "Assign 10.0.0.11 10.0.0.13");
    story.service(several("demo/b", 2).annotation(IPS, "10.0.0.10, 10.0.0.11, 10.0.0.12"));
    story.expect("demo/b", "Refuse TooManyAddresses");
  }

  @Test
  void whereFewerAreNamedTheRestIsFilledUp() {
    story.pools(DUAL).service(dual(several("demo/a", 2)).annotation(IPS, "10.0.0.10"));
    story.expect("demo/a", "Assign 10.0.0.10 10.0.0.11 2001:db8::10 2001:db8::11");
  }

  @Test
  void whereOneOfThoseNamedIsInUseNoneIsGivenAndAllIsKept() {
    story.pools(LAN).services("demo/0").settle().service(several("demo/a", 2)).settle();
    story.edit("demo/a", a -> a.annotation(IPS, "10.0.0.10, 10.0.0.13"));
    story.expect("demo/a", "Refuse 10.0.0.11 10.0.0.12 AddressInUse");
    story.andRecord("10.0.0.13", "free").edit("demo/a", a -> a.annotation(IPS, "10.0.0.13"));
    story.expect("demo/a", "Assign 10.0.0.11 10.0.0.12").settle();
    story.andRecord("10.0.0.11", "allocated demo/a automatic");
    story.andRecord("10.0.0.13", "allocated demo/a requested");
    story.andRecord("10.0.0.12", "resting demo/a automatic");
  }

  @Test
  void allOfThemComeBackAfterADeletion() {
    story.pools(LAN).service(several("demo/a", 2)).settle().delete("demo/a").settle();
    story.services("demo/b").service(several("demo/a", 2));
    story.expect("demo/a", "Assign 10.0.0.10 10.0.0.11").and("demo/b", "Assign 10.0.0.12");
  }
}
