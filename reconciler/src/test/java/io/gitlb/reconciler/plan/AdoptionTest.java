// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static io.gitlb.reconciler.plan.PlanStory.pin;
import static io.gitlb.reconciler.plan.PlanStory.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A ledger that is built, or built again, from what live statuses show: a migration moves nothing.
class AdoptionTest {

  private static final String LAN = "lan 10.0.0.10-10.0.0.13";

  private final PlanStory story = new PlanStory();

  @Test
  void aStatusThatNoRecordKnowsIsAdopted() {
    story.pools(LAN).services("demo/a").service(service("demo/b").status("10.0.0.10"));
    story.shows("demo/b", "10.0.0.10").andShows("demo/a", "10.0.0.11");
    story.andRecord("10.0.0.10", "allocated demo/b adopted");
  }

  @Test
  void aStatusThatIsNotAllowedIsHeldAndOneInNoPoolIsReplaced() {
    story.config(pool(LAN) + pin("p", "demo/z", "10.0.0.10"));
    story.service(service("demo/a").status("10.0.0.10"));
    story.service(service("demo/b").status("192.0.2.9"));
    story.service(service("demo/c").status("2001:db8::1"));
    story.expect("demo/a", "Hold 10.0.0.10 PinnedToOther").andShows("demo/b", "10.0.0.11");
    story.andShows("demo/c", "10.0.0.12").andRecord("10.0.0.10", "held demo/a adopted");
  }

  @Test
  void excludedRestrictedAndAvoidedAddressesAreAdoptedHeld() {
    story.config(
        pool("lan 10.0.0.10-10.0.0.13", "exclude: [10.0.0.10/32]")
            + pool("gold 10.1.0.1-10.1.0.9", "serviceAllocation: {namespaces: [gold]}")
            + pool("end 10.2.0.0/24", "avoidBuggyIPs: true"));
    story.service(service("demo/a").status("10.0.0.10"));
    story.service(service("demo/b").status("10.1.0.1"));
    story.service(service("demo/c").status("10.2.0.255"));
    story.expect("demo/a", "Hold 10.0.0.10 Excluded").and("demo/b", "Hold 10.1.0.1 PoolRestricted");
    story.and("demo/c", "Hold 10.2.0.255 EndOctetAvoided");
    story.expect("demo/a", "Hold 10.0.0.10 Excluded");
    assertEquals(List.of(), story.last().edits());
  }

  @Test
  void twoStatusesThatShowOneAddressGiveItToTheFirst() {
    story.pools(LAN);
    story
        .service(service("demo/a").status("10.0.0.12"))
        .service(service("demo/b").status("10.0.0.12"));
    story.shows("demo/a", "10.0.0.12").andShows("demo/b", "10.0.0.10");
  }

  @Test
  void sharersAreAdoptedTogether() {
    story.pools(LAN).service(sharing("demo/a", 80).status("10.0.0.12"));
    story.service(sharing("demo/b", 81).status("10.0.0.12"));
    story.shows("demo/a", "10.0.0.12").andShows("demo/b", "10.0.0.12");
    story.andRecord("10.0.0.12", "allocated demo/a,demo/b adopted");
  }

  @Test
  void aRequestThatTheStatusAlreadyMeetsIsKept() {
    story.pools(LAN).service(service("demo/a").status("10.0.0.12").loadBalancerIp("10.0.0.12"));
    story.services("demo/0").shows("demo/a", "10.0.0.12").andShows("demo/0", "10.0.0.10");
  }

  @Test
  void aServiceThatAsksForSomethingBadAdoptsWhatItShows() {
    story.pools(LAN).service(service("demo/a").status("10.0.0.12").loadBalancerIp("nonsense"));
    story.expect("demo/a", "Refuse 10.0.0.12 MalformedRequest");
    story.andRecord("10.0.0.12", "allocated demo/a adopted");
  }

  @Test
  void nobodyTakesWhatAnotherStatusShows() {
    story.pools("lan 10.0.0.10-10.0.0.11").services("demo/a");
    story.service(service("demo/y").loadBalancerIp("10.0.0.11"));
    story.service(service("demo/z").status("10.0.0.11"));
    story.shows("demo/z", "10.0.0.11").and("demo/y", "Refuse AddressInUse");
    story.andShows("demo/a", "10.0.0.10");
  }

  @Test
  void aLostLedgerIsBuiltAgainAndNobodyMoves() {
    story.pools(LAN).services("demo/a", "demo/b").service(sharing("demo/c", 80));
    story.service(sharing("demo/d", 81)).settle().delete("demo/a").settle();
    story.loseLedger().restart().services("demo/0").plan();
    story.andShows("demo/b", "10.0.0.12").andShows("demo/c", "10.0.0.10");
    story.andShows("demo/d", "10.0.0.10").andShows("demo/0", "10.0.0.11");
  }

  @Test
  void onceTheLedgerIsThereAStatusIsNotBelieved() {
    story.pools(LAN).services("demo/a").plan().service(service("demo/b").status("10.0.0.13"));
    story.shows("demo/b", "10.0.0.11").andRecord("10.0.0.13", "free");
  }

  private static ServiceBuilder sharing(String ref, int port) {
    return service(ref).annotation("gitlb.io/allow-shared-ip", "k").ports(new Port("TCP", port));
  }
}
