// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a Service must not be. Only rules that a client of ours could meet; all breaches at once.
final class ServiceValidation {
  private static final Set<String> TYPES =
      Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
  private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");
  private static final Set<String> IP_MODES = Set.of("VIP", "Proxy");
  private static final Set<String> TRAFFIC_POLICIES = Set.of("Cluster", "Local");

  private final List<Cause> problems = new ArrayList<>();

  private ServiceValidation() {}

  /// @param old an empty object for a new Service
  static List<Cause> check(JsonNode old, JsonNode service) {
    ServiceValidation validation = new ServiceValidation();
    validation.checkType(service);
    validation.checkPorts(service);
    validation.checkUnchangeable(old, service);
    return validation.problems;
  }

  /// A load-balancer status belongs to a Service of that type.
  static List<Cause> checkStatus(JsonNode service) {
    ServiceValidation validation = new ServiceValidation();
    JsonNode ingress = service.path("status").path("loadBalancer").path("ingress");
    if (!ingress.isEmpty() && !ServiceShape.isLoadBalancer(service)) {
      validation.problem(
          "FieldValueForbidden",
          "status.loadBalancer.ingress",
          "Forbidden: may only be used when `spec.type` is \"LoadBalancer\"");
    }
    for (int i = 0; i < ingress.size(); i++) {
      validation.checkIpMode("status.loadBalancer.ingress[" + i + "].ipMode", ingress.path(i));
    }
    return validation.problems;
  }

  private void checkIpMode(String field, JsonNode ingress) {
    String mode = JsonTree.text(ingress, "ipMode");
    if (mode.isEmpty()) {
      return;
    }
    if (!JsonTree.isSet(ingress, "ip")) {
      problem("FieldValueForbidden", field, "Forbidden: may not be specified when `ip` is not set");
    } else if (!IP_MODES.contains(mode)) {
      unsupported(field, mode, IP_MODES);
    }
  }

  private void problem(String reason, String field, String message) {
    problems.add(new Cause(reason, message, field));
  }

  private void unsupported(String field, String value, Set<String> allowed) {
    problem(
        "FieldValueNotSupported",
        field,
        "Unsupported value: \"%s\": supported values: %s"
            .formatted(value, String.join(", ", allowed.stream().sorted().toList())));
  }

  private void checkType(JsonNode service) {
    String type = ServiceShape.type(service);
    if (!TYPES.contains(type)) {
      unsupported("spec.type", type, TYPES);
    }
    String policy = JsonTree.text(service, "spec", "externalTrafficPolicy");
    if (!policy.isEmpty() && !TRAFFIC_POLICIES.contains(policy)) {
      unsupported("spec.externalTrafficPolicy", policy, TRAFFIC_POLICIES);
    }
    if (!ServiceShape.isLoadBalancer(service)
        && JsonTree.isSet(service.path("spec"), "loadBalancerClass")) {
      problem(
          "FieldValueForbidden",
          "spec.loadBalancerClass",
          "Forbidden: may only be used when `type` is 'LoadBalancer'");
    }
  }

  private void checkPorts(JsonNode service) {
    JsonNode ports = service.path("spec").path("ports");
    if (ports.isEmpty()
        && ServiceShape.needsClusterIp(service)
        && !ServiceShape.isHeadless(service)) {
      problem("FieldValueRequired", "spec.ports", "Required value");
    }
    Set<String> names = new HashSet<>();
    Set<String> pairs = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      JsonNode port = ports.path(i);
      String field = "spec.ports[" + i + "]";
      int number = JsonTree.number(port, "port");
      String protocol = JsonTree.text(port, "protocol");
      if (number < 1 || number > 65535) {
        problem(
            "FieldValueInvalid",
            field + ".port",
            "Invalid value: %d: must be between 1 and 65535, inclusive".formatted(number));
      }
      if (!PROTOCOLS.contains(protocol)) {
        unsupported(field + ".protocol", protocol, PROTOCOLS);
      }
      String name = JsonTree.text(port, "name");
      if (name.isEmpty() && ports.size() > 1) {
        problem("FieldValueRequired", field + ".name", "Required value");
      } else if (!name.isEmpty() && !names.add(name)) {
        problem("FieldValueDuplicate", field + ".name", "Duplicate value: \"" + name + "\"");
      }
      if (!pairs.add(number + "/" + protocol)) {
        problem("FieldValueDuplicate", field, "Duplicate value: " + number + "/" + protocol);
      }
    }
  }

  private void checkUnchangeable(JsonNode old, JsonNode service) {
    String ipBefore = JsonTree.text(old, "spec", "clusterIP");
    String ipNow = JsonTree.text(service, "spec", "clusterIP");
    if (!ipBefore.isEmpty()
        && !ipBefore.equals(ipNow)
        && ServiceShape.needsClusterIp(old)
        && ServiceShape.needsClusterIp(service)) {
      problem(
          "FieldValueInvalid",
          "spec.clusterIPs[0]",
          "Invalid value: \"%s\": may not change once set".formatted(ipNow));
    }
    if (ServiceShape.isLoadBalancer(old)
        && ServiceShape.isLoadBalancer(service)
        && !old.path("spec")
            .path("loadBalancerClass")
            .equals(service.path("spec").path("loadBalancerClass"))) {
      problem(
          "FieldValueInvalid", "spec.loadBalancerClass", "Invalid value: may not change once set");
    }
  }
}
