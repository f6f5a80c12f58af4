// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What happens to an address that two nodes probe at the same time, neither of which can read what
/// the other one claims.
final class ContentionStoryTest extends Story {

  // Two of three nodes that hear each other on the segment alone, as they start within so many ms
  // of each other; the third one is off.
  private void startApart(int first, long millis) {
    world = new World(3, new Random(1));
    desire(0, 1, 2);
    world.everybody();
    world.nodes.forEach(node -> node.receive(world.desired));
    world.run(2_000);
    world.nodes.forEach(SimNode::kill);
    world.nodes.forEach(node -> node.managed = false);
    world.run(2_000);
    world.nodes.get(first).start(new Start.Warm());
    world.run(millis);
    world.nodes.get(1 - first).start(new Start.Warm());
  }

  @Test
  void ofTwoThatProbeAtTheSameTimeTheFirstOfTheListTakesIt() {
    for (int first = 0; first < 2; first++) {
      for (long apart = 0; apart < 60; apart += World.STEP) {
        startApart(first, apart);
        assertEquals(0, doubled(3_000), "node " + first + " is " + apart + " ms earlier");
        held(0, 0);
      }
    }
  }

  @Test
  void ofTwoWithDifferentListsNeitherWaitsForEver() {
    startApart(0, 0);
    desire(1, 0, 2);
    world.nodes.get(0).disk = Optional.of(world.desired);
    world.nodes.forEach(SimNode::kill);
    world.run(1_000);
    // Each finds the other one before itself.
    world.reconciler = false;
    world.nodes.get(0).start(new Start.Warm());
    world.nodes.get(1).start(new Start.Warm());
    assertTrue(gap(3_000) <= 1_300);
    assertTrue(doubled(3_000) <= World.DETECTION + 100);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  @Test
  void randomStartsAndDeathsOfNodesThatReadNothingLeaveOneHolder() {
    int rounds = 8 * Integer.getInteger("gitlb.random.rounds", 1);
    for (long seed = 1; seed <= rounds; seed++) {
      Random random = new Random(seed);
      world = new World(5, new Random(seed));
      List<NodeName> order = list(0, 1, 2, 3, 4);
      Collections.shuffle(order, random);
      world.desire(new TreeMap<>(Map.of(ADDRESS, order)), 1);
      world.everybody();
      world.nodes.forEach(node -> node.receive(world.desired));
      world.run(6_000);
      world.nodes.forEach(node -> node.managed = false);
      world.run(2_000);
      shake(random, "seed " + seed + ", " + order);
    }
  }

  // The holder's cable is cut while two others start anew.
  private void shake(Random random, String what) {
    for (int i = 0; i < 5; i++) {
      List<SimNode> others = new ArrayList<>(world.nodes);
      SimNode holder = world.answerers(0, ADDRESS).getFirst();
      others.remove(holder);
      Collections.shuffle(others, random);
      others.subList(0, 2).forEach(SimNode::kill);
      world.run(random.nextInt(500));
      others.get(0).start(new Start.Warm());
      world.run(random.nextInt(100));
      others.get(1).start(new Start.Warm());
      world.run(random.nextInt(300));
      holder.group = 9;
      long doubled = doubled(4_000);
      assertTrue(doubled <= 100, what + ": two for " + doubled + " ms in step " + i);
      assertEquals(1, world.answerers(0, ADDRESS).size(), what);
      holder.kill();
      holder.group = 0;
      holder.start(new Start.Warm());
      assertEquals(0, doubled(4_000), what);
    }
  }

  @Test
  void whoGivesWayToOneThatDiesTakesIt() {
    startApart(0, 0);
    for (int i = 0; i < 200 && !probing(0); i++) {
      world.run(World.STEP);
    }
    world.run(30);
    assertTrue(probing(0) && probing(1));
    world.nodes.get(0).kill();
    assertTrue(gap(2_000) <= 400);
    held(0, 1);
  }
}
