// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// From the API's EndpointSlices to what each says of its Service.
final class EndpointTranslator {

  /// The Service that stands for the API servers; its endpoints are their addresses.
  private static final ServiceRef API_SERVER = new ServiceRef("default", "kubernetes");

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
    ServiceRef service = new ServiceRef(slice.getMetadata().getNamespace(), name);
    return Optional.of(
        new SliceView(
            service,
            new EndpointView(total, nodes),
            service.equals(API_SERVER) ? addresses(slice) : List.of()));
  }

  /// One slice's part of its Service's endpoints.
  ///
  /// @param apiServers the addresses, when the endpoints are API servers
  record SliceView(ServiceRef service, EndpointView endpoints, List<IpAddress> apiServers) {}

  private static List<IpAddress> addresses(EndpointSlice slice) {
    return slice.getEndpoints() == null
        ? List.of()
        : slice.getEndpoints().stream()
            .flatMap(endpoint -> endpoint.getAddresses().stream())
            .flatMap(address -> IpAddress.parse(address).stream())
            .toList();
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
