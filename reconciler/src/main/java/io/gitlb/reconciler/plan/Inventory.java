// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.allocator.PoolSpace;
import io.gitlb.reconciler.lease.Block;
import io.gitlb.reconciler.lease.SharedPools;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Which addresses of which pool are free, and what stands in the way of those that are not.
///
/// An address can be taken for several reasons at once: it has a record, a PinnedIP gives it to a
/// Service, the cluster uses it. It is free again when the last of them is gone. Every change costs
/// the same at any size, so that this lives on from pass to pass under the same definitions.
final class Inventory {

  /// pool → its free addresses
  private final Map<PoolName, PoolSpace> pools = new TreeMap<>();

  private final PoolIndex index;

  /// address → the Service that a PinnedIP gives it to
  private final Map<IpAddress, ServiceRef> pins = new HashMap<>();

  /// Service → its pinned addresses, sorted
  private final Map<ServiceRef, List<IpAddress>> pinsOf = new HashMap<>();

  /// What in the cluster or outside uses addresses of pools.
  private final Foreign foreign;

  /// addresses that have a record, or a file that nobody can read
  private final Set<IpAddress> recorded = new HashSet<>();

  /// The blocks of shared pools.
  private final LeasedBlocks blocks;

  Inventory(Definitions definitions, PoolIndex index, Foreign foreign) {
    this.index = index;
    this.foreign = foreign;
    blocks = new LeasedBlocks(foreign);
    for (AddressPool pool : definitions.pools()) {
      pools.put(pool.name(), space(pool));
    }
    for (PinnedIp pin : definitions.pinnedIps()) {
      pin.addresses().forEach(address -> addPin(address, pin.service()));
    }
    foreign.addresses().forEach(this::take);
  }

  private PoolSpace space(AddressPool pool) {
    return SharedPools.isShared(pool)
        ? PoolSpace.within(pool, blocks.ownRanges(), foreign.ranges())
        : new PoolSpace(pool, foreign.ranges());
  }

  /// Blocks of shared pools have changed hands.
  ///
  /// @param records the record of an address
  /// @return the spaces of which blocks can be leased now and could not before, or the reverse
  List<Space> follow(List<Block> changed, Function<IpAddress, Optional<AllocationRecord>> records) {
    Set<PoolName> concerned = new HashSet<>();
    for (Block block : changed) {
      foreign.shared().spacesOf(block).forEach(space -> concerned.add(space.pool()));
    }
    List<Space> flipped = blocks.follow();
    for (PoolName name : concerned) {
      pools.put(name, space(spaceOf(name).pool()));
    }
    Stream.of(recorded, pins.keySet(), foreign.addresses())
        .flatMap(Collection::stream)
        .filter(address -> poolOf(address).filter(p -> concerned.contains(p.name())).isPresent())
        .forEach(this::take);
    for (IpAddress address : recorded) {
      records
          .apply(address)
          .filter(record -> record.state() == State.RESTING)
          .filter(_ -> poolOf(address).filter(p -> concerned.contains(p.name())).isPresent())
          .ifPresent(record -> spaceOf(address).ifPresent(s -> s.rest(address, record.since())));
    }
    return flipped;
  }

  /// Whether this cluster can have one more block of the pool, if it is shared.
  boolean canLease(PoolName pool, IpFamily family) {
    return blocks.canLease(new Space(pool, family));
  }

  /// The spaces of shared pools that have no address to give.
  Set<Space> closedShares() {
    Set<Space> closed = new TreeSet<>();
    for (Space space : blocks.spaces()) {
      if (!isOpen(space.pool(), space.family())) {
        closed.add(space);
      }
    }
    return closed;
  }

  /// The addresses of a shared pool that blocks may be leased for.
  List<IpRange> leasable(Space space) {
    return blocks.leasable(space);
  }

  private void addPin(IpAddress address, ServiceRef service) {
    if (pins.putIfAbsent(address, service) == null) {
      take(address);
      pinsOf.merge(
          service,
          List.of(address),
          (before, added) -> Stream.concat(before.stream(), added.stream()).sorted().toList());
    }
  }

  private void take(IpAddress address) {
    spaceOf(address).ifPresent(space -> space.take(address));
  }

  /// Makes the address free unless something still stands in the way.
  ///
  /// @return whether it can be given now
  private boolean release(IpAddress address) {
    if (recorded.contains(address) || isSpokenFor(address)) {
      return false;
    }
    Optional<PoolSpace> space = spaceOf(address);
    space.ifPresent(found -> found.release(address));
    return space.isPresent();
  }

