// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The live cluster at one moment, as the informers show it.
///
/// @param clusterUid the UID of the namespace kube-system
/// @param services reference → Service, only those in our scope
/// @param nodes name → node
/// @param endpoints reference → endpoints of that Service; absent when it has none
/// @param namespaceLabels namespace → its labels
public record ClusterView(
    String clusterUid,
    SortedMap<ServiceRef, ServiceView> services,
    SortedMap<NodeName, NodeView> nodes,
    SortedMap<ServiceRef, EndpointView> endpoints,
    SortedMap<String, SortedMap<String, String>> namespaceLabels) {

  public ClusterView {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
    namespaceLabels = Collections.unmodifiableSortedMap(new TreeMap<>(namespaceLabels));
  }

  /// The endpoints of a Service, none when nothing is known of it.
  public EndpointView endpointsOf(ServiceRef service) {
    return endpoints.getOrDefault(service, EndpointView.NONE);
  }
}
