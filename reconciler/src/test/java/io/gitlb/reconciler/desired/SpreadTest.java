// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpreadTest {

  private final Spread spread = new Spread();

  private static Roster roster(int nodes) {
    return roster(nodes, new TreeSet<>());
  }

  private static Roster roster(int nodes, SortedSet<Integer> inTrouble) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      candidates.add(Candidate.of(node(i), inTrouble.contains(i) ? 1 : 0, 0));
    }
    return new Roster(candidates);
  }

  private static NodeName node(int number) {
    return new NodeName("node-" + number);
  }

  private static IpAddress address(int number) {
    return IpAddress.of("10.0." + number / 256 + "." + number % 256);
  }

  /// Who comes first for each of so many addresses.
  private SortedMap<IpAddress, NodeName> heads(
      int addresses, Roster roster, SortedMap<IpAddress, NodeName> intended) {
    SortedMap<IpAddress, List<NodeName>> lists = new TreeMap<>();
    intended.forEach((address, head) -> lists.put(address, List.of(head)));
    spread.follow(SnapshotMap.empty(), SnapshotMap.copyOf(lists), SnapshotMap.empty());
    SortedMap<IpAddress, NodeName> heads = new TreeMap<>();
    for (int i = 0; i < addresses; i++) {
      spread.release(address(i));
    }
    for (int i = 0; i < addresses; i++) {
      heads.put(address(i), spread.settle(address(i), roster, Rebalance.GRADUAL));
    }
    spread
        .open()
        .forEach(address -> heads.put(address, spread.choose(address, roster, Rebalance.GRADUAL)));
    return heads;
  }

  private static Map<NodeName, Integer> counts(SortedMap<IpAddress, NodeName> heads) {
    Map<NodeName, Integer> counts = new TreeMap<>();
    heads.values().forEach(head -> counts.merge(head, 1, Integer::sum));
    return counts;
  }

  private static int difference(SortedMap<IpAddress, NodeName> heads, int nodes) {
    Map<NodeName, Integer> counts = counts(heads);
    int least = counts.size() < nodes ? 0 : Collections.min(counts.values());
    return Collections.max(counts.values()) - least;
  }

  @Test
  void newAddressesDifferByOneAtMost() {
    Random random = new Random(20_261_121);
    for (int round = 0; round < 60; round++) {
      int nodes = 1 + random.nextInt(40);
      int addresses = 1 + random.nextInt(300);
      SortedMap<IpAddress, NodeName> heads =
          new SpreadTest().heads(addresses, roster(nodes), new TreeMap<>());
      assertTrue(difference(heads, nodes) <= 1, nodes + " nodes: " + counts(heads));
    }
  }

  @Test
  void oneByOneTheySpreadAsEvenlyAsTogether() {
    Roster roster = roster(7);
    SortedMap<IpAddress, NodeName> heads = new TreeMap<>();
    for (int i = 1; i <= 100; i++) {
      heads = heads(i, roster, heads);
      assertTrue(difference(heads, 7) <= 1, i + ": " + counts(heads));
    }
  }

  @Test
  void aNodeThatGoesMovesItsAddressesAloneAndEvenly() {
    SortedMap<IpAddress, NodeName> before = heads(200, roster(10), new TreeMap<>());
    SortedMap<IpAddress, NodeName> after =
        heads(200, roster(10, new TreeSet<>(List.of(3))), before);
    after.forEach(
        (address, head) -> {
          if (!node(3).equals(before.get(address))) {
            assertEquals(before.get(address), head);
          }
        });
    assertEquals(9, counts(after).size());
    assertTrue(difference(after, 9) <= 1, () -> counts(after).toString());
  }

  @Test
  void aNodeThatComesMovesNothing() {
    SortedMap<IpAddress, NodeName> before = heads(200, roster(10), new TreeMap<>());
    assertEquals(before, heads(200, roster(11), before));
  }

  @Test
  void theOrderOfTheNodesDoesNotMatter() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      candidates.add(Candidate.of(node(i), i % 3, i % 2));
    }
    Roster one = new Roster(candidates);
    Collections.shuffle(candidates, new Random(5));
    Roster other = new Roster(candidates);
    for (int i = 0; i < 30; i++) {
      assertEquals(one.following(node(i), address(i)), other.following(node(i), address(i)));
    }
  }

  @Test
  void upToSixteenAllAreCandidatesAndThoseInTroubleComeLast() {
    Roster roster = roster(16, new TreeSet<>(List.of(2, 5)));
    List<NodeName> list = roster.following(node(0), address(1));
    assertEquals(16, new HashSet<>(list).size());
    assertEquals(node(0), list.getFirst());
    assertEquals(Set.of(node(2), node(5)), new HashSet<>(list.subList(14, 16)));
    assertEquals(Roster.OF_MANY, roster(17).following(node(0), address(1)).size());
  }

  @Test
  void successorsTakeTurns() {
    Roster roster = roster(5);
    Set<NodeName> seconds = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      seconds.add(roster.following(node(0), address(i)).get(1));
    }
    assertEquals(4, seconds.size());
  }

  @Test
  void amongAThousandNodesEachHasEightNeighboursOnItsLists() {
    Roster roster = roster(1000);
    Map<NodeName, Set<NodeName>> watched = new TreeMap<>();
    heads(10_000, roster, new TreeMap<>())
        .forEach(
            (address, head) -> {
              List<NodeName> four = roster.following(head, address).subList(0, 4);
              four.forEach(one -> watched.computeIfAbsent(one, _ -> new HashSet<>()).addAll(four));
            });
    int most = watched.values().stream().mapToInt(set -> set.size() - 1).max().orElseThrow();
    assertTrue(most <= 8, "watches: " + most);
  }

  @Test
  void oneMoreAddressAmongManyIsCheap() {
    Roster roster = roster(1000);
    heads(10_000, roster, new TreeMap<>());
    // CPU time: how long it takes by the clock also depends on what else the machine does.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < 10; i++) {
      IpAddress address = IpAddress.of("192.0.2." + i);
      spread.settle(address, roster, Rebalance.GRADUAL);
      roster.following(spread.choose(address, roster, Rebalance.GRADUAL), address);
    }
    long micros = (threads.getCurrentThreadCpuTime() - start) / 10_000;
    assertTrue(micros < 20_000, "microseconds each: " + micros);
  }
}