  /// Whether a PinnedIP or somebody outside the ledger has the address.
  boolean isSpokenFor(IpAddress address) {
    return pins.containsKey(address) || foreign.use(address).isPresent();
  }

  /// The pool that the address lies in.
  Optional<AddressPool> poolOf(IpAddress address) {
    return index.poolOf(address);
  }

  private Optional<PoolSpace> spaceOf(IpAddress address) {
    return poolOf(address).map(pool -> spaceOf(pool.name()));
  }

  private PoolSpace spaceOf(PoolName name) {
    PoolSpace space = pools.get(name);
    if (space == null) {
      throw new IllegalStateException("no pool " + name);
    }
    return space;
  }

  Optional<AddressPool> pool(PoolName name) {
    return Optional.ofNullable(pools.get(name)).map(PoolSpace::pool);
  }

  /// All pools, by name.
  List<AddressPool> pools() {
    return pools.values().stream().map(PoolSpace::pool).toList();
  }

  /// The lowest address of the pool that nobody has.
  Optional<IpAddress> lowestFree(PoolName pool, IpFamily family) {
    return spaceOf(pool).lowestFree(family);
  }

  /// The address that has rested longest of those that may be given when none is free.
  Optional<IpAddress> longestRested(PoolName pool, IpFamily family, Set<IpAddress> without) {
    return spaceOf(pool)
        .resting(family)
        .filter(address -> !isSpokenFor(address) && !without.contains(address))
        .findFirst();
  }

  /// Whether the pool has an address of the family to give.
  boolean isOpen(PoolName pool, IpFamily family) {
    return lowestFree(pool, family).isPresent()
        || longestRested(pool, family, Set.of()).isPresent();
  }

  /// Whether the pool has a range of the family at all.
  boolean serves(PoolName pool, IpFamily family) {
    return spaceOf(pool).serves(family);
  }

  /// Whether the address's pool avoids it for its last octet.
  boolean isAvoided(IpAddress address) {
    return spaceOf(address).map(space -> space.avoids(address)).orElse(false);
  }

  /// The Service that a PinnedIP gives the address to.
  Optional<ServiceRef> pinnedTo(IpAddress address) {
    return Optional.ofNullable(pins.get(address));
  }

  /// What PinnedIPs give to the Service, sorted.
  List<IpAddress> pinsOf(ServiceRef service) {
    return pinsOf.getOrDefault(service, List.of());
  }

  /// Who outside the ledger uses the address.
  Optional<Foreign.Use> foreignUse(IpAddress address) {
    return foreign.use(address);
  }

  /// Whether somebody on the link uses addresses of the pool that nobody was given.
  boolean hasSquatters(PoolName pool) {
    return pool(pool).filter(foreign::hasSquatters).isPresent();
  }

  /// Somebody outside the ledger began or ceased to use the address.
  ///
  /// @return whether it can be given now
  boolean foreignUseChanged(IpAddress address) {
    if (foreign.use(address).isPresent()) {
      take(address);
      return false;
    }
    return release(address);
  }

  /// Nobody knows who has the address: it is given to nobody.
  void keepAside(IpAddress address) {
    take(address);
    recorded.add(address);
  }

  /// Whether a file of the ledger says, readable or not, that the address is somebody's.
  boolean isRecorded(IpAddress address) {
    return recorded.contains(address);
  }

  /// For the moment nobody else gets the address.
  void setAside(IpAddress address) {
    take(address);
  }

  /// Undoes [#setAside].
  void putBack(IpAddress address) {
    release(address);
  }

  /// The address has this record.
  ///
  /// @return whether it can be given now
  boolean record(AllocationRecord record) {
    recorded.add(record.address());
    take(record.address());
    if (record.state() == State.RESTING) {
      spaceOf(record.address()).ifPresent(pool -> pool.rest(record.address(), record.since()));
      return !isSpokenFor(record.address());
    }
    return false;
  }

  /// The address has this record no more, and perhaps none.
  ///
  /// @return whether it can be given now
  boolean unrecord(AllocationRecord record) {
    if (record.state() == State.RESTING) {
      spaceOf(record.address()).ifPresent(pool -> pool.wake(record.address(), record.since()));
    }
    recorded.remove(record.address());
    return release(record.address());
  }
}
