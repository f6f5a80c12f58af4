// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.ServiceRef;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A Service whose turn it is.
///
/// @param families those that it has cluster IPs of, the one that matters most first
/// @param sharing with whom it shares; empty: with nobody
/// @param needs gathers what would help it
record Applicant(
    ServiceView service, List<IpFamily> families, Optional<SharingKey> sharing, Needs needs) {

  static Applicant of(ServiceView service, Needs needs) {
    return new Applicant(service, families(service), sharing(service), needs);
  }

  ServiceRef ref() {
    return service.ref();
  }

  boolean requiresBothFamilies() {
    return service.familyPolicy() == FamilyPolicy.REQUIRE_DUAL_STACK;
  }

  /// As a record names it.
  Holder holder() {
    return new Holder(
        service.ref(),
        service.uid(),
        service.ports().stream().map(ServiceView.Port::toString).toList(),
        sharing);
  }

  /// Whether the record names it.
  boolean holds(AllocationRecord record) {
    return record.holders().stream().anyMatch(holder -> holder.service().equals(service.ref()));
  }

  /// The families of its cluster IPs, in the order of `ipFamilies`.
  private static List<IpFamily> families(ServiceView service) {
    if (service.clusterIps().size() == 1) {
      return List.of(service.clusterIps().getFirst().family());
    }
    return service.clusterIps().stream()
        .map(address -> address.family())
        .distinct()
        .sorted(Comparator.comparingInt(family -> place(service.ipFamilies().indexOf(family))))
        .toList();
  }

  /// A family that `ipFamilies` does not name comes last.
  private static int place(int index) {
    return index < 0 ? Integer.MAX_VALUE : index;
  }

  private static Optional<SharingKey> sharing(ServiceView service) {
    return switch (Annotations.said(service, Annotations.SHARING_KEY)) {
      case Annotations.Said.Once(String key) -> Optional.of(new SharingKey(key, backend(service)));
      case Annotations.Said.Nothing() -> Optional.empty();
      case Annotations.Said.Conflict _ -> Optional.empty();
    };
  }

  /// Under policy Cluster any node reaches any pod. Under Local a node reaches only its own, so
  /// whoever shares must have the same pods.
  private static String backend(ServiceView service) {
    return switch (service.trafficPolicy()) {
      case CLUSTER -> "";
      case LOCAL ->
          service.ref().namespace()
              + " "
              + service.selector().entrySet().stream()
                  .map(entry -> entry.getKey() + "=" + entry.getValue())
                  .collect(Collectors.joining(","));
    };
  }
}
