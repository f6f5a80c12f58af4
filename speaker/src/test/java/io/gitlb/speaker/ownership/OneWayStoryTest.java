// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What happens to an address where frames pass in one direction only, or not between all nodes.
final class OneWayStoryTest extends Story {

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
    // Until its announcements are over: whoever hears one asks once more.
    world.run(3_000);
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

  @Test
  void oneWayLossOfAHolderIsTakenOver() {
    settled();
    world.nodes.get(0).sends = false;
    long gap = gap(2_000);
    assertTrue(gap > 300 && gap < 500, "gap " + gap);
    held(0, 1);
  }

  @Test
  void lossBetweenTwoNodesOnlyMovesNothing() {
    settled();
    world.lost.add("n0>n1");
    assertEquals(0, gap(3_000));
    held(0, 0);
  }
}
