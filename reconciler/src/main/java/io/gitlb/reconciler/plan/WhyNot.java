// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Says for each pool why it did not serve.
final class WhyNot {

  /// More pools than this are counted, not listed: the message stands in a condition and an Event.
  private static final int LISTED_POOLS = 8;

  private final Inventory inventory;
  private final Admission admission;

  WhyNot(Inventory inventory, Admission admission) {
    this.inventory = inventory;
    this.admission = admission;
  }

  /// No pool has a free address of all the families, for a Service that asked for no pool.
  Refusal ofAll(ServiceView service, List<IpFamily> families) {
    List<AddressPool> pools = inventory.pools();
    if (pools.isEmpty()) {
      return Refusal.of(Reason.NO_POOL, "no IPAddressPool is defined");
    }
    SortedMap<PoolName, Reason> reasons = new TreeMap<>();
    for (AddressPool pool : pools) {
      reasons.put(pool.name(), reason(pool, service, families));
    }
    return new Refusal(
        Reason.NO_FREE_ADDRESS,
        "no pool has a free " + wanted(families) + " address: " + list(reasons, families),
        reasons);
  }

  /// This pool has no free address of one of the families.
  Refusal ofOne(AddressPool pool, List<IpFamily> families) {
    SortedMap<PoolName, Reason> reasons = new TreeMap<>();
    reasons.put(pool.name(), capacity(pool, families));
    return new Refusal(
        Reason.NO_FREE_ADDRESS,
        "no free " + wanted(families) + " address: " + list(reasons, families),
        reasons);
  }

  private Reason reason(AddressPool pool, ServiceView service, List<IpFamily> families) {
    if (!admission.admits(pool, service)) {
      return Reason.POOL_RESTRICTED;
    }
    return pool.assignment() == Assignment.ON_REQUEST
        ? Reason.ON_REQUEST_ONLY
        : capacity(pool, families);
  }

  private Reason capacity(AddressPool pool, List<IpFamily> families) {
    boolean serves = families.stream().allMatch(family -> inventory.serves(pool.name(), family));
    return serves ? Reason.POOL_FULL : Reason.WRONG_FAMILY;
  }

  private static String wanted(List<IpFamily> families) {
    return String.join(" and ", families.stream().map(IpFamily::toString).toList());
  }

  private static String list(SortedMap<PoolName, Reason> reasons, List<IpFamily> families) {
    String listed =
        String.join(
            "; ",
            reasons.entrySet().stream()
                .limit(LISTED_POOLS)
                .map(entry -> entry.getKey() + words(entry, families))
                .toList());
    int more = reasons.size() - LISTED_POOLS;
    return more > 0 ? listed + "; and " + more + " more" : listed;
  }

  private static String words(Map.Entry<PoolName, Reason> entry, List<IpFamily> families) {
    if (entry.getValue() == Reason.POOL_RESTRICTED) {
      return " is for other Services";
    }
    if (entry.getValue() == Reason.ON_REQUEST_ONLY) {
      return " is only for Services that ask for it";
    }
    return entry.getValue() == Reason.WRONG_FAMILY
        ? " has no range of " + wanted(families)
        : " is full";
  }
}
