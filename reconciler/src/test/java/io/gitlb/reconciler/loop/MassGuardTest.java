// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.guard.ApprovalDigest;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Services that are missing and that nobody saw being deleted are waited for; when too many of a
/// pool are missing, they keep their addresses until somebody says otherwise.
class MassGuardTest {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String LAN =
      LoopStory.LAN.replace("10.77.0.100-10.77.0.103", "10.77.0.0/24");

  private final LoopStory story = new LoopStory();

  private LoopStory with(int services) {
    story.config(LAN);
    for (int i = 0; i < services; i++) {
      story.service(name(i));
    }
    return story.settle();
  }

  private static String name(int i) {
    return "demo/s%02d".formatted(i);
  }

  /// The API server's list has so many Services less, and nobody saw why.
  private LoopStory vanish(int from, int to) {
    for (int i = from; i < to; i++) {
      story.cluster.server().vanish(name(i));
    }
    return story;
  }

  private long count(State state) {
    return story.ledger.local().records().values().stream()
        .filter(record -> record.state() == state)
        .count();
  }

  private int carried() {
    return story.speakers.carried().size();
  }

  private String said() {
    return story.reconciler().state().orElseThrow().failures().toString();
  }

  @Test
  void aDeletionThatWasSeenCountsAtOnce() {
    with(20);
    for (int i = 0; i < 20; i++) {
      story.delete(name(i));
    }
    story.settle();
    assertEquals(20, count(State.RETAINED));
    assertEquals(0, carried());
  }

  @Test
  void whoIsMissingIsWaitedForAndAnnouncedOn() {
    with(20);
    vanish(0, 2).settle();
    assertEquals(20, count(State.ALLOCATED));
    assertEquals(20, carried());
    story.after(PATIENCE.minusMinutes(1)).settle();
    assertEquals(20, carried());
    story.after(PATIENCE).settle();
    assertEquals(18, count(State.ALLOCATED));
    assertEquals(18, carried());
  }

  @Test
  void theLoopComesBackWhenTheWaitIsOver() {
    with(20);
    vanish(0, 1).pass();
    Instant end = story.now.plus(PATIENCE);
    while (carried() == 20) {
      story.now = story.reconciler().state().orElseThrow().outcome().next().orElseThrow();
      story.pass();
    }
    assertTrue(Duration.between(story.now, end).abs().compareTo(Duration.ofSeconds(1)) < 0);
  }

  @Test
  void whoIsBackInTimeKeepsItsAddress() {
    with(3);
    vanish(0, 1).settle();
    story.after(Duration.ofMinutes(9)).service(name(0)).settle();
    story.after(PATIENCE).settle();
    assertEquals(3, count(State.ALLOCATED));
    assertEquals(
        "[10.77.0.0]", story.cluster.server().service(name(0)).statusAddresses().toString());
  }

  @Test
  void whoseDeletionIsSeenLaterGoesThen() {
    with(3);
    vanish(0, 1).settle();
    story.delete(name(0)).settle();
    assertEquals(2, carried());
  }

  @Test
  void upToFiveOfManyGoAndMoreAreHeld() {
    with(20);
    vanish(0, 5).settle();
    story.after(PATIENCE).settle();
    assertEquals(15, carried());
    story.after(Duration.ofMinutes(11)).settle();
    vanish(5, 11).settle();
    story.after(PATIENCE).settle();
    assertEquals(6, count(State.HELD));
    assertEquals(15, carried());
    assertTrue(said().contains("GLB7005 pool lan: the Services of 6 addresses"), this::said);
  }

  @Test
  void aFifthOfAPoolMayGo() {
    with(50);
    vanish(0, 10).settle();
    story.after(PATIENCE).settle();
    assertEquals(40, carried());
  }

  @Test
  void lossesAddUpOverTenMinutes() {
    with(20);
    vanish(0, 4).settle();
    story.after(Duration.ofMinutes(5));
    vanish(4, 8).settle();
    story.after(Duration.ofMinutes(5).plusSeconds(1)).settle();
    assertEquals(16, carried());
    story.after(Duration.ofMinutes(5)).settle();
    assertEquals(4, count(State.HELD));
    story.after(Duration.ofHours(1)).settle();
    assertEquals(4, count(State.HELD), "until somebody says otherwise");
    assertEquals(16, carried());
  }

  @Test
  void anEmptyListAfterAFullOneReleasesNothing() {
    with(3);
    vanish(0, 3).settle();
    story.after(PATIENCE).settle();
    assertEquals(3, count(State.HELD));
    assertEquals(3, carried());
    story.after(Duration.ofDays(1)).settle();
    assertEquals(3, carried());
  }

  @Test
  void theOnlyServiceOfAPoolMayGo() {
    with(1);
    vanish(0, 1).settle();
    story.after(PATIENCE).settle();
    assertEquals(0, carried());
  }

  @Test
  void thoseWhoComeBackAreHeldNoMore() {
    with(3);
    vanish(0, 3).settle();
    story.after(PATIENCE).settle();
    for (int i = 0; i < 3; i++) {
      story.service(name(i));
    }
    story.settle();
    assertEquals(3, count(State.ALLOCATED));
    assertEquals("[]", said());
    assertEquals(0, story.ledger.local().files().size());
  }

