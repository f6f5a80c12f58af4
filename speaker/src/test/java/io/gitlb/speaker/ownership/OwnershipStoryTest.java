// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What happens to one address, told step by step.
final class OwnershipStoryTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  private World world = new World(5, new Random(1));

  private static List<NodeName> list(int... order) {
    List<NodeName> names = new ArrayList<>();
    for (int index : order) {
      names.add(new NodeName("n" + index));
    }
    return names;
  }

  private void desire(int... order) {
    SortedMap<IpAddress, List<NodeName>> lists = world.lists();
    lists.put(ADDRESS, list(order));
    world.desire(lists, 1);
  }

  private void settled() {
    desire(0, 1, 2, 3, 4);
    world.everybody();
    world.nodes.forEach(node -> node.receive(world.desired));
    world.run(3_000);
    held(0, 0);
  }

  private void held(int group, int... by) {
    assertEquals(
        list(by), world.answerers(group, ADDRESS).stream().map(node -> node.name).toList());
  }

  // For how long at a time nobody answered at most, while time went on.
  private long gap(long millis) {
    long[] state = {world.now, 0};
    world.observer =
        seen -> {
          if (seen.answerers(0, ADDRESS).isEmpty()) {
            state[1] = Math.max(state[1], seen.now - state[0]);
          } else {
            state[0] = seen.now;
          }
        };
    world.run(millis);
    world.observer = seen -> {};
    return state[1];
  }

  @Test
  void crashIsTakenOverAtOnceAndTheOldOneComesBackAsStandby() {
    settled();
    world.nodes.get(0).kill();
    assertTrue(gap(1_000) <= 50);
    held(0, 1);
    world.nodes.get(0).start(new Start.Warm());
    assertEquals(0, gap(3_000));
    held(0, 1);
  }

  @Test
  void cutLinkIsTakenOverAfterAProbe() {
    settled();
    world.nodes.get(0).managed = false;
    world.nodes.get(0).group = 9;
    long gap = gap(3_000);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 1);
    world.nodes.get(0).managed = true;
    world.nodes.get(0).group = 0;
    world.run(600);
    held(0, 1);
  }

  @Test
  void deadVlanWithManagementAliveIsTakenOver() {
    settled();
    world.nodes.get(0).group = 9;
    long gap = gap(2_000);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 1);
    world.nodes.get(0).group = 0;
    world.run(600);
    held(0, 1);
  }

  @Test
  void stoppedAndResumedSendsNothingBeforeItHasChecked() {
    settled();
    world.nodes.get(0).stop();
    long gap = gap(2_500);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 1);
    world.nodes.get(0).resume();
    for (int i = 0; i < 300; i++) {
      world.run(World.STEP);
      held(0, 1);
    }
  }

  @Test
  void oneWayLossOfAHolderIsTakenOver() {
    settled();
    world.nodes.get(0).sends = false;
    long gap = gap(2_000);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 1);
  }

  @Test
  void leavingNodeAnswersUntilTheNextOneDoes() {
    settled();
    world.nodes.get(0).leave();
    assertEquals(0, gap(1_000));
    held(0, 1);
    assertTrue(!world.nodes.get(0).alive());
  }

  @Test
  void newTermMovesTheAddressWithoutAGap() {
    settled();
    desire(3, 1, 0, 2, 4);
    assertEquals(0, gap(2_000));
    held(0, 3);
    desire(1, 2);
    assertEquals(0, gap(2_000));
    held(0, 1);
  }

  @Test
  void shutGateMovesTheAddressAndOpenedGateLeavesItThere() {
    settled();
    world.nodes.get(0).shut.add(ADDRESS);
    assertEquals(0, gap(1_000));
    held(0, 1);
    world.nodes.get(0).shut.clear();
    assertEquals(0, gap(1_000));
    held(0, 1);
    world.nodes.forEach(node -> node.shut.add(ADDRESS));
    world.run(500);
    held(0);
    world.nodes.get(2).shut.clear();
    world.run(200);
    held(0, 2);
  }

  @Test
  void warmStartOfASingleNodeIsShort() {
    settled();
    world.reconciler = false;
    world.nodes.forEach(SimNode::kill);
    world.run(1_000);
    world.nodes.get(2).start(new Start.Warm());
    world.run(500);
    held(0, 2);
  }

  @Test
  void coldStartOfAllNodesHearsAndProbesFirst() {
    settled();
    world.reconciler = false;
    world.nodes.forEach(SimNode::kill);
    world.run(1_000);
    world.nodes.forEach(node -> node.start(new Start.Cold(Duration.ofDays(1))));
    world.run(2_000);
    held(0, 0);
  }

  @Test
  void coldStartAloneWaitsAndTooOldIsNotAnnounced() {
    settled();
    world.reconciler = false;
    world.nodes.forEach(SimNode::kill);
    world.nodes.get(2).start(new Start.Cold(Duration.ofDays(6)));
    world.run(29_000);
    held(0);
    world.run(2_000);
    held(0, 2);
    world.nodes.get(2).kill();
    world.nodes.get(2).start(new Start.Cold(Duration.ofDays(7)));
    world.run(40_000);
    held(0);
  }

  @Test
  void addressThatWasGivenAwayIsNotAnnouncedFromDisk() {
    settled();
    world.nodes.get(0).kill();
    world.run(500);
    world.desire(new TreeMap<>(), 1);
    world.run(1_000);
    held(0);
    world.reconciler = false;
    world.nodes.get(0).start(new Start.Cold(Duration.ofDays(1)));
    for (int i = 0; i < 400; i++) {
      world.run(100);
      held(0);
    }
  }

  @Test
  void eachHalfOfASegmentInTwoIsServed() {
    settled();
    world.nodes.get(4).kill();
    world.run(1_000);
    world.nodes.get(0).group = 1;
    world.nodes.get(1).group = 1;
    long gap = gap(2_000);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 2);
    held(1, 0);
  }

  @Test
  void lossBetweenTwoNodesOnlyMovesNothing() {
    settled();
    world.lost.add("n0>n1");
    assertEquals(0, gap(3_000));
    held(0, 0);
  }

  @Test
  void silentManagementMovesNothing() {
    settled();
    world.nodes.forEach(node -> node.managed = false);
    assertEquals(0, gap(5_000));
    held(0, 0);
    world.nodes.get(0).kill();
    assertTrue(gap(3_000) < 1_000);
    held(0, 1);
  }

  @Test
  void partitionOfFiveHealsToOneHolder() {
    settled();
    world.nodes.get(0).group = 1;
    world.nodes.get(1).group = 1;
    world.run(2_000);
    held(0, 2);
    held(1, 0);
    world.nodes.forEach(node -> node.group = 0);
    world.run(600);
    held(0, 2);
  }

  @Test
  void aDoubtfulHolderLeavesItToWhoeverCanWithoutAGap() {
    settled();
    world.nodes.get(0).doubted.add(ADDRESS);
    assertEquals(0, gap(3_000));
    held(0, 1);
    world.nodes.get(0).doubted.clear();
    assertEquals(0, gap(3_000));
    held(0, 1);
  }

  @Test
  void aDoubtfulHolderGoesOnWhileNobodyElseCan() {
    settled();
    world.nodes.subList(1, 5).forEach(node -> node.shut.add(ADDRESS));
    world.run(1_000);
    world.nodes.get(0).doubted.add(ADDRESS);
    assertEquals(0, gap(10_000));
    held(0, 0);
    world.nodes.get(3).shut.clear();
    assertEquals(0, gap(3_000));
    held(0, 3);
  }

  @Test
  void whoIsDoubtfulClaimsNothingAndWhoIsShutStops() {
    settled();
    world.nodes.forEach(node -> node.doubted.add(ADDRESS));
    assertEquals(0, gap(3_000));
    held(0, 0);
    world.nodes.get(0).doubted.clear();
    world.nodes.get(0).shut.add(ADDRESS);
    world.run(3_000);
    held(0);
    world.nodes.get(4).doubted.clear();
    world.run(1_000);
    held(0, 4);
  }

  private void settled(int size) {
    world = new World(size, new Random(1));
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    desire(order);
    world.everybody();
    world.nodes.forEach(node -> node.receive(world.desired));
    world.run(3_000);
    held(0, 0);
  }

  // For how long more than one answered at a time, while time went on.
  private long doubled(long millis) {
    long[] steps = {0};
    world.observer = seen -> steps[0] += seen.answerers(0, ADDRESS).size() > 1 ? 10 : 0;
    world.run(millis);
    world.observer = seen -> {};
    return steps[0];
  }

  @Test
  void ofTwoNodesTheOneThatSendsNothingIsRelieved() {
    settled(2);
    world.nodes.get(0).sends = false;
    assertTrue(gap(2_000) < 500);
    held(0, 1);
    world.nodes.get(0).sends = true;
    assertTrue(doubled(3_000) <= World.DETECTION + 50);
    held(0, 1);
  }

  @Test
  void ofTwoNodesTheOneThatHearsNothingIsRelieved() {
    settled(2);
    world.nodes.get(0).receives = false;
    assertTrue(gap(2_000) < 500);
    held(0, 1);
    world.nodes.get(0).receives = true;
    assertTrue(doubled(3_000) <= World.DETECTION + 50);
    held(0, 1);
  }

  @Test
  void ofTwoNodesADeafOrMuteStandbyTakesNothingAway() {
    settled(2);
    world.nodes.get(1).receives = false;
    assertEquals(0, gap(3_000));
    world.nodes.get(1).receives = true;
    world.run(3_000);
    assertEquals(1, world.answerers(0, ADDRESS).size());
    settled(2);
    world.nodes.get(1).sends = false;
    assertEquals(0, gap(3_000));
    world.nodes.get(1).sends = true;
    assertTrue(doubled(3_000) <= World.DETECTION + 50);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void aHolderThatSeesAnotherAnswerWhichHearsOthersFollowsIt() {
    settled(3);
    // Clients hear the first node, the others do not: without seeing the second it would go on.
    world.lost.addAll(List.of("n0>n1", "n0>n2"));
    assertTrue(doubled(3_000) <= 50);
    held(0, 1);
  }

  @Test
  void aHolderThatSharesAPartnerWithABetterOneFollowsIt() {
    settled(4);
    // The first hears the last alone, the others hear more: they relieve it, which the last tells.
    world.lost.addAll(List.of("n0>n1", "n1>n0", "n0>n2", "n2>n0"));
    assertTrue(doubled(3_000) <= 50);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void whoLeavesStopsForAnybodyWhoAnswers() {
    settled();
    world.nodes.get(4).kill();
    world.run(1_000);
    world.nodes.subList(0, 2).forEach(node -> node.group = 1);
    world.run(2_000);
    held(1, 0);
    held(0, 2);
    // The later turn is here, so that the other would not stop it.
    world.nodes.get(2).kill();
    world.run(1_000);
    held(0, 3);
    world.nodes.get(3).leave();
    world.nodes.forEach(node -> node.group = 0);
    assertTrue(doubled(3_000) <= World.DETECTION + 50);
    held(0, 0);
  }

  @Test
  void gateThatShutsUnheardLeavesNoHole() {
    settled();
    world.nodes.get(0).manage(false);
    assertEquals(0, gap(5_000));
    held(0, 0);
    world.nodes.get(0).shut.add(ADDRESS);
    long gap = gap(4_000);
    assertTrue(gap < 2_200, "gap " + gap);
    held(0, 1);
    world.nodes.get(0).shut.clear();
    assertEquals(0, doubled(5_000));
    held(0, 1);
    world.nodes.get(0).manage(true);
    assertEquals(0, doubled(3_000));
    held(0, 1);
  }

  @Test
  void stateThatIsFoundToBeOldIsGivenUp() {
    settled();
    world.nodes.get(0).kill();
    world.run(500);
    world.desire(new TreeMap<>(), 1);
    world.run(1_000);
    world.reconciler = false;
    world.nodes.get(0).manage(false);
    world.nodes.get(0).start(new Start.Cold(Duration.ofDays(1)));
    world.run(32_000);
    held(0, 0);
    world.nodes.get(0).manage(true);
    world.run(100);
    held(0);
  }

  @Test
  void probeThatRanDuringAPauseCountsForNothing() {
    settled();
    world.nodes.subList(2, 5).forEach(SimNode::kill);
    world.run(1_000);
    world.nodes.get(0).group = 9;
    for (int i = 0; i < 100 && !probing(1); i++) {
      world.run(World.STEP);
    }
    assertTrue(probing(1));
    world.nodes.get(1).stop();
    world.nodes.get(0).group = 0;
    world.run(2_000);
    held(0, 0);
    world.nodes.get(1).resume();
    assertEquals(0, doubled(3_000));
    held(0, 0);
  }

  private boolean probing(int node) {
    return world.nodes.get(node).standings().get(ADDRESS) instanceof Standing.Probing;
  }

  @Test
  void beyondAFullMeshTheFirstCandidatesTakeOver() {
    settled(20);
    world.nodes.get(0).kill();
    assertTrue(gap(1_000) <= 50);
    held(0, 1);
    world.nodes.get(1).group = 9;
    assertTrue(gap(2_000) < 500);
    held(0, 2);
    desire(7, 8, 9, 10, 11);
    assertEquals(0, gap(2_000));
    held(0, 7);
  }

  @Test
  void whoIsOffTheSegmentStopsForANewerTerm() {
    settled();
    world.nodes.get(0).group = 9;
    world.run(2_000);
    held(0, 1);
    held(9, 0);
    world.nodes.get(0).manage(true);
    desire(1, 2, 0, 3, 4);
    world.run(1_000);
    held(0, 1);
    held(9);
  }

  @Test
  void aHolderThatCannotHearThatItIsRelievedIsLeftAlone() {
    settled();
    world.nodes.get(0).manage(false);
    world.run(2_000);
    desire(3, 1, 2, 4);
    assertEquals(0, doubled(3_000));
    held(0, 0);
    world.nodes.get(0).manage(true);
    assertEquals(0, gap(2_000));
    held(0, 3);
  }

  @Test
  void aHolderThatTheOthersLostIsLostForWhoDidNotHearItBefore() {
    settled();
    world.lost.add("n0>n1");
    world.run(2_000);
    held(0, 0);
    world.nodes.get(0).group = 9;
    world.nodes.get(0).manage(false);
    long gap = gap(3_000);
    assertTrue(gap < 500, "gap " + gap);
    held(0, 1);
  }

  @Test
  void aHolderWhoseApiRefusesFollowsWhoTookOver() {
    settled();
    world.nodes.get(0).refuses = true;
    assertTrue(doubled(1_000) <= 50);
    held(0, 1);
    // Nobody can read what it claims next.
    world.nodes.get(1).kill();
    assertTrue(doubled(3_000) <= World.DETECTION + 100);
    assertEquals(1, world.answerers(0, ADDRESS).size());
    world.nodes.get(0).refuses = false;
    assertTrue(doubled(3_000) <= 50);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void aHolderThatRefusesAndReachesNobodyGetsItBack() {
    for (int size : List.of(2, 3, 5)) {
      settled(size);
      world.nodes.get(0).refuses = true;
      world.nodes.get(0).refused = true;
      assertTrue(doubled(3_000) <= World.DETECTION + 100);
      assertEquals(1, world.answerers(0, ADDRESS).size());
      // Then it dies.
      SimNode holder = world.answerers(0, ADDRESS).getFirst();
      holder.kill();
      assertTrue(gap(3_000) <= 500);
      assertEquals(1, world.answerers(0, ADDRESS).size());
    }
  }

  @Test
  void anApiThatRefusesHandsNothingTwiceToANewTerm() {
    settled();
    world.nodes.get(3).refuses = true;
    desire(3, 1, 0, 2, 4);
    assertTrue(doubled(3_000) <= World.DETECTION + 100);
    assertEquals(1, world.answerers(0, ADDRESS).size());
    desire(1, 3, 0, 2, 4);
    assertTrue(doubled(3_000) <= World.DETECTION + 100);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void whoStartsAsksTheSegmentAboutOneThatRefuses() {
    settled();
    world.nodes.get(0).refuses = true;
    world.run(1_000);
    held(0, 1);
    desire(0, 1, 2, 3, 4);
    desire(0, 2, 1, 3, 4);
    world.run(2_000);
    held(0, 0);
    world.nodes.get(2).kill();
    world.run(500);
    world.nodes.get(2).start(new Start.Warm());
    assertTrue(doubled(3_000) <= 50);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void anOldHolderOfALargeClusterHearsOfANewListFromWhoeverAnnounces() {
    settled(20);
    SimNode holder = world.nodes.get(0);
    world.reconciler = false;
    desire(7, 8, 9, 10);
    world.nodes.subList(1, 20).forEach(node -> node.receive(world.desired));
    assertTrue(doubled(3_000) <= 100);
    held(0, 7);
    holder.receive(world.desired);
    assertEquals(0, gap(1_000));
    held(0, 7);
  }

  @Test
  void ofTwoNodesThatHearEachOtherOneWayOnlyTheOneThatIsHeardAnswers() {
    settled(2);
    world.lost.add("n0>n1");
    assertTrue(doubled(3_000) <= 100);
    held(0, 1);
    world.lost.clear();
    assertEquals(0, doubled(3_000));
    held(0, 1);

    settled(2);
    world.lost.add("n1>n0");
    assertEquals(0, gap(3_000));
    held(0, 0);
    world.lost.clear();
    assertEquals(0, doubled(3_000));
    held(0, 0);
  }

  @Test
  void ofTwoNodesThatNobodyAsksBothAnswerUntilSomebodyDoes() {
    settled(2);
    world.clients = false;
    world.lost.add("n1>n0");
    world.run(3_000);
    held(0, 0, 1);
    world.clients = true;
    world.run(100);
    held(0, 0);
  }

  @Test
  void whoStartsWhereItIsHeardAndHearsNobodySaysSo() {
    settled(2);
    world.lost.add("n1>n0");
    world.run(1_000);
    held(0, 0);
    world.nodes.get(0).kill();
    world.run(500);
    held(0, 1);
    world.nodes.get(0).start(new Start.Warm());
    assertTrue(doubled(5_000) <= 100);
    held(0, 0);
  }

  // The API is refused and liveness packets get lost, everywhere; ARP passes. At most: the
  // detection time, the round of announcements after it, and two probes.
  @Test
  void firewallsThatLetNothingButArpPassLeaveOneHolder() {
    for (int size : List.of(2, 3, 5, 20)) {
      settled(size);
      world.filtered = true;
      long doubled = doubled(10_000);
      assertTrue(doubled <= 900, size + " nodes, " + doubled);
      assertEquals(1, world.answerers(0, ADDRESS).size());
      assertEquals(0, gap(5_000));
      SimNode holder = world.answerers(0, ADDRESS).getFirst();
      holder.kill();
      long gap = gap(5_000);
      assertTrue(gap <= 1_000, size + " nodes, gap " + gap);
      assertEquals(1, world.answerers(0, ADDRESS).size());
      holder.start(new Start.Warm());
      assertEquals(0, doubled(5_000));
      world.filtered = false;
      assertEquals(0, doubled(3_000));
      assertEquals(1, world.answerers(0, ADDRESS).size());
    }
  }

  @Test
  void whoStoodStillAsksAndFollowsEvenOneThatItCannotReadAnyMore() {
    settled();
    world.nodes.get(0).stop();
    world.run(10_000);
    held(0, 1);
    world.filtered = true;
    world.nodes.get(0).resume();
    assertTrue(doubled(10_000) <= 900);
    assertEquals(1, world.answerers(0, ADDRESS).size());
    settled(2);
    world.nodes.get(0).stop();
    world.run(10_000);
    world.nodes.get(1).refuses = true;
    world.nodes.get(0).resume();
    assertTrue(doubled(5_000) <= World.DETECTION + 100);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }
}
