// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Map;
import java.util.SortedMap;

/// The live cluster at one moment, as the informers show it. Two views of one cluster share what
/// has not changed between them, so that the difference costs what it is.
///
/// @param clusterUid the UID of the namespace kube-system
/// @param services reference → Service, only those in our scope
/// @param nodes name → node
/// @param endpoints reference → endpoints of that Service; absent when it has none
/// @param namespaceLabels namespace → its labels
/// @param addresses what the cluster uses itself, beside the nodes' addresses and pods
/// @param deleted Service of ours that the API server told us was deleted and that is not there
///   again → which deletion it was, ascending; the last few thousand. Who is merely missing, after
///   a list that does not have it, is not here
/// @param passwords of BGP peers
public record ClusterView(
    String clusterUid,
    SnapshotMap<ServiceRef, ServiceView> services,
    SnapshotMap<NodeName, NodeView> nodes,
    SnapshotMap<ServiceRef, EndpointView> endpoints,
    SnapshotMap<String, SortedMap<String, String>> namespaceLabels,
    ClusterAddresses addresses,
    SnapshotMap<ServiceRef, Long> deleted,
    PasswordSecrets passwords) {

  private static final PasswordSecrets UNREAD =
      new PasswordSecrets.Unknown("nobody reads Secrets here");

  /// A cluster whose Secrets nobody reads.
  public ClusterView(
      String clusterUid,
      SnapshotMap<ServiceRef, ServiceView> services,
      SnapshotMap<NodeName, NodeView> nodes,
      SnapshotMap<ServiceRef, EndpointView> endpoints,
      SnapshotMap<String, SortedMap<String, String>> namespaceLabels,
      ClusterAddresses addresses,
      SnapshotMap<ServiceRef, Long> deleted) {
    this(clusterUid, services, nodes, endpoints, namespaceLabels, addresses, deleted, UNREAD);
  }

  /// A cluster of which nobody saw a Service deleted.
  public ClusterView(
      String clusterUid,
      SnapshotMap<ServiceRef, ServiceView> services,
      SnapshotMap<NodeName, NodeView> nodes,
      SnapshotMap<ServiceRef, EndpointView> endpoints,
      SnapshotMap<String, SortedMap<String, String>> namespaceLabels,
      ClusterAddresses addresses) {
    this(clusterUid, services, nodes, endpoints, namespaceLabels, addresses, SnapshotMap.empty());
  }

  /// A cluster of which no address is known but those of its nodes.
  public ClusterView(
      String clusterUid,
      Map<ServiceRef, ServiceView> services,
      Map<NodeName, NodeView> nodes,
      Map<ServiceRef, EndpointView> endpoints,
      Map<String, SortedMap<String, String>> namespaceLabels) {
    this(
        clusterUid,
        SnapshotMap.copyOf(services),
        SnapshotMap.copyOf(nodes),
        SnapshotMap.copyOf(endpoints),
        SnapshotMap.copyOf(namespaceLabels),
        ClusterAddresses.NONE);
  }

  /// The same, with those who use addresses on the link that nobody was given.
  ///
  /// @param squatters address → who, in words
  public ClusterView withSquatters(SnapshotMap<IpAddress, String> squatters) {
    return new ClusterView(
        clusterUid,
        services,
        nodes,
        endpoints,
        namespaceLabels,
        new ClusterAddresses(addresses.single(), addresses.ranges(), squatters),
        deleted,
        passwords);
  }

  /// The endpoints of a Service, none when nothing is known of it.
  public EndpointView endpointsOf(ServiceRef service) {
    return endpoints.find(service).orElse(EndpointView.NONE);
  }
}
