// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.JsonTree;
import tools.jackson.databind.JsonNode;

/// What a Service's spec says about what it needs.
final class ServiceShape {
  private ServiceShape() {}

  static String type(JsonNode service) {
    String type = JsonTree.text(service, "spec", "type");
    return type.isEmpty() ? "ClusterIP" : type;
  }

  static boolean isLoadBalancer(JsonNode service) {
    return type(service).equals("LoadBalancer");
  }

  static boolean needsClusterIp(JsonNode service) {
    return !type(service).equals("ExternalName");
  }

  static boolean isHeadless(JsonNode service) {
    return JsonTree.text(service, "spec", "clusterIP").equals("None");
  }

  static boolean hasSelector(JsonNode service) {
    return !service.path("spec").path("selector").isEmpty();
  }

  /// Node ports may be there.
  static boolean mayHaveNodePorts(JsonNode service) {
    return isLoadBalancer(service) || type(service).equals("NodePort");
  }

  /// Node ports have to be there.
  static boolean needsNodePorts(JsonNode service) {
    boolean declined = !service.path("spec").path("allocateLoadBalancerNodePorts").asBoolean(true);
    return mayHaveNodePorts(service) && !(isLoadBalancer(service) && declined);
  }

  static boolean needsHealthCheckNodePort(JsonNode service) {
    return isLoadBalancer(service)
        && JsonTree.text(service, "spec", "externalTrafficPolicy").equals("Local");
  }
}
