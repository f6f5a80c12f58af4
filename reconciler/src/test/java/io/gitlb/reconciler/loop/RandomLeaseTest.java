// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.Fleet;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.lease.LeaseEdit;
import io.gitlb.reconciler.lease.LeaseOrder;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.lease.Wants;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.DefinitionsFollower.InForce;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.AddressPool.Rules;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Clusters that take, use and give back blocks of one pool in random order, over a remote that
/// fails before, after and instead of a change. Nobody ever gives an address of a block that he
/// does not have at that moment, and at the end nobody has one.
///
/// `-Dgitlb.random.seed=SEED` plays one world alone.
class RandomLeaseTest {

  private static final int WORLDS = 60 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int STEPS = 400;
  private static final String COMMIT = "c".repeat(40);
  private static final PoolName POOL = new PoolName("shared");

  /// Ten blocks, the first and the last of them cut off.
  private static final IpRange RANGE =
      new IpRange(IpAddress.of("10.0.0.5"), IpAddress.of("10.0.0.150"));

  private static final Definitions DEFINITIONS =
      Definitions.of(
          List.of(
              new AddressPool(
                  POOL,
                  SourcePlace.of("pool.yaml"),
                  new TreeMap<>(),
                  List.of(RANGE),
                  Assignment.AUTOMATIC,
                  EndOctets.USED,
                  Optional.empty(),
                  Rules.DEFAULTS.withOwnership(Ownership.SHARED))));

  @Test
  void nobodyGivesWhatHeDoesNotHave() {
    Long seed = Long.getLong("gitlb.random.seed");
    for (long world = 0; world < (seed == null ? WORLDS : 1); world++) {
      new World(seed == null ? 20_261_121L + world : seed).live();
    }
  }

  private static final class World {

    private final long seed;
    private final Random random;
    private final List<Member> members = new ArrayList<>();

    /// address → who has it
    private final Map<IpAddress, Member> given = new HashMap<>();

