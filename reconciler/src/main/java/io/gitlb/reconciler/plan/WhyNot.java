// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.lease.Space;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Says for each pool why it did not serve.
final class WhyNot {

  /// More pools than this are counted, not listed: the message stands in a condition and an Event.
  private static final int LISTED_POOLS = 8;

  private final Inventory inventory;
  private final Admission admission;
  private final Eligibility eligibility;

  WhyNot(Inventory inventory, Admission admission, Eligibility eligibility) {
    this.inventory = inventory;
    this.admission = admission;
    this.eligibility = eligibility;
  }

  /// No pool has a free address of all the families, for a Service that asked for no pool.
  Refusal ofAll(Applicant who) {
    List<AddressPool> pools = inventory.pools();
    if (pools.isEmpty()) {
      return Refusal.of(Reason.NO_POOL, "no IPAddressPool is defined");
    }
    SortedMap<PoolName, Reason> reasons = new TreeMap<>();
    for (AddressPool pool : pools) {
      reasons.put(pool.name(), reason(pool, who, who.families()));
    }
    return new Refusal(
        reasonOf(reasons),
        "no pool has a free " + wanted(who.families()) + " address: " + list(reasons, who),
        reasons);
  }

  /// This pool has no free address of one of the families.
  ///
  /// @param asked the pool that the Service asks for
  Refusal ofOne(
      AddressPool pool, Applicant who, List<IpFamily> families, Optional<AddressPool> asked) {
    SortedMap<PoolName, Reason> reasons = new TreeMap<>();
    reasons.put(
        pool.name(),
        asked.filter(pool::equals).isPresent()
            ? capacity(pool, who, families)
            : reason(pool, who, families));
    return new Refusal(
        reasonOf(reasons),
        "no free " + wanted(families) + " address: " + list(reasons, who),
        reasons);
  }

  private static Reason reasonOf(SortedMap<PoolName, Reason> reasons) {
    return reasons.containsValue(Reason.WAITING_FOR_BLOCK)
        ? Reason.WAITING_FOR_BLOCK
        : Reason.NO_FREE_ADDRESS;
  }

  private Reason reason(AddressPool pool, Applicant who, List<IpFamily> families) {
    ServiceView service = who.service();
    if (!admission.admits(pool, service)) {
      return Reason.POOL_RESTRICTED;
    }
    return pool.assignment() == Assignment.ON_REQUEST
        ? Reason.ON_REQUEST_ONLY
        : capacity(pool, who, families);
  }

  private Reason capacity(AddressPool pool, Applicant who, List<IpFamily> families) {
    if (pool.rules().intake() == Intake.DRAINING) {
      return Reason.POOL_DRAINING;
    }
    boolean serves = families.stream().allMatch(family -> inventory.serves(pool.name(), family));
    if (!serves) {
      return Reason.WRONG_FAMILY;
    }
    if (eligibility.room(who, pool) <= 0) {
      return Reason.QUOTA_USED;
    }
    boolean leases =
        families.stream()
            .anyMatch(family -> who.needs().needsLease(new Space(pool.name(), family)));
    return leases ? Reason.WAITING_FOR_BLOCK : Reason.POOL_FULL;
  }

  private static String wanted(List<IpFamily> families) {
    return String.join(" and ", families.stream().map(IpFamily::toString).toList());
  }

  private String list(SortedMap<PoolName, Reason> reasons, Applicant who) {
    String listed =
        String.join(
            "; ",
            reasons.entrySet().stream()
                .limit(LISTED_POOLS)
                .map(entry -> entry.getKey() + words(entry, who))
                .toList());
    int more = reasons.size() - LISTED_POOLS;
    return more > 0 ? listed + "; and " + more + " more" : listed;
  }

  private String words(Map.Entry<PoolName, Reason> entry, Applicant who) {
    Map<Reason, String> words =
        Map.of(
            Reason.POOL_RESTRICTED,
            " is for other Services",
            Reason.ON_REQUEST_ONLY,
            " is only for Services that ask for it",
            Reason.WRONG_FAMILY,
            " has no range of " + wanted(who.families()),
            Reason.POOL_DRAINING,
            " is being drained",
            Reason.WAITING_FOR_BLOCK,
            " waits for a block of addresses from the branch leases",
            Reason.QUOTA_USED,
            " gives namespace " + who.ref().namespace() + " no more");
    String full =
        inventory.hasSquatters(entry.getKey())
            ? " is full, since hosts on the link use addresses of it that nobody was given"
            : " is full";
    return words.getOrDefault(entry.getValue(), full);
  }
}
