// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import io.gitlb.schema.yaml.YamlTree.Mapping;
import io.gitlb.schema.yaml.YamlTree.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A cluster from plain manifests of Services, Namespaces and Nodes. Cluster IPs are given as an
/// API server does: one for each of `ipFamilies`, of IPv4 when there are none.
final class Manifests {

  private static final List<String> PREFIXES =
      List.of("gitlb.io/", "metallb.io/", "metallb.universe.tf/");

  private final ViewBuilder view = new ViewBuilder();
  private int services;

  private Manifests() {}

  /// Fails on a document that is nothing of these.
  static Manifests read(ConfigFile file) {
    YamlDocuments read = YamlDocuments.read(file);
    if (!read.problems().isEmpty()) {
      throw new AssertionError(read.problems().toString());
    }
    Manifests manifests = new Manifests();
    read.documents().forEach(document -> manifests.add((Mapping) document));
    return manifests;
  }

  ClusterView view() {
    return view.build();
  }

  /// From now on the statuses are those of the plan.
  Manifests showing(Plan plan) {
    for (Decision decision : plan.decisions().values()) {
      ServiceBuilder service = ServiceBuilder.of(view.service(decision.service().toString()));
      view.service(service.status(decision.addresses(), List.of()));
    }
    return this;
  }

  private void add(Mapping document) {
    Mapping metadata = document.mapping("metadata").orElseThrow();
    String kind = document.text("kind").orElse("");
    switch (kind) {
      case "Namespace" -> view.namespace(text(metadata, "name"), labels(metadata, "labels"));
      case "Node" -> view.nodeWith(text(metadata, "name"), nodeAddresses(document), List.of());
      case "Service" -> addService(metadata, document);
      default -> throw new AssertionError("not read: kind " + kind);
    }
  }

  private static List<String> nodeAddresses(Mapping node) {
    return mappings(node.mapping("status").orElseThrow(), "addresses")
        .filter(address -> text(address, "type").equals("InternalIP"))
        .map(address -> text(address, "address"))
        .toList();
  }

  /// Ours are those of type LoadBalancer without a class.
  private void addService(Mapping metadata, Mapping document) {
    Mapping spec = document.mapping("spec").orElseThrow();
    if (text(spec, "type").equals("LoadBalancer") && spec.text("loadBalancerClass").isEmpty()) {
      view.service(service(metadata, spec).status(statusAddresses(document)));
    }
  }

  private ServiceBuilder service(Mapping metadata, Mapping spec) {
    services++;
    ServiceBuilder service =
        ServiceBuilder.service(text(metadata, "namespace") + "/" + text(metadata, "name"))
            .labels(labels(metadata, "labels"))
            .clusterIps(clusterIps(spec))
            .policy(policy(spec))
            .ports(mappings(spec, "ports").map(Manifests::port).toArray(Port[]::new))
            .selector(labels(spec, "selector"));
    metadata.mapping("annotations").stream()
        .flatMap(annotations -> annotations.entries().values().stream())
        .filter(annotation -> PREFIXES.stream().anyMatch(annotation.key()::startsWith))
        .forEach(annotation -> service.annotation(annotation.key(), text(annotation.value())));
    spec.text("loadBalancerIP").ifPresent(service::loadBalancerIp);
    return spec.text("externalTrafficPolicy").equals(Optional.of("Local"))
        ? service.local()
        : service;
  }

  private String[] clusterIps(Mapping spec) {
    List<String> families = spec.items("ipFamilies").stream().map(Manifests::text).toList();
    return (families.isEmpty() ? List.of("IPv4") : families)
        .stream()
            .map(family -> family.equals("IPv4") ? "10.96.0." + services : "fd00:96::" + services)
            .toArray(String[]::new);
  }

  private static FamilyPolicy policy(Mapping spec) {
    String policy = spec.text("ipFamilyPolicy").orElse("SingleStack");
    return switch (policy) {
      case "SingleStack" -> FamilyPolicy.SINGLE_STACK;
      case "PreferDualStack" -> FamilyPolicy.PREFER_DUAL_STACK;
      case "RequireDualStack" -> FamilyPolicy.REQUIRE_DUAL_STACK;
      default -> throw new AssertionError("no such policy: " + policy);
    };
  }

  private static Port port(Mapping port) {
    return new Port(port.text("protocol").orElse("TCP"), Integer.parseInt(text(port, "port")));
  }

  private static String[] statusAddresses(Mapping document) {
    return document
        .mapping("status")
        .flatMap(status -> status.mapping("loadBalancer"))
        .map(loadBalancer -> mappings(loadBalancer, "ingress"))
        .orElse(Stream.empty())
        .map(ingress -> text(ingress, "ip"))
        .toArray(String[]::new);
  }

  private static String[] labels(Mapping parent, String key) {
    return parent.mapping(key).stream()
        .flatMap(labels -> labels.entries().values().stream())
        .map(label -> label.key() + "=" + text(label.value()))
        .toArray(String[]::new);
  }

  private static Stream<Mapping> mappings(Mapping parent, String key) {
    return parent.items(key).stream().map(Mapping.class::cast);
  }

  private static String text(Mapping parent, String key) {
    return parent.text(key).orElseThrow(() -> new AssertionError("no " + key + ": " + parent));
  }

  private static String text(YamlTree scalar) {
    return ((Scalar) scalar).text();
  }
}
