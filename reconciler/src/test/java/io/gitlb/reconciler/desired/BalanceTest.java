// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Nodes come and go in random order: fresh addresses go where there are few, nobody else's moves,
/// and moves for the sake of balance end in balance.
class BalanceTest {

  private static final long SEED = 20_261_121L;

  private static int rounds() {
    return 40 * Integer.getInteger("gitlb.random.rounds", 1);
  }

  @Test
  void onlyTheAddressesOfNodesThatGoMove() {
    for (int round = 0; round < rounds(); round++) {
      Fleet fleet = new Fleet(SEED + round);
      for (int step = 0; step < 12; step++) {
        fleet.comeAndGo();
        SortedMap<IpAddress, NodeName> before = new TreeMap<>(fleet.owners);
        fleet.decide(Rebalance.GRADUAL);
        for (Map.Entry<IpAddress, NodeName> entry : before.entrySet()) {
          if (fleet.nodes.contains(entry.getValue())) {
            assertEquals(entry.getValue(), fleet.owners.get(entry.getKey()), fleet.seed);
          }
        }
        fleet.assertNobodyFreshAddedToTheBusiest(before);
      }
    }
  }

  @Test
  void movesEndInBalanceAndThenThereIsNone() {
    for (int round = 0; round < rounds(); round++) {
      Fleet fleet = new Fleet(SEED + round);
      for (int step = 0; step < 4; step++) {
        fleet.comeAndGo();
        fleet.decide(Rebalance.GRADUAL);
      }
      int moves = 0;
      for (Optional<BalanceMove> move = fleet.move(); move.isPresent(); move = fleet.move()) {
        int gap = fleet.load(move.get().from()) - fleet.load(move.get().to());
        assertTrue(gap >= 2, fleet.seed + ": " + move);
        fleet.owners.put(move.get().address(), move.get().to());
        fleet.decide(Rebalance.GRADUAL);
        moves++;
        assertTrue(moves <= fleet.owners.size(), fleet.seed);
      }
      assertTrue(fleet.difference() <= 1, fleet.seed + ": " + fleet.loads());
    }
  }

  @Test
  void whatIsNotToMoveDoesNot() {
    Fleet fleet = new Fleet(SEED);
    fleet.decide(Rebalance.NEVER);
    fleet.nodes.add(new NodeName("fresh"));
    fleet.decide(Rebalance.NEVER);
    assertEquals(Optional.empty(), fleet.spread.move(fleet.nodes));
    assertEquals("fresh", fleet.move().orElseThrow().to().value());
    assertEquals(Optional.empty(), fleet.spread.move(new TreeSet<>()), "nobody is willing");
  }

  /// Nodes of equal standing and their addresses.
  private static final class Fleet {

    final String seed;
    private final Random random;
    final Spread spread = new Spread();
    final SortedSet<NodeName> nodes = new TreeSet<>();
    final SortedMap<IpAddress, NodeName> owners = new TreeMap<>();
    private final SortedSet<IpAddress> addresses = new TreeSet<>();

    Fleet(long seed) {
      this.seed = "seed " + seed;
      random = new Random(seed);
      int count = 2 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        nodes.add(new NodeName("n" + i));
      }
      fresh(5 + random.nextInt(120));
    }

    private void fresh(int count) {
      for (int i = 0; i < count; i++) {
        addresses.add(IpAddress.of("10.0." + random.nextInt(4) + "." + random.nextInt(256)));
      }
    }

    void comeAndGo() {
      NodeName node = new NodeName("n" + random.nextInt(16));
      if (nodes.size() > 1 && random.nextBoolean()) {
        nodes.remove(node);
      } else {
        nodes.add(node);
      }
      if (nodes.isEmpty()) {
        nodes.add(node);
      }
      fresh(random.nextInt(20));
    }

    /// Everybody does at once what he is asked to.
    void decide(Rebalance rebalance) {
      List<Candidate> candidates = new ArrayList<>();
      nodes.forEach(node -> candidates.add(Candidate.of(node, 0, 0)));
      Roster roster = new Roster(candidates);
      spread.follow(SnapshotMap.copyOf(owners), SnapshotMap.empty(), SnapshotMap.empty());
      addresses.forEach(spread::release);
      SortedMap<IpAddress, NodeName> heads = new TreeMap<>();
      addresses.forEach(address -> heads.put(address, spread.settle(address, roster, rebalance)));
      spread
          .open()
          .forEach(address -> heads.put(address, spread.choose(address, roster, rebalance)));
      owners.putAll(heads);
    }

    /// As it is found once all owners are reported.
    Optional<BalanceMove> move() {
      decide(Rebalance.GRADUAL);
      return spread.move(nodes);
    }

    SortedMap<NodeName, Integer> loads() {
      SortedMap<NodeName, Integer> loads = new TreeMap<>();
      nodes.forEach(node -> loads.put(node, 0));
      owners.values().forEach(node -> loads.merge(node, 1, Integer::sum));
      return loads;
    }

    int load(NodeName node) {
      return loads().getOrDefault(node, 0);
    }

    int difference() {
      return Collections.max(loads().values()) - Collections.min(loads().values());
    }

    /// Whoever got an address has at most one more than any other now.
    void assertNobodyFreshAddedToTheBusiest(SortedMap<IpAddress, NodeName> before) {
      SortedMap<NodeName, Integer> loads = loads();
      int least = Collections.min(loads.values());
      owners.forEach(
          (address, owner) -> {
            if (!owner.equals(before.get(address))) {
              assertTrue(loads.getOrDefault(owner, 0) <= least + 1, () -> seed + ": " + loads);
            }
          });
    }
  }
}
