// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What happens to an address in a cluster in which not everybody watches everybody.
final class LargeStoryTest extends Story {

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
  void anOldHolderThatSawOneAnswerWhichCannotBeReadAsksWhenItsListComes() {
    settled(20);
    SimNode holder = world.nodes.get(0);
    world.reconciler = false;
    world.nodes.get(7).refuses = true;
    desire(7, 8, 9, 10);
    world.nodes.subList(1, 20).forEach(node -> node.receive(world.desired));
    world.run(200);
    held(0, 0, 7);
    holder.receive(world.desired);
    assertTrue(doubled(3_000) <= 100);
    held(0, 7);
  }
}
