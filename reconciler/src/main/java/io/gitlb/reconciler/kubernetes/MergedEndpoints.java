// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The slices of each Service put together. A change costs what that Service's slices cost.
final class MergedEndpoints {

  /// Service → key of a slice → that slice's part (1:N)
  private final Map<ServiceRef, Map<String, EndpointView>> slices = new HashMap<>();

  private SnapshotMap<ServiceRef, EndpointView> merged = SnapshotMap.empty();

  void apply(List<Change<SliceView>> changes) {
    Set<ServiceRef> services = new HashSet<>();
    for (Change<SliceView> change : changes) {
      // A slice may be given to another Service.
      change.before().ifPresent(slice -> remove(slice.service(), change.key()));
      change.after().ifPresent(slice -> put(change.key(), slice));
      change.before().ifPresent(slice -> services.add(slice.service()));
      change.after().ifPresent(slice -> services.add(slice.service()));
    }
    services.forEach(this::merge);
  }

  private void remove(ServiceRef service, String key) {
    slices.computeIfPresent(
        service,
        (_, parts) -> {
          parts.remove(key);
          return parts.isEmpty() ? null : parts;
        });
  }

  private void put(String key, SliceView slice) {
    slices.computeIfAbsent(slice.service(), _ -> new HashMap<>()).put(key, slice.endpoints());
  }

  private void merge(ServiceRef service) {
    Map<String, EndpointView> parts = slices.get(service);
    if (parts == null) {
      merged = merged.without(service);
      return;
    }
    EndpointView now = union(parts.values());
    if (!now.equals(merged.get(service))) {
      merged = merged.with(service, now);
    }
  }

  private static EndpointView union(Collection<EndpointView> parts) {
    int total = 0;
    SortedSet<NodeName> nodes = new TreeSet<>();
    for (EndpointView part : parts) {
      total += part.total();
      nodes.addAll(part.nodes());
    }
    return new EndpointView(total, nodes);
  }

  /// Service → its endpoints on all nodes
  SnapshotMap<ServiceRef, EndpointView> views() {
    return merged;
  }
}
