// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads what a Service asks for from its annotations and `spec.loadBalancerIP`, under a PinnedIP
/// that comes first. Annotations are read under three prefixes: ours, MetalLB's and MetalLB's
/// former one; the same request may stand in several places, a different one may not.
final class WishReader {

  private static final List<String> PREFIXES =
      List.of("gitlb.io/", "metallb.io/", "metallb.universe.tf/");
  private static final String ADDRESSES = "loadBalancerIPs";
  private static final String POOL = "address-pool";
  private static final String FIELD = "spec.loadBalancerIP";

  private final Inventory inventory;
  private final Admission admission;

  WishReader(Inventory inventory, Admission admission) {
    this.inventory = inventory;
    this.admission = admission;
  }

  /// @param families those that the Service has cluster IPs of, at least one
  Wish read(ServiceView service, List<IpFamily> families) {
    List<IpAddress> pinned = pinned(service, families);
    if (!pinned.isEmpty()) {
      return new Wish.These(pinned, AllocationRecord.Reason.PINNED, Optional.empty());
    }
    return switch (pool(service)) {
      case PoolWish.Bad(Refusal cause) -> new Wish.Wrong(cause);
      case PoolWish.None() -> addresses(service, families, Optional.empty());
      case PoolWish.Named(AddressPool pool) -> addresses(service, families, Optional.of(pool));
    };
  }

  /// The lowest pinned address of each family that the Service has.
  private List<IpAddress> pinned(ServiceView service, List<IpFamily> families) {
    // family → address
    Map<IpFamily, IpAddress> lowest = new TreeMap<>();
    for (IpAddress address : inventory.pinsOf(service.ref())) {
      if (families.contains(address.family())) {
        lowest.putIfAbsent(address.family(), address);
      }
    }
    return List.copyOf(lowest.values());
  }

  private sealed interface PoolWish {

    record None() implements PoolWish {}

    record Named(AddressPool pool) implements PoolWish {}

    record Bad(Refusal cause) implements PoolWish {}
  }

  private PoolWish pool(ServiceView service) {
    // place → value, in the order of precedence
    Map<String, String> written = written(service, POOL);
    if (written.values().stream().distinct().count() > 1) {
      return new PoolWish.Bad(conflict(written));
    }
    Optional<String> name = written.values().stream().findFirst();
    if (name.isEmpty()) {
      return new PoolWish.None();
    }
    Optional<AddressPool> pool = inventory.pool(new PoolName(name.get()));
    if (pool.isEmpty()) {
      return new PoolWish.Bad(
          Refusal.of(
              Reason.UNKNOWN_POOL,
              "asks for pool " + name.get() + ", which is not defined; there is " + poolNames()));
    }
    return admission.admits(pool.get(), service)
        ? new PoolWish.Named(pool.get())
        : new PoolWish.Bad(
            Refusal.of(
                Reason.POOL_RESTRICTED,
                "asks for pool " + name.get() + ", whose serviceAllocation does not admit it"));
  }

  private String poolNames() {
    List<String> names = inventory.pools().stream().map(pool -> pool.name().value()).toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private Wish addresses(ServiceView service, List<IpFamily> families, Optional<AddressPool> pool) {
    // place → value, in the order of precedence
    Map<String, String> written = written(service, ADDRESSES);
    service.loadBalancerIp().filter(ip -> !ip.isBlank()).ifPresent(ip -> written.put(FIELD, ip));
    // place → the addresses that it asks for, sorted
    Map<String, List<IpAddress>> read = new TreeMap<>();
    for (Map.Entry<String, String> entry : written.entrySet()) {
      Optional<List<IpAddress>> addresses = parse(entry.getValue());
      if (addresses.isEmpty()) {
        return new Wish.Wrong(
            Refusal.of(
                Reason.MALFORMED_REQUEST,
                entry.getKey()
                    + " is \""
                    + entry.getValue()
                    + "\"; allowed are IP addresses, separated by commas"));
      }
      read.put(entry.getKey(), addresses.get());
    }
    if (read.values().stream().distinct().count() > 1) {
      return new Wish.Wrong(conflict(written));
    }
    return read.values().stream()
        .findFirst()
        .map(addresses -> checked(addresses, families, pool))
        .orElseGet(() -> pool.<Wish>map(Wish.Within::new).orElseGet(Wish.Anything::new));
  }

  private static Wish checked(
      List<IpAddress> addresses, List<IpFamily> families, Optional<AddressPool> pool) {
    long distinct = addresses.stream().map(IpAddress::family).distinct().count();
    if (distinct < addresses.size()) {
      return new Wish.Wrong(
          Refusal.of(
              Reason.TOO_MANY_ADDRESSES,
              "asks for " + addresses + "; allowed is one address of a family"));
    }
    for (IpAddress address : addresses) {
      if (!families.contains(address.family())) {
        return new Wish.Wrong(
            Refusal.of(
                Reason.WRONG_FAMILY,
                "asks for " + address + ", but its cluster IPs are " + families + " only"));
      }
    }
    return new Wish.These(addresses, AllocationRecord.Reason.REQUESTED, pool);
  }

  private static Refusal conflict(Map<String, String> written) {
    return Refusal.of(
        Reason.CONFLICTING_REQUESTS,
        String.join(
                ", ",
                written.entrySet().stream()
                    .map(entry -> entry.getKey() + " is \"" + entry.getValue() + "\"")
                    .toList())
            + "; let them agree or keep one");
  }

  /// Where an annotation stands, without those that are blank: place → value.
  private static Map<String, String> written(ServiceView service, String name) {
    Map<String, String> written = new TreeMap<>();
    for (String prefix : PREFIXES) {
      String value = service.annotations().get(prefix + name);
      if (value != null && !value.isBlank()) {
        written.put(prefix + name, value.strip());
      }
    }
    return written;
  }

  /// @return sorted, at least one; empty when a part is not an address
  private static Optional<List<IpAddress>> parse(String text) {
    List<IpAddress> addresses = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Optional<IpAddress> address = IpAddress.parse(part.strip());
      if (address.isEmpty()) {
        return Optional.empty();
      }
      addresses.add(address.get());
    }
    return Optional.of(addresses.stream().distinct().sorted().toList());
  }
}
