// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which addresses of which pool are free, and what stands in the way of those that are not.
///
/// An address can be taken for several reasons at once: it has a record, a PinnedIP gives it to a
/// Service, the cluster uses it, or a Service's status shows it and waits to be adopted. It is free
/// again when the last of them is gone. Every change costs the same at any size, so that this can
/// live on from pass to pass.
final class Inventory {

  /// pool → its free addresses
  private final Map<PoolName, PoolSpace> pools = new TreeMap<>();

  /// first address of a range → range and pool (1:1, pools do not overlap)
  private final TreeMap<IpAddress, PoolRange> ranges = new TreeMap<>();

  /// address → the Service that a PinnedIP gives it to
  private final Map<IpAddress, ServiceRef> pins = new HashMap<>();

  /// Service → its pinned addresses, sorted
  private final Map<ServiceRef, List<IpAddress>> pinsOf = new HashMap<>();

  /// address → what in the cluster uses it
  private final Map<IpAddress, String> cluster = new HashMap<>();

  /// blocked range → what in the cluster uses it
  private final TreeMap<IpRange, String> blocked = new TreeMap<>();

  /// address → the Service whose status shows it and that has no record of it
  private final Map<IpAddress, ServiceRef> claims = new HashMap<>();

  /// addresses that have a record; the record itself is in [Holdings]
  private final Set<IpAddress> recorded = new HashSet<>();

  private record PoolRange(IpRange range, AddressPool pool) {}

  Inventory(Definitions definitions, ClusterView view) {
    collectCluster(view);
    List<IpRange> holes = List.copyOf(blocked.keySet());
    for (AddressPool pool : definitions.pools()) {
      pools.put(pool.name(), new PoolSpace(pool, holes));
      pool.ranges().forEach(range -> ranges.put(range.first(), new PoolRange(range, pool)));
    }
    for (PinnedIp pin : definitions.pinnedIps()) {
      pin.addresses().forEach(address -> addPin(address, pin.service()));
    }
    cluster.keySet().forEach(this::takeInPool);
  }

  private void collectCluster(ClusterView view) {
    for (NodeView node : view.nodes().values()) {
      node.addresses().forEach(address -> cluster.put(address, "node " + node.name()));
      for (IpPrefix prefix : node.podCidrs()) {
        blocked.put(prefix.toRange(), "the pods of node " + node.name());
      }
    }
    for (ServiceView service : view.services().values()) {
      service
          .clusterIps()
          .forEach(address -> cluster.put(address, "the cluster IP of " + service.ref()));
    }
  }

  private void addPin(IpAddress address, ServiceRef service) {
    if (pins.putIfAbsent(address, service) == null) {
      takeInPool(address);
      pinsOf.merge(
          service,
          List.of(address),
          (before, added) -> Stream.concat(before.stream(), added.stream()).sorted().toList());
    }
  }

  private void takeInPool(IpAddress address) {
    poolOf(address).map(pool -> spaceOf(pool.name())).ifPresent(space -> space.take(address));
  }

  private void releaseInPool(IpAddress address) {
    boolean taken =
        recorded.contains(address)
            || pins.containsKey(address)
            || cluster.containsKey(address)
            || claims.containsKey(address);
    if (!taken) {
      poolOf(address).map(pool -> spaceOf(pool.name())).ifPresent(space -> space.release(address));
    }
  }

  /// The pool that the address lies in.
  Optional<AddressPool> poolOf(IpAddress address) {
    Map.Entry<IpAddress, PoolRange> entry = ranges.floorEntry(address);
    return entry != null && entry.getValue().range().contains(address)
        ? Optional.of(entry.getValue().pool())
        : Optional.empty();
  }

  Optional<AddressPool> pool(PoolName name) {
    return Optional.ofNullable(pools.get(name)).map(PoolSpace::pool);
  }

  /// All pools, by name.
  List<AddressPool> pools() {
    return pools.values().stream().map(PoolSpace::pool).toList();
  }

  private PoolSpace spaceOf(PoolName name) {
    PoolSpace space = pools.get(name);
    if (space == null) {
      throw new IllegalStateException("no pool " + name);
    }
    return space;
  }

  /// The lowest address of the pool that may be given to anybody.
  Optional<IpAddress> lowestFree(PoolName pool, IpFamily family) {
    return spaceOf(pool).lowestFree(family);
  }

  /// Whether the pool has a range of the family at all.
  boolean serves(PoolName pool, IpFamily family) {
    return spaceOf(pool).serves(family);
  }

  /// Whether the address's pool avoids it for its last octet.
  boolean isAvoided(IpAddress address) {
    return poolOf(address).map(pool -> spaceOf(pool.name()).avoids(address)).orElse(false);
  }

  /// The Service that a PinnedIP gives the address to.
  Optional<ServiceRef> pinnedTo(IpAddress address) {
    return Optional.ofNullable(pins.get(address));
  }

  /// What PinnedIPs give to the Service, sorted.
  List<IpAddress> pinsOf(ServiceRef service) {
    return pinsOf.getOrDefault(service, List.of());
  }

  /// What in the cluster uses the address.
  Optional<String> clusterUse(IpAddress address) {
    return Optional.ofNullable(cluster.get(address))
        .or(
            () ->
                blocked.entrySet().stream()
                    .filter(hole -> hole.getKey().contains(address))
                    .map(Map.Entry::getValue)
                    .findFirst());
  }

  /// The Service that waits to adopt the address.
  Optional<ServiceRef> claimedBy(IpAddress address) {
    return Optional.ofNullable(claims.get(address));
  }

  /// Keeps the address for a Service whose status shows it; the first one wins.
  void claim(IpAddress address, ServiceRef service) {
    if (claims.putIfAbsent(address, service) == null) {
      takeInPool(address);
    }
  }

  /// Ends the claims of a Service that has been decided on.
  void dropClaims(ServiceView service) {
    for (IpAddress address : service.statusAddresses()) {
      if (claims.remove(address, service.ref())) {
        releaseInPool(address);
      }
    }
  }

  /// Nobody knows who has the address: it is given to nobody who does not show it already.
  void keepAside(IpAddress address) {
    takeInPool(address);
    recorded.add(address);
  }

  /// The address has a record.
  void record(IpAddress address) {
    if (recorded.add(address)) {
      takeInPool(address);
    }
  }

  /// The address has no record any more.
  void unrecord(IpAddress address) {
    if (recorded.remove(address)) {
      releaseInPool(address);
    }
  }
}
