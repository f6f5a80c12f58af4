// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who watches whom, and what that costs: a session is a packet each 100 ms each way.
final class WatchGraphTest {

  private static final int ADDRESSES = 10_000;
  private static final int PACKETS = 10;
  private static final Generation TERM = new Generation(1, 1);

  private static NodeName name(int index) {
    return new NodeName("n" + index);
  }

  private static SortedSet<NodeName> members(int nodes) {
    SortedSet<NodeName> members = new TreeSet<>();
    for (int i = 0; i < nodes; i++) {
      members.add(name(i));
    }
    return members;
  }

  // The rule of the reconciler's roster for equal nodes: all of up to 16, else eight. The first
  // one,
  // those that follow it on a ring, and of these the first four in an order of the address's own.
  private static List<NodeName> list(int first, int nodes, Random random) {
    List<NodeName> list = new ArrayList<>();
    for (int i = 0; i < (nodes <= 16 ? nodes : 8); i++) {
      list.add(name((first + i) % nodes));
    }
    Collections.shuffle(list.subList(1, Math.min(5, nodes)), random);
    return list;
  }

  // Node → the addresses that its state has: those that it is a candidate for.
  private static Map<NodeName, SortedMap<IpAddress, Contest>> states(int nodes) {
    Random random = new Random(7);
    Map<NodeName, SortedMap<IpAddress, Contest>> states = new HashMap<>();
    for (int i = 0; i < ADDRESSES; i++) {
      IpAddress address = IpAddress.of("10.0." + i / 250 + "." + (1 + i % 250));
      Contest contest = new Contest(TERM, list(i % nodes, nodes, random));
      for (NodeName node : contest.candidates()) {
        states.computeIfAbsent(node, _ -> new TreeMap<>()).put(address, contest);
      }
    }
    return states;
  }

  private static SortedSet<NodeName> watched(
      NodeName self, SortedSet<NodeName> members, SortedMap<IpAddress, Contest> state) {
    return WatchGraph.of(
        self, members, new Contests(Optional.of(TERM), Origin.RECONCILER, state, members));
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 2", "16, 15, 15", "100, 11, 11", "1000, 9, 11"})
  void sessionsOfANodeStayFew(int nodes, int least, int most) {
    SortedSet<NodeName> members = members(nodes);
    Map<NodeName, Set<NodeName>> graph = new TreeMap<>();
    states(nodes).forEach((node, state) -> graph.put(node, watched(node, members, state)));
    assertEquals(nodes, graph.size());
    graph.forEach((node, peers) -> assertTrue(!peers.contains(node), node + " watches itself"));
    int[] sizes = graph.values().stream().mapToInt(Set::size).sorted().toArray();
    String figures =
        "watch graph of %d nodes: sessions a node %d to %d, median %d; packets/s sent a node %d"
            .formatted(
                nodes, sizes[0], sizes[nodes - 1], sizes[nodes / 2], sizes[nodes / 2] * PACKETS);
    System.out.println(figures);
    assertTrue(sizes[0] >= least && sizes[nodes - 1] <= most, figures);
  }

  @Test
  void theFirstCandidatesOfAnAddressWatchEachOther() {
    SortedSet<NodeName> members = members(100);
    Map<NodeName, SortedMap<IpAddress, Contest>> states = states(100);
    states.forEach(
        (node, state) -> {
          SortedSet<NodeName> peers = watched(node, members, state);
          for (Contest contest : state.values()) {
            for (NodeName other : contest.candidates().subList(0, WatchGraph.DEPTH)) {
              assertTrue(other.equals(node) || peers.contains(other), node + " and " + other);
            }
          }
        });
  }

  @Test
  void whoIsNoMemberIsNotWatched() {
    SortedMap<IpAddress, Contest> state = new TreeMap<>();
    state.put(IpAddress.of("192.0.2.1"), new Contest(TERM, List.of(name(0), name(99), name(2))));
    assertEquals(
        new TreeSet<>(List.of(name(2))),
        watched(name(0), members(WatchGraph.FULL_MESH + 1), state));
    assertEquals(WatchGraph.FULL_MESH - 1, watched(name(0), members(16), state).size());
  }
}
