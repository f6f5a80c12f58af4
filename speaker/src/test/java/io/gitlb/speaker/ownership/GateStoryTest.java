// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What happens to an address when its holder has no endpoint any more, or nobody can say so.
final class GateStoryTest extends Story {

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
}