    private SnapshotMap<Block, Lease> truth = SnapshotMap.empty();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      for (String name : List.of("a", "b", "c").subList(0, 2 + random.nextInt(2))) {
        members.add(new Member(this, new ClusterName(name)));
      }
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        Member member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(10)) {
          case 0 -> member.waiting += random.nextInt(20);
          case 1 -> member.delete(random.nextInt(10));
          case 2 -> member.delete(200);
          case 3 -> now = now.plus(Duration.ofSeconds(random.nextInt(900)));
          case 4, 5, 6 -> member.port.turn();
          case 7 -> member.restart();
          default -> member.pass();
        }
      }
      end();
    }

    /// Everybody lets go, and the remote works.
    private void end() {
      for (Member member : members) {
        member.waiting = 0;
        member.delete(Integer.MAX_VALUE);
      }
      for (int round = 0; round < 12; round++) {
        now = now.plus(Duration.ofMinutes(11));
        for (Member member : members) {
          member.pass();
          member.port.succeed();
        }
      }
      assertEquals(SnapshotMap.empty(), truth, () -> "seed " + seed + ": something is left over");
    }
  }

  /// A cluster: its loop, reduced to the blocks.
  private static final class Member {

    private final World world;
    private final ClusterName name;
    private final Port port;
    private LeaseKeeper keeper;
    private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();
    private int waiting;

    Member(World world, ClusterName name) {
      this.world = world;
      this.name = name;
      this.port = new Port(world);
      this.keeper = new LeaseKeeper(port, NeighbourPort.NONE, name);
    }

    /// Another process; it waits for the first answer before it does anything.
    void restart() {
      port.forget();
      keeper = new LeaseKeeper(port, NeighbourPort.NONE, name);
    }

    void delete(int count) {
      for (IpAddress address :
          List.copyOf(records.keySet()).subList(0, Math.min(count, records.size()))) {
        records = records.without(address);
        world.given.remove(address);
      }
    }

    void pass() {
      if (keeper.isAwaited(DEFINITIONS, world.now)) {
        return;
      }
      Fleet fleet = keeper.fleet(DEFINITIONS);
      for (Block block : fleet.own()) {
        Optional<IpAddress> address = Optional.of(block.first());
        while (waiting > 0 && address.filter(block.range()::contains).isPresent()) {
          if (RANGE.contains(address.get()) && !records.containsKey(address.get())) {
            give(address.get());
          }
          address = address.get().next();
        }
      }
      keeper.care(
          new InForce(COMMIT, DEFINITIONS),
          new Ledger(Optional.of("uid"), records, new TreeSet<>()),
          fleet,
          wants(),
          new CommitNote("uid", COMMIT, 1, world.now));
    }

    private void give(IpAddress address) {
      Lease lease = world.truth.get(new Block(address));
      assertTrue(
          lease != null && lease.cluster().equals(name),
          () -> "seed " + world.seed + ": " + name + " gives " + address + " of " + lease);
      assertEquals(null, world.given.put(address, this), () -> "seed " + world.seed);
      waiting--;
      records =
          records.with(
              address,
              new AllocationRecord(
                  address,
                  POOL,
                  List.of(new Holder(new ServiceRef("demo", "a"), "uid", List.of("TCP/80"))),
                  State.ALLOCATED,
                  Reason.AUTOMATIC,
                  world.now,
                  COMMIT));
    }

    private Wants wants() {
      if (waiting == 0) {
        return Wants.NONE;
      }
      TreeMap<Space, Wants.Amount> wanted = new TreeMap<>();
      wanted.put(new Space(POOL, IpFamily.IPV4), new Wants.Amount(waiting, List.of(RANGE)));
      return new Wants(new TreeMap<>(), wanted);
    }
  }

  /// The remote as one cluster sees it, by the rules of the port.
  private static final class Port implements LeasePort {

    private final World world;
    private Optional<Standing> standing = Optional.empty();
    private Optional<LeaseOrder> ordered = Optional.empty();
    private boolean failed;

    Port(World world) {
      this.world = world;
    }

    void forget() {
      standing = Optional.empty();
      ordered = Optional.empty();
      failed = false;
    }

    @Override
    public Optional<Standing> standing() {
      return standing;
    }

    @Override
    public void order(LeaseOrder order, long version) {
      if (standing.filter(now -> now.version() == version).isPresent()) {
        ordered = Optional.of(order);
      }
    }

    /// The thread behind it comes round.
    void turn() {
      switch (world.random.nextInt(4)) {
        case 0 -> fail();
        case 1 -> {
          if (!failed) {
            carryOut();
          }
          fail();
        }
        default -> succeed();
      }
    }

    void succeed() {
      if (!failed) {
        carryOut();
      }
      failed = false;
      learn(new Standing(0, world.truth, List.of(), Optional.empty()));
    }

    private void carryOut() {
      if (ordered.isPresent()) {
        for (LeaseEdit edit : ordered.get().edits(world.truth)) {
          world.truth =
              switch (edit) {
                case LeaseEdit.Take take -> world.truth.with(take.block(), take.lease());
                case LeaseEdit.Return back -> world.truth.without(back.block());
                case LeaseEdit.Reclaim reclaim ->
                    world.truth.with(reclaim.block(), reclaim.lease());
              };
        }
        ordered = Optional.empty();
      }
    }

    private void fail() {
      failed = true;
      learn(
          new Standing(
              0,
              standing.map(Standing::table).orElse(SnapshotMap.empty()),
              List.of(),
              Optional.of(new Failure("GLB2003", "away"))));
    }

    private void learn(Standing next) {
      long version = standing.map(Standing::version).orElse(0L);
      Standing found = new Standing(version, next.table(), next.notices(), next.failure());
      if (!standing.equals(Optional.of(found))) {
        standing =
            Optional.of(new Standing(version + 1, next.table(), next.notices(), next.failure()));
        ordered = Optional.empty();
      }
    }
  }
}
