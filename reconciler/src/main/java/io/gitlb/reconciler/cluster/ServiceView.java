// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the plan needs to know of a Service.
///
/// @param uid of this incarnation; a Service deleted and made anew has another one
/// @param scope whether it is ours to serve
/// @param labels label key → value
/// @param annotations annotation key → value; only those under our prefixes and MetalLB's
/// @param clusterIps in the order of the Service; their families are the families it wants
/// @param loadBalancerIp `spec.loadBalancerIP` as written
/// @param ports sorted
/// @param healthCheckNodePort under traffic policy Local
/// @param selector pod label key → value
/// @param statusAddresses what `status.loadBalancer.ingress` shows, in its order
/// @param conditions our own conditions as the status shows them
public record ServiceView(
    ServiceRef ref,
    String uid,
    Scope scope,
    SortedMap<String, String> labels,
    SortedMap<String, String> annotations,
    List<IpAddress> clusterIps,
    List<IpFamily> ipFamilies,
    FamilyPolicy familyPolicy,
    Optional<String> loadBalancerIp,
    List<Port> ports,
    TrafficPolicy trafficPolicy,
    OptionalInt healthCheckNodePort,
    SortedMap<String, String> selector,
    List<IpAddress> statusAddresses,
    List<Condition> conditions) {

  public ServiceView {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    clusterIps = List.copyOf(clusterIps);
    ipFamilies = List.copyOf(ipFamilies);
    ports = ports.stream().sorted().toList();
    selector = Collections.unmodifiableSortedMap(new TreeMap<>(selector));
    statusAddresses = List.copyOf(statusAddresses);
    conditions = List.copyOf(conditions);
  }

  /// Whether a Service is ours to serve.
  public enum Scope {
    /// Of type LoadBalancer and of our class.
    OURS,
    /// No longer of type LoadBalancer, but its status still shows what we wrote.
    LEFT_BEHIND
  }

  /// `spec.ipFamilyPolicy`.
  public enum FamilyPolicy {
    SINGLE_STACK,
    PREFER_DUAL_STACK,
    REQUIRE_DUAL_STACK
  }

  /// `spec.externalTrafficPolicy`.
  public enum TrafficPolicy {
    CLUSTER,
    LOCAL
  }

  /// One port of the Service.
  ///
  /// @param protocol `TCP`, `UDP` or `SCTP`
  public record Port(String protocol, int number) implements Comparable<Port> {

    @Override
    public int compareTo(Port other) {
      int byProtocol = protocol.compareTo(other.protocol);
      return byProtocol != 0 ? byProtocol : Integer.compare(number, other.number);
    }

    /// `TCP/80`.
    @Override
    public String toString() {
      return protocol + "/" + number;
    }
  }

  /// A condition of the Service's status.
  ///
  /// @param type `gitlb.io/Allocated` or `gitlb.io/Announced`
  /// @param status `True`, `False` or `Unknown`
  /// @param reason machine-readable, CamelCase
  /// @param message for people
  public record Condition(String type, String status, String reason, String message) {}
}
