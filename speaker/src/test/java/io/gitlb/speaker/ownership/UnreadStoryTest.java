// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What happens to an address when the API of a node that lives cannot be reached.
final class UnreadStoryTest extends Story {

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

  /// What of the liveness packets passes a firewall that also rejects connections to the API.
  private enum Passes {
    ALL,
    OUT,
    IN,
    NONE
  }

  private void firewall(SimNode node, Passes passes) {
    for (SimNode other : world.nodes) {
      if (passes == Passes.OUT || passes == Passes.NONE) {
        world.unheard.add(other + ">" + node);
      }
      if (passes == Passes.IN || passes == Passes.NONE) {
        world.unheard.add(node + ">" + other);
      }
    }
  }

  // Of two nodes one has a firewall; it holds the address or the other one does, and comes first in
  // the list or second.
  @Test
  void aFirewallOfOneNodeLeavesOneHolder() {
    for (Passes passes : Passes.values()) {
      for (int guarded = 0; guarded < 2; guarded++) {
        for (int first = 0; first < 2; first++) {
          for (long before : List.of(0L, 1_000L, -1_000L)) {
            firewallOfOne(passes, guarded, first, before);
          }
        }
      }
    }
  }

  /// @param before for how long liveness packets have got lost when the API begins to refuse
  private void firewallOfOne(Passes passes, int guarded, int first, long before) {
    String what = passes + ", " + guarded + " behind it, first " + first + ", " + before;
    settled(2);
    desire(first, 1 - first);
    world.run(6_000);
    SimNode node = world.nodes.get(guarded);
    if (before >= 0) {
      firewall(node, passes);
      world.run(before);
      node.refuses = true;
    } else {
      node.refuses = true;
      world.run(-before);
      firewall(node, passes);
    }
    long doubled = doubled(6_000);
    assertTrue(doubled <= 900, what + ": two for " + doubled);
    assertEquals(1, world.answerers(0, ADDRESS).size(), what);
    assertEquals(0, gap(4_000), what);
    world.unheard.clear();
    node.refuses = false;
    assertTrue(doubled(3_000) <= World.DETECTION + 100, what);
    assertEquals(1, world.answerers(0, ADDRESS).size(), what);
  }

  @Test
  void aFirewallThatComesWhileTheSegmentIsInTwoLeavesOneHolderAfterTheHeal() {
    for (int guarded = 0; guarded < 2; guarded++) {
      for (Passes passes : List.of(Passes.ALL, Passes.OUT)) {
        settled(2);
        world.nodes.get(0).group = 1;
        world.run(6_000);
        held(1, 0);
        held(0, 1);
        world.nodes.get(guarded).refuses = true;
        firewall(world.nodes.get(guarded), passes);
        world.run(6_000);
        world.nodes.get(0).group = 0;
        long doubled = doubled(6_000);
        assertTrue(doubled <= 900, guarded + " " + passes + ": two for " + doubled);
        assertEquals(1, world.answerers(0, ADDRESS).size(), guarded + " " + passes);
      }
    }
  }

  @Test
  void whoDiesWhileOneThatStoodStillAsksIsNotTakenForAlive() {
    settled(2);
    world.nodes.get(0).stop();
    world.run(6_000);
    held(0, 1);
    // What it claims has not come yet.
    world.nodes.get(1).manage(false);
    world.nodes.get(0).resume();
    for (int i = 0; i < 100 && !rechecking(0); i++) {
      world.run(World.STEP);
    }
    assertTrue(rechecking(0));
    world.run(10);
    world.nodes.get(1).kill();
    world.nodes.get(1).manage(true);
    long gap = gap(2_000);
    assertTrue(gap <= 150, "gap " + gap);
    assertEquals(1, world.answerers(0, ADDRESS).size());
  }

  private boolean rechecking(int node) {
    return world.nodes.get(node).standings().get(ADDRESS) instanceof Standing.Rechecking;
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
