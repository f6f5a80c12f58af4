// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// From the API's EndpointSlices, several a Service, to one view a Service.
final class EndpointTranslator {

  /// The label that names the Service of a slice.
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  private EndpointTranslator() {}

  /// What one slice says.
  static Optional<SliceView> translate(EndpointSlice slice) {
    Map<String, String> labels = slice.getMetadata().getLabels();
    String name = labels == null ? null : labels.get(SERVICE_LABEL);
    if (name == null || name.isEmpty()) {
      return Optional.empty();
    }
    int total = 0;
    SortedSet<NodeName> nodes = new TreeSet<>();
    if (slice.getEndpoints() != null) {
      for (Endpoint endpoint : slice.getEndpoints()) {
        if (serves(endpoint.getConditions())) {
          total++;
          if (endpoint.getNodeName() != null) {
            nodes.add(new NodeName(endpoint.getNodeName()));
          }
        }
      }
    }
    return Optional.of(
        new SliceView(
            new ServiceRef(slice.getMetadata().getNamespace(), name),
            new EndpointView(total, nodes)));
  }

  /// One slice's part of its Service's endpoints.
  record SliceView(ServiceRef service, EndpointView endpoints) {}

  /// The slices of each Service put together.
  static SortedMap<ServiceRef, EndpointView> merge(Collection<SliceView> slices) {
    SortedMap<ServiceRef, EndpointView> merged = new TreeMap<>();
    for (SliceView slice : slices) {
      merged.merge(slice.service(), slice.endpoints(), EndpointTranslator::union);
    }
    return merged;
  }

  private static EndpointView union(EndpointView a, EndpointView b) {
    SortedSet<NodeName> nodes = new TreeSet<>(a.nodes());
    nodes.addAll(b.nodes());
    return new EndpointView(a.total() + b.total(), nodes);
  }

  /// An unset `serving` follows `ready`, and an unset `ready` means ready (API of
  /// discovery.k8s.io/v1).
  private static boolean serves(EndpointConditions conditions) {
    if (conditions == null) {
      return true;
    }
    Boolean serving = conditions.getServing();
    return serving != null ? serving : !Boolean.FALSE.equals(conditions.getReady());
  }
}
