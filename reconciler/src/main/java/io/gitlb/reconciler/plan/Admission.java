// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/// Which pools admit a Service, and in which order they are tried.
///
/// A pool that is restricted to namespaces which do not exist admits nobody; it does not fall open.
final class Admission {

  /// Lower first, 0 last, then by name.
  private static final Comparator<AddressPool> BY_PRIORITY =
      Comparator.comparingInt(Admission::priority).thenComparing(AddressPool::name);

  /// namespace → its labels
  private Map<String, SortedMap<String, String>> namespaceLabels = Map.of();

  /// Pools with a serviceAllocation by priority, then the others by name.
  private final List<AddressPool> automatic;

  Admission(List<AddressPool> pools) {
    List<AddressPool> open =
        pools.stream().filter(pool -> pool.assignment() == Assignment.AUTOMATIC).toList();
    this.automatic =
        Stream.concat(
                open.stream()
                    .filter(pool -> pool.serviceAllocation().isPresent())
                    .sorted(BY_PRIORITY),
                open.stream()
                    .filter(pool -> pool.serviceAllocation().isEmpty())
                    .sorted(Comparator.comparing(AddressPool::name)))
            .toList();
  }

  /// From now on these namespaces with these labels are there.
  void follow(Map<String, SortedMap<String, String>> labels) {
    namespaceLabels = labels;
  }

  private static int priority(AddressPool pool) {
    int priority = pool.serviceAllocation().map(ServiceAllocation::priority).orElse(0);
    return priority == 0 ? Integer.MAX_VALUE : priority;
  }

  /// The pools to try for a Service that asks for nothing, in order.
  List<AddressPool> candidates(ServiceView service) {
    return automatic.stream().filter(pool -> admits(pool, service)).toList();
  }

  /// Whether the pool's serviceAllocation lets the Service in; a request or a pin does not override
  /// it.
  boolean admits(AddressPool pool, ServiceView service) {
    return pool.serviceAllocation()
        .map(
            allocation -> admitsNamespace(allocation, service) && admitsLabels(allocation, service))
        .orElse(true);
  }

  private boolean admitsNamespace(ServiceAllocation allocation, ServiceView service) {
    if (allocation.namespaces().isEmpty() && allocation.namespaceSelectors().isEmpty()) {
      return true;
    }
    String namespace = service.ref().namespace();
    if (allocation.namespaces().contains(namespace)) {
      return true;
    }
    if (!namespaceLabels.containsKey(namespace)) {
      return false;
    }
    SortedMap<String, String> labels =
        namespaceLabels.getOrDefault(namespace, Collections.emptySortedMap());
    return allocation.namespaceSelectors().stream().anyMatch(selector -> selector.matches(labels));
  }

  private static boolean admitsLabels(ServiceAllocation allocation, ServiceView service) {
    return allocation.serviceSelectors().isEmpty()
        || allocation.serviceSelectors().stream()
            .anyMatch(selector -> selector.matches(service.labels()));
  }
}
