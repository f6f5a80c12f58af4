// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From the API's Service to our view. The only code that reads the API object's fields.
final class ServiceTranslator {

  /// The prefixes under which annotations mean something to us; the last one is MetalLB's old one.
  private static final List<String> ANNOTATION_PREFIXES =
      List.of("gitlb.io/", "metallb.io/", "metallb.universe.tf/");

  private static final String CONDITION_PREFIX = "gitlb.io/";

  private final LoadBalancerClasses classes;
  private final String fieldManager;

  ServiceTranslator(LoadBalancerClasses classes, String fieldManager) {
    this.classes = classes;
    this.fieldManager = fieldManager;
  }

  /// What a Service means to us.
  ///
  /// @param clusterIps in the order of the Service; nobody may have them, whoever serves it
  /// @param view empty when it is not ours to serve
  record ServiceFacts(ServiceRef ref, List<IpAddress> clusterIps, Optional<ServiceView> view) {}

  ServiceFacts facts(Service service) {
    return new ServiceFacts(
        ref(service), addresses(service.getSpec().getClusterIPs()), translate(service));
  }

  /// The view, or empty when the Service is none of our business.
  Optional<ServiceView> translate(Service service) {
    return scope(service).map(scope -> view(service, scope));
  }

  private Optional<Scope> scope(Service service) {
    ServiceSpec spec = service.getSpec();
    boolean ourClass = classes.include(spec.getLoadBalancerClass());
    if ("LoadBalancer".equals(spec.getType())) {
      return ourClass ? Optional.of(Scope.OURS) : Optional.empty();
    }
    return wroteStatus(service) && showsAnything(service)
        ? Optional.of(Scope.LEFT_BEHIND)
        : Optional.empty();
  }

  private boolean wroteStatus(Service service) {
    return stream(service.getMetadata().getManagedFields())
        .anyMatch(
            (ManagedFieldsEntry entry) ->
                fieldManager.equals(entry.getManager()) && "status".equals(entry.getSubresource()));
  }

  private static boolean showsAnything(Service service) {
    ServiceStatus status = service.getStatus();
    return status != null
        && !(ingressAddresses(status).isEmpty() && ourConditions(status).isEmpty());
  }

  private static ServiceView view(Service service, Scope scope) {
    ServiceSpec spec = service.getSpec();
    Optional<ServiceStatus> status = Optional.ofNullable(service.getStatus());
    return new ServiceView(
        ref(service),
        service.getMetadata().getUid(),
        scope,
        sorted(service.getMetadata().getLabels()),
        ourAnnotations(service),
        addresses(spec.getClusterIPs()),
        stream(spec.getIpFamilies()).flatMap(ServiceTranslator::family).toList(),
        familyPolicy(spec.getIpFamilyPolicy()),
        Optional.ofNullable(spec.getLoadBalancerIP()).filter(text -> !text.isEmpty()),
        stream(spec.getPorts())
            .map(
                port ->
                    new Port(Objects.requireNonNullElse(port.getProtocol(), "TCP"), port.getPort()))
            .toList(),
        "Local".equals(spec.getExternalTrafficPolicy())
            ? TrafficPolicy.LOCAL
            : TrafficPolicy.CLUSTER,
        healthCheckNodePort(spec),
        sorted(spec.getSelector()),
        status.map(ServiceTranslator::ingressAddresses).orElse(List.of()),
        status.map(ServiceTranslator::ourConditions).orElse(List.of()));
  }

  static ServiceRef ref(Service service) {
    return new ServiceRef(service.getMetadata().getNamespace(), service.getMetadata().getName());
  }

  private static SortedMap<String, String> ourAnnotations(Service service) {
    SortedMap<String, String> ours = sorted(service.getMetadata().getAnnotations());
    ours.keySet().removeIf(key -> ANNOTATION_PREFIXES.stream().noneMatch(key::startsWith));
    return ours;
  }

  private static List<IpAddress> addresses(@Nullable Collection<String> texts) {
    // A headless Service has the text "None" here.
    return stream(texts).flatMap(text -> IpAddress.parse(text).stream()).toList();
  }

  private static Stream<IpFamily> family(String text) {
    return switch (text) {
      case "IPv4" -> Stream.of(IpFamily.IPV4);
      case "IPv6" -> Stream.of(IpFamily.IPV6);
      default -> Stream.empty();
    };
  }

  private static FamilyPolicy familyPolicy(@Nullable String text) {
    return switch (Objects.requireNonNullElse(text, "SingleStack")) {
      case "PreferDualStack" -> FamilyPolicy.PREFER_DUAL_STACK;
      case "RequireDualStack" -> FamilyPolicy.REQUIRE_DUAL_STACK;
      default -> FamilyPolicy.SINGLE_STACK;
    };
  }

  private static OptionalInt healthCheckNodePort(ServiceSpec spec) {
    Integer port = spec.getHealthCheckNodePort();
    return port == null || port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  private static List<IpAddress> ingressAddresses(ServiceStatus status) {
    if (status.getLoadBalancer() == null) {
      return List.of();
    }
    return stream(status.getLoadBalancer().getIngress())
        .map(LoadBalancerIngress::getIp)
        .filter(Objects::nonNull)
        .flatMap(text -> IpAddress.parse(text).stream())
        .toList();
  }

  private static List<Condition> ourConditions(ServiceStatus status) {
    return stream(status.getConditions())
        .filter(condition -> condition.getType().startsWith(CONDITION_PREFIX))
        .map(
            condition ->
                new Condition(
                    condition.getType(),
                    condition.getStatus(),
                    Objects.requireNonNullElse(condition.getReason(), ""),
                    Objects.requireNonNullElse(condition.getMessage(), "")))
        .toList();
  }

  private static <T> Stream<T> stream(@Nullable Collection<T> elements) {
    return elements == null ? Stream.empty() : elements.stream();
  }

  private static SortedMap<String, String> sorted(@Nullable Map<String, String> map) {
    return map == null ? new TreeMap<>() : new TreeMap<>(map);
  }
}
