// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What happens to an address when nodes start from what they have on disk.
final class StartStoryTest extends Story {

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
}
