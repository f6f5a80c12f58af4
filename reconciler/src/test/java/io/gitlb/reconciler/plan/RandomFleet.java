// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseEdit;
import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Other clusters on the repository: which pools are shared, who leases which blocks, and what
/// another cluster still has.
final class RandomFleet {

  private static final int ALONE = -1;
  private static final ClusterName HERE = new ClusterName("here");
  private static final ClusterName THERE = new ClusterName("there");

  private final Random random;
  private SnapshotMap<Block, Lease> leases = SnapshotMap.empty();
  private final SortedMap<IpRange, String> elsewhere = new TreeMap<>();

  /// Pools with an index below it are shared.
  private final int shared;

  /// @param random of its own, so that a world is the same but for its neighbours
  RandomFleet(Random random) {
    this.random = random;
    this.shared = random.nextInt(4);
  }

  /// A cluster that is alone.
  private RandomFleet() {
    this.random = new Random(0);
    this.shared = ALONE;
  }

  static RandomFleet none() {
    return new RandomFleet();
  }

  Fleet now() {
    return new Fleet(HERE, leases, elsewhere);
  }

  /// The definitions with some pools shared.
  Definitions share(Definitions definitions) {
    return definitions.mapped(definition -> share(definition));
  }

  private Definition share(Definition definition) {
    return definition instanceof AddressPool pool && "abc".indexOf(pool.name().value()) < shared
        ? pool.withRules(pool.rules().withOwnership(Ownership.SHARED))
        : definition;
  }

  /// Something happens, or nothing.
  ///
  /// @param plan what is asked of the branch
  Optional<String> happen(Plan plan, Instant now) {
    if (shared == ALONE) {
      return Optional.empty();
    }
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> serve(plan, now);
      case 3 -> Optional.of(lease(HERE, now));
      case 4 -> Optional.of(lease(THERE, now));
      case 5 -> giveBack();
      case 6 -> Optional.of(changeElsewhere());
      default -> Optional.empty();
    };
  }

  private Optional<String> serve(Plan plan, Instant now) {
    LeaseOrder order =
        new LeaseOrder(
            new LeaseOrder.Terms(HERE, "uid", "c".repeat(40), now),
            plan.wants(),
            new TreeSet<>(),
            new TreeMap<>());
    for (LeaseEdit edit : order.edits(leases)) {
      leases = leases.with(edit.block(), edit.lease());
    }
    return order.isEmpty() ? Optional.empty() : Optional.of("leased as wanted: " + leases.keySet());
  }

  private String lease(ClusterName cluster, Instant now) {
    Block block = new Block(RandomDefinitions.anyAddress(random));
    leases =
        leases.with(
            block,
            new Lease(
                block, new PoolName("a"), cluster, "uid", now, "c".repeat(40), Optional.empty()));
    return block + " is leased to " + cluster;
  }

  private Optional<String> giveBack() {
    Block block = new Block(RandomDefinitions.anyAddress(random));
    leases = leases.without(block);
    return Optional.of("nobody leases " + block);
  }

  private String changeElsewhere() {
    IpAddress address = RandomDefinitions.anyAddress(random);
    if (random.nextBoolean()) {
      elsewhere.clear();
    } else if (random.nextInt(3) == 0) {
      elsewhere.put(new IpRange(address, address), "cluster there");
    }
    return "elsewhere: " + elsewhere.keySet();
  }
}