  @Test
  void anApprovalReleasesThem() {
    with(3);
    vanish(0, 3).settle();
    story.after(PATIENCE).settle();
    String digest =
        ApprovalDigest.of(List.copyOf(story.ledger.local().records().values())).orElseThrow();
    assertTrue(said().contains(digest), this::said);
    story.config(
        LAN
            + "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata: {name: go}\nspec:"
            + " {pools: [lan], digest: \""
            + digest
            + "\", expires: \"2027-01-01T00:00:00Z\", reason: r}\n");
    story.settle();
    assertEquals(0, carried());
    assertEquals(3, count(State.RETAINED));
    assertEquals("[]", said());
  }

  @Test
  void aRestartNeitherForgetsNorHurries() {
    with(20);
    vanish(0, 1).settle();
    story.after(Duration.ofMinutes(9)).restart().settle();
    assertEquals(20, carried());
    story.after(Duration.ofMinutes(9)).settle();
    assertEquals(20, carried());
    story.after(Duration.ofMinutes(2)).settle();
    assertEquals(19, carried());
    vanish(1, 10).settle();
    story.after(PATIENCE).settle();
    assertEquals(9, count(State.HELD));
    story.restart().settle();
    story.after(Duration.ofHours(1)).settle();
    assertEquals(9, count(State.HELD));
    assertEquals(19, carried());
    assertTrue(said().contains("GLB7005"), this::said);
  }

  @Test
  void aStartWithAnEmptyListAnnouncesOn() {
    with(8);
    story.service(
        "demo/shared",
        ServiceBuilder.service("demo/shared")
            .annotation("gitlb.io/allow-shared-ip", "k")
            .ports(new Port("TCP", 443)));
    story.settle();
    vanish(0, 8);
    story.cluster.server().vanish("demo/shared");
    story.restart().settle();
    assertEquals(9, carried());
    assertEquals(9, count(State.ALLOCATED));
    story.after(PATIENCE).settle();
    assertEquals(9, carried());
    assertEquals(9, count(State.HELD));
  }

  @Test
  void otherServicesOfAClassCountLikeMissingOnesWhenAStartFindsThem() {
    with(8);
    for (int i = 0; i < 8; i++) {
      story
          .cluster
          .server()
          .service(ServiceBuilder.of(story.cluster.server().service(name(i))).leftBehind());
    }
    story.restart().settle();
    story.after(PATIENCE).settle();
    assertEquals(8, carried());
    assertEquals(8, count(State.HELD));
    assertEquals(
        "[10.77.0.0]", story.cluster.server().service(name(0)).statusAddresses().toString());
  }

  @Test
  void anotherPoolIsNotConcerned() {
    story.config(
        LAN
            + "---\napiVersion: gitlb.io/v1\nkind: IPAddressPool\nmetadata: {name: b}\nspec:\n"
            + "  addresses: [10.88.0.0/24]\n  autoAssign: false\n");
    for (int i = 0; i < 3; i++) {
      story.service(name(i));
    }
    for (int i = 3; i < 9; i++) {
      story.service(
          name(i), ServiceBuilder.service(name(i)).annotation("gitlb.io/address-pool", "b"));
    }
    story.settle();
    vanish(0, 4).settle();
    story.after(PATIENCE).settle();
    assertEquals(3, count(State.HELD));
    assertEquals(8, carried());
  }

  @Test
  void aSharedAddressStaysWithWhoIsThere() {
    story.config(LAN);
    for (int i = 0; i < 3; i++) {
      story.service(
          name(i),
          ServiceBuilder.service(name(i))
              .annotation("gitlb.io/allow-shared-ip", "k")
              .loadBalancerIp("10.77.0.9")
              .ports(new Port("TCP", 80 + i)));
    }
    story.settle();
    vanish(0, 2).settle();
    story.after(PATIENCE).settle();
    AllocationRecord record = story.ledger.local().records().values().iterator().next();
    assertEquals(1, record.holders().size());
    assertEquals(State.ALLOCATED, record.state());
  }

  @Test
  void aCommitMeanwhileHoldsTheAddressOfWhoIsMissing() {
    with(20);
    vanish(0, 1).settle();
    story.config(LAN.replace("10.77.0.0/24", "10.77.0.1-10.77.0.200")).settle();
    assertEquals(1, count(State.HELD));
    assertEquals(20, carried());
    story.service(name(0)).settle();
    assertEquals(1, count(State.HELD));
    assertFalse(said().contains("GLB7005"), this::said);
  }

  @Test
  void whileSuspendedNobodyGoes() {
    with(20);
    vanish(0, 1).settle();
    story.config(
        LAN
            + "---\napiVersion: gitlb.io/v1\nkind: Suspension\nmetadata: {name: f}\nspec:"
            + " {reason: r}\n");
    story.settle();
    story.after(Duration.ofHours(1)).settle();
    assertEquals(20, carried());
    story.config(LAN).settle();
    assertEquals(19, carried());
  }
}
