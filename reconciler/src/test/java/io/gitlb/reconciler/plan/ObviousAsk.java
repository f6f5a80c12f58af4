// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a Service asks for, read plainly.
///
/// @param kind what sort of request
/// @param addresses the very addresses, sorted; empty when any will do
/// @param pool the pool that it names
/// @param count how many addresses of each family
record ObviousAsk(Kind kind, List<IpAddress> addresses, Optional<AddressPool> pool, int count) {

  enum Kind {
    /// Any address, or any of the pool.
    ANY,
    /// These addresses, by request or by pin.
    THESE,
    /// Nothing that can be: it keeps what it has.
    WRONG,
    /// Pinned and wrong at once; the model does not judge it.
    UNCLEAR
  }

  private static final ObviousAsk WRONG =
      new ObviousAsk(Kind.WRONG, List.of(), Optional.empty(), 1);
  private static final ObviousAsk UNCLEAR =
      new ObviousAsk(Kind.UNCLEAR, List.of(), Optional.empty(), 1);

  static ObviousAsk of(ObviousRules rules, ServiceView service) {
    List<IpAddress> pins = rules.pinsOf(service);
    ObviousAsk written = written(rules, service);
    if (pins.isEmpty()) {
      return written;
    }
    return written.kind == Kind.WRONG || written.pool.isPresent()
        ? UNCLEAR
        : new ObviousAsk(Kind.THESE, pins, Optional.empty(), written.count);
  }

  private static ObviousAsk written(ObviousRules rules, ServiceView service) {
    List<IpFamily> families = ObviousRules.families(service);
    boolean lacksOne =
        service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK && families.size() < 2;
    int count = count(service);
    Set<String> pools = ObviousRules.written(service, "address-pool");
    Set<String> keys = ObviousRules.written(service, "allow-shared-ip");
    if (families.isEmpty() || lacksOne || count == 0 || pools.size() > 1 || keys.size() > 1) {
      return WRONG;
    }
    Optional<AddressPool> pool = Optional.empty();
    if (!pools.isEmpty()) {
      pool = rules.input().definitions().pool(new PoolName(pools.iterator().next()));
      if (pool.isEmpty() || !rules.admits(pool.get(), service)) {
        return WRONG;
      }
    }
    Set<List<IpAddress>> requests = new HashSet<>();
    for (String text : ObviousRules.written(service, "loadBalancerIPs")) {
      requests.add(parse(text));
    }
    service.loadBalancerIp().filter(ip -> !ip.isBlank()).ifPresent(ip -> requests.add(parse(ip)));
    if (requests.isEmpty()) {
      return new ObviousAsk(Kind.ANY, List.of(), pool, count);
    }
    List<IpAddress> addresses = requests.iterator().next();
    return requests.size() > 1 || !isPossible(addresses, families, count)
        ? WRONG
        : new ObviousAsk(Kind.THESE, addresses, pool, count);
  }

  /// @return 0 when it cannot be read
  private static int count(ServiceView service) {
    String text = service.annotations().getOrDefault("gitlb.io/address-count", "1").strip();
    return text.matches("[1-8]") ? Integer.parseInt(text) : text.isEmpty() ? 1 : 0;
  }

  /// @return empty when a part is no address
  private static List<IpAddress> parse(String text) {
    Set<IpAddress> addresses = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Optional<IpAddress> address = IpAddress.parse(part.strip());
      if (address.isEmpty()) {
        return List.of();
      }
      addresses.add(address.get());
    }
    return new ArrayList<>(addresses);
  }

  private static boolean isPossible(List<IpAddress> addresses, List<IpFamily> families, int count) {
    return !addresses.isEmpty()
        && addresses.stream().allMatch(address -> families.contains(address.family()))
        && families.stream().allMatch(family -> of(addresses, family) <= count);
  }

  private static long of(List<IpAddress> addresses, IpFamily family) {
    return addresses.stream().filter(address -> address.family() == family).count();
  }

  /// How many addresses of the family the Service shall have; a PinnedIP may give more than it asks
  /// for.
  long wanted(IpFamily family) {
    return Math.max(count, of(addresses, family));
  }
}
