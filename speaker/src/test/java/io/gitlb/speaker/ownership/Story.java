// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;

/// Stage for stories about one address, which the first of its candidates holds at the beginning.
abstract class Story {

  static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  World world = new World(5, new Random(1));

  static List<NodeName> list(int... order) {
    List<NodeName> names = new ArrayList<>();
    for (int index : order) {
      names.add(new NodeName("n" + index));
    }
    return names;
  }

  void desire(int... order) {
    SortedMap<IpAddress, List<NodeName>> lists = world.lists();
    lists.put(ADDRESS, list(order));
    world.desire(lists, 1);
  }

  void settled() {
    desire(0, 1, 2, 3, 4);
    world.everybody();
    world.nodes.forEach(node -> node.receive(world.desired));
    world.run(3_000);
    held(0, 0);
  }

  void settled(int size) {
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

  void held(int group, int... by) {
    assertEquals(
        list(by), world.answerers(group, ADDRESS).stream().map(node -> node.name).toList());
  }

  // For how long at a time nobody answered at most, while time went on.
  long gap(long millis) {
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

  // For how long more than one answered at a time, while time went on.
  long doubled(long millis) {
    long[] steps = {0};
    world.observer = seen -> steps[0] += seen.answerers(0, ADDRESS).size() > 1 ? 10 : 0;
    world.run(millis);
    world.observer = seen -> {};
    return steps[0];
  }

  boolean probing(int node) {
    return world.nodes.get(node).standings().get(ADDRESS) instanceof Standing.Probing;
  }
}
