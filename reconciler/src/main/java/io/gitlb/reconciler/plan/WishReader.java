// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.plan.Annotations.Said;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what a Service asks for from its annotations and `spec.loadBalancerIP`, under a PinnedIP
/// that comes first.
final class WishReader {

  private static final String FIELD = "spec.loadBalancerIP";

  /// As many as a person still reads in an ingress list.
  static final int MOST_ADDRESSES = 8;

  private final Inventory inventory;
  private final Admission admission;

  WishReader(Inventory inventory, Admission admission) {
    this.inventory = inventory;
    this.admission = admission;
  }

  Wish read(Applicant who) {
    return switch (Annotations.said(who.service(), Annotations.COUNT)) {
      case Said.Conflict(Refusal cause) -> new Wish.Wrong(cause);
      case Said.Nothing() -> read(who, 1);
      case Said.Once(String text) ->
          count(text)
              .map(count -> read(who, count))
              .orElseGet(
                  () ->
                      malformed(
                          Annotations.OWN_PREFIX + Annotations.COUNT,
                          text,
                          "a number from 1 to " + MOST_ADDRESSES));
    };
  }

  private static Optional<Integer> count(String text) {
    boolean oneDigit = text.length() == 1 && text.charAt(0) >= '1' && text.charAt(0) <= '9';
    return oneDigit
        ? Optional.of(text.charAt(0) - '0').filter(count -> count <= MOST_ADDRESSES)
        : Optional.empty();
  }

  private Wish read(Applicant who, int count) {
    if (Annotations.said(who.service(), Annotations.SHARING_KEY)
        instanceof Said.Conflict(Refusal cause)) {
      return new Wish.Wrong(cause);
    }
    List<IpAddress> pinned =
        inventory.pinsOf(who.ref()).stream()
            .filter(address -> who.families().contains(address.family()))
            .toList();
    if (!pinned.isEmpty()) {
      return new Wish.These(pinned, AllocationRecord.Reason.PINNED, Optional.empty(), count);
    }
    return switch (Annotations.said(who.service(), Annotations.POOL)) {
      case Said.Conflict(Refusal cause) -> new Wish.Wrong(cause);
      case Said.Nothing() -> addresses(who, Optional.empty(), count);
      case Said.Once(String name) -> inPool(who, name, count);
    };
  }

  private Wish inPool(Applicant who, String name, int count) {
    Optional<AddressPool> pool = inventory.pool(new PoolName(name));
    if (pool.isEmpty()) {
      return wrong(
          Reason.UNKNOWN_POOL,
          "asks for pool " + name + ", which is not defined; there is " + poolNames());
    }
    return admission.admits(pool.get(), who.service())
        ? addresses(who, pool, count)
        : wrong(
            Reason.POOL_RESTRICTED,
            "asks for pool " + name + ", whose serviceAllocation does not admit it");
  }

  private String poolNames() {
    List<String> names = inventory.pools().stream().map(pool -> pool.name().value()).toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private Wish addresses(Applicant who, Optional<AddressPool> pool, int count) {
    SortedMap<String, String> written = written(who.service());
    // place → the addresses that it asks for, sorted
    Map<String, List<IpAddress>> read = new TreeMap<>();
    for (Map.Entry<String, String> entry : written.entrySet()) {
      Optional<List<IpAddress>> addresses = parse(entry.getValue());
      if (addresses.isEmpty()) {
        return malformed(entry.getKey(), entry.getValue(), "IP addresses, separated by commas");
      }
      read.put(entry.getKey(), addresses.get());
    }
    if (read.values().stream().distinct().count() > 1) {
      return new Wish.Wrong(Annotations.conflict(written));
    }
    return read.values().stream()
        .findFirst()
        .map(addresses -> checked(addresses, who, pool, count))
        .orElseGet(
            () ->
                pool.<Wish>map(named -> new Wish.Within(named, count))
                    .orElseGet(() -> new Wish.Anything(count)));
  }

  private static SortedMap<String, String> written(ServiceView service) {
    SortedMap<String, String> written = Annotations.written(service, Annotations.ADDRESSES);
    service.loadBalancerIp().filter(ip -> !ip.isBlank()).ifPresent(ip -> written.put(FIELD, ip));
    return written;
  }

  private static Wish checked(
      List<IpAddress> addresses, Applicant who, Optional<AddressPool> pool, int count) {
    for (IpFamily family : IpFamily.values()) {
      long named = addresses.stream().filter(address -> address.family() == family).count();
      if (named > count) {
        return wrong(
            Reason.TOO_MANY_ADDRESSES,
            "asks for "
                + addresses
                + "; allowed is one address of a family, or as many as the annotation "
                + Annotations.OWN_PREFIX
                + Annotations.COUNT
                + " says");
      }
    }
    for (IpAddress address : addresses) {
      if (!who.families().contains(address.family())) {
        return wrong(
            Reason.WRONG_FAMILY,
            "asks for " + address + ", but its cluster IPs are " + who.families() + " only");
      }
    }
    return new Wish.These(addresses, AllocationRecord.Reason.REQUESTED, pool, count);
  }

  private static Wish malformed(String place, String text, String allowed) {
    return wrong(Reason.MALFORMED_REQUEST, place + " is \"" + text + "\"; allowed are " + allowed);
  }

  private static Wish wrong(Reason reason, String message) {
    return new Wish.Wrong(Refusal.of(reason, message));
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
