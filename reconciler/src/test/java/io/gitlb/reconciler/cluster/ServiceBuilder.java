// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// Builds Services for tests: of ours, TCP/80, one IPv4 cluster IP unless told otherwise.
public final class ServiceBuilder {

  private final ServiceRef ref;
  private String uid;
  private Scope scope = Scope.OURS;
  private SortedMap<String, String> labels = new TreeMap<>();
  private final SortedMap<String, String> annotations = new TreeMap<>();
  private List<IpAddress> clusterIps = List.of(IpAddress.of("172.16.0.1"));
  private FamilyPolicy familyPolicy = FamilyPolicy.SINGLE_STACK;
  private Optional<String> loadBalancerIp = Optional.empty();
  private List<Port> ports = List.of(new Port("TCP", 80));
  private OptionalInt healthCheckNodePort = OptionalInt.empty();
  private TrafficPolicy trafficPolicy = TrafficPolicy.CLUSTER;
  private SortedMap<String, String> selector = new TreeMap<>();
  private List<IpAddress> statusAddresses = List.of();
  private List<Condition> conditions = List.of();

  private ServiceBuilder(ServiceRef ref) {
    this.ref = ref;
    this.uid = "uid-" + ref.name();
  }

  /// @param ref `namespace/name`
  public static ServiceBuilder service(String ref) {
    return new ServiceBuilder(ViewBuilder.ref(ref));
  }

  /// The same Service, to be changed.
  public static ServiceBuilder of(ServiceView service) {
    ServiceBuilder builder = new ServiceBuilder(service.ref());
    builder.uid = service.uid();
    builder.scope = service.scope();
    builder.labels = new TreeMap<>(service.labels());
    builder.annotations.putAll(service.annotations());
    builder.clusterIps = service.clusterIps();
    builder.familyPolicy = service.familyPolicy();
    builder.loadBalancerIp = service.loadBalancerIp();
    builder.ports = service.ports();
    builder.trafficPolicy = service.trafficPolicy();
    builder.healthCheckNodePort = service.healthCheckNodePort();
    builder.selector = new TreeMap<>(service.selector());
    builder.statusAddresses = service.statusAddresses();
    builder.conditions = service.conditions();
    return builder;
  }

  /// Another incarnation.
  public ServiceBuilder uid(String value) {
    uid = value;
    return this;
  }

  /// No longer of type LoadBalancer.
  public ServiceBuilder leftBehind() {
    scope = Scope.LEFT_BEHIND;
    return this;
  }

  /// As `key=value`.
  public ServiceBuilder labels(String... values) {
    labels = ViewBuilder.labels(values);
    return this;
  }

  public ServiceBuilder annotation(String key, String value) {
    annotations.put(key, value);
    return this;
  }

  public ServiceBuilder withoutAnnotation(String key) {
    annotations.remove(key);
    return this;
  }

  /// None, one or two cluster IPs, which say which families it wants.
  public ServiceBuilder clusterIps(String... addresses) {
    clusterIps = Arrays.stream(addresses).map(IpAddress::of).toList();
    return this;
  }

  public ServiceBuilder policy(FamilyPolicy policy) {
    familyPolicy = policy;
    return this;
  }

  public ServiceBuilder loadBalancerIp(String value) {
    loadBalancerIp = Optional.of(value);
    return this;
  }

  public ServiceBuilder ports(Port... values) {
    ports = List.of(values);
    return this;
  }

  /// Traffic policy Local.
  public ServiceBuilder local() {
    trafficPolicy = TrafficPolicy.LOCAL;
    return this;
  }

  /// Traffic policy Local, and where each node's proxy says whether it has an endpoint.
  public ServiceBuilder local(int port) {
    healthCheckNodePort = OptionalInt.of(port);
    return local();
  }

  /// As `key=value`.
  public ServiceBuilder selector(String... values) {
    selector = ViewBuilder.labels(values);
    return this;
  }

  public ServiceBuilder status(String... addresses) {
    return status(Arrays.stream(addresses).map(IpAddress::of).toList(), conditions);
  }

  public ServiceBuilder status(List<IpAddress> addresses, List<Condition> shown) {
    statusAddresses = addresses;
    conditions = shown;
    return this;
  }

  public ServiceView build() {
    return new ServiceView(
        ref,
        uid,
        scope,
        labels,
        annotations,
        clusterIps,
        clusterIps.stream().map(IpAddress::family).toList(),
        familyPolicy,
        loadBalancerIp,
        ports,
        trafficPolicy,
        healthCheckNodePort,
        selector,
        statusAddresses,
        conditions);
  }
}
