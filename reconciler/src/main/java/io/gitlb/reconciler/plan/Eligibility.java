// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.Optional;

/// Whether a Service may have a certain address.
final class Eligibility {

  private final Inventory inventory;
  private final Holdings holdings;
  private final Admission admission;

  Eligibility(Inventory inventory, Holdings holdings, Admission admission) {
    this.inventory = inventory;
    this.holdings = holdings;
    this.admission = admission;
  }

  /// Why the Service cannot be given the address; empty when it can.
  Optional<Refusal> obstacle(ServiceView service, IpAddress address) {
    return againstDefinitions(service, address)
        .or(() -> usedByCluster(address))
        .or(() -> usedByOther(service.ref(), address));
  }

  /// Why the definitions do not give the Service the address; empty when they do.
  Optional<Refusal> againstDefinitions(ServiceView service, IpAddress address) {
    Optional<AddressPool> pool = inventory.poolOf(address);
    if (pool.isEmpty()) {
      return refusal(Reason.OUTSIDE_POOLS, "no pool has " + address);
    }
    if (!admission.admits(pool.get(), service)) {
      return refusal(
          Reason.POOL_RESTRICTED,
          "the serviceAllocation of pool "
              + pool.get().name()
              + ", which has "
              + address
              + ", does not admit it");
    }
    if (inventory.isAvoided(address)) {
      return refusal(
          Reason.END_OCTET_AVOIDED,
          "pool " + pool.get().name() + " avoids " + address + " for its last octet");
    }
    return inventory
        .pinnedTo(address)
        .filter(owner -> !owner.equals(service.ref()))
        .flatMap(
            owner ->
                refusal(Reason.PINNED_TO_OTHER, "a PinnedIP gives " + address + " to " + owner));
  }

  private Optional<Refusal> usedByCluster(IpAddress address) {
    return inventory
        .clusterUse(address)
        .flatMap(use -> refusal(Reason.CLUSTER_ADDRESS, address + " is used by " + use));
  }

  private Optional<Refusal> usedByOther(ServiceRef service, IpAddress address) {
    Optional<AllocationRecord> record = holdings.at(address);
    if (record.isPresent()) {
      return record
          .filter(found -> !isOnlyHolder(found, service))
          .flatMap(found -> refusal(Reason.ADDRESS_IN_USE, address + usedBy(found)));
    }
    return inventory
        .claimedBy(address)
        .filter(claimant -> !claimant.equals(service))
        .flatMap(
            claimant ->
                refusal(Reason.ADDRESS_IN_USE, address + " is in the status of " + claimant));
  }

  private static boolean isOnlyHolder(AllocationRecord record, ServiceRef service) {
    return record.holders().stream().allMatch(holder -> holder.service().equals(service));
  }

  private static String usedBy(AllocationRecord record) {
    String holders =
        String.join(
            ", ", record.holders().stream().map(holder -> holder.service().toString()).toList());
    return record.state() == State.RELEASING
        ? " is being withdrawn from " + holders
        : " is in use by " + holders;
  }

  private static Optional<Refusal> refusal(Reason reason, String message) {
    return Optional.of(Refusal.of(reason, message));
  }
}
