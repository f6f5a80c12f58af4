// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What happens to one address, told step by step.
final class OwnershipStoryTest extends Story {

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
}
