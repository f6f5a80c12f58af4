// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ServerVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fills in what a Service leaves out, and takes along or drops what belongs to its old type.
final class ServiceDefaults {
  /// Three hours, the API's default for client affinity.
  private static final int AFFINITY_SECONDS = 10_800;

  private ServiceDefaults() {}

  /// Changes the Service in place.
  static void fillIn(ObjectNode service) {
    ObjectNode spec = JsonTree.child(service, "spec");
    putIfAbsent(spec, "type", "ClusterIP");
    putIfAbsent(spec, "sessionAffinity", "None");
    if (JsonTree.text(spec, "sessionAffinity").equals("ClientIP")) {
      ObjectNode client = JsonTree.child(JsonTree.child(spec, "sessionAffinityConfig"), "clientIP");
      if (!client.has("timeoutSeconds")) {
        client.put("timeoutSeconds", AFFINITY_SECONDS);
      }
    } else {
      spec.remove("sessionAffinityConfig");
    }
    if (ServiceShape.needsClusterIp(service)) {
      putIfAbsent(spec, "internalTrafficPolicy", "Cluster");
    }
    if (ServiceShape.mayHaveNodePorts(service) || !spec.path("externalIPs").isEmpty()) {
      putIfAbsent(spec, "externalTrafficPolicy", "Cluster");
    }
    if (ServiceShape.isLoadBalancer(service) && !spec.has("allocateLoadBalancerNodePorts")) {
      spec.put("allocateLoadBalancerNodePorts", true);
    }
    for (JsonNode port : spec.path("ports")) {
      if (port instanceof ObjectNode entry) {
        fillInPort(entry);
      }
    }
  }

  /// An address of a LoadBalancer Service without a mode is a virtual one; a server that does not
  /// know the field drops it.
  static void fillInIpModes(ObjectNode service, ServerVersion version) {
    for (JsonNode ingress : service.path("status").path("loadBalancer").path("ingress")) {
      if (ingress instanceof ObjectNode entry) {
        if (!version.knowsIpMode()) {
          entry.remove("ipMode");
        } else if (ServiceShape.isLoadBalancer(service) && JsonTree.isSet(entry, "ip")) {
          putIfAbsent(entry, "ipMode", "VIP");
        }
      }
    }
  }

  private static void fillInPort(ObjectNode port) {
    putIfAbsent(port, "protocol", "TCP");
    if (!JsonTree.isSet(port, "targetPort") || port.path("targetPort").asInt(-1) == 0) {
      port.set("targetPort", port.path("port"));
    }
  }

  private static void putIfAbsent(ObjectNode node, String field, String value) {
    if (!JsonTree.isSet(node, field)) {
      node.put(field, value);
    }
  }

  /// An update that leaves out what the server once allocated means to keep it.
  static void keepAllocated(JsonNode old, ObjectNode service) {
    ObjectNode spec = JsonTree.child(service, "spec");
    if (ServiceShape.needsClusterIp(old) && ServiceShape.needsClusterIp(service)) {
      if (!JsonTree.isSet(spec, "clusterIP")) {
        copy(old.path("spec"), spec, "clusterIP");
      }
      if (spec.path("clusterIPs").isEmpty()
          && JsonTree.text(spec, "clusterIP").equals(JsonTree.text(old, "spec", "clusterIP"))) {
        copy(old.path("spec"), spec, "clusterIPs");
      }
    }
    if (ServiceShape.mayHaveNodePorts(old) && ServiceShape.needsNodePorts(service)) {
      keepNodePorts(old, spec);
    }
    if (ServiceShape.needsHealthCheckNodePort(old)
        && ServiceShape.needsHealthCheckNodePort(service)
        && JsonTree.number(spec, "healthCheckNodePort") == 0) {
      copy(old.path("spec"), spec, "healthCheckNodePort");
    }
  }

  private static void keepNodePorts(JsonNode old, ObjectNode spec) {
    for (JsonNode port : spec.path("ports")) {
      for (JsonNode before : old.path("spec").path("ports")) {
        if (port instanceof ObjectNode entry
            && !entry.has("nodePort")
            && JsonTree.number(entry, "port") == JsonTree.number(before, "port")
            && JsonTree.text(entry, "protocol").equals(JsonTree.text(before, "protocol"))) {
          copy(before, entry, "nodePort");
        }
      }
    }
  }

  /// What the old type needed, the new one does not and the client did not touch goes, and so does
  /// the load-balancer status (its conditions stay).
  static void dropWhatTheTypeLacks(JsonNode old, ObjectNode service) {
    ObjectNode spec = JsonTree.child(service, "spec");
    JsonNode before = old.path("spec");
    if (ServiceShape.needsClusterIp(old) && !ServiceShape.needsClusterIp(service)) {
      dropIfSame(before, spec, "clusterIP");
      dropIfSame(before, spec, "clusterIPs");
      dropIfSame(before, spec, "ipFamilies");
      dropIfSame(before, spec, "ipFamilyPolicy");
      dropIfSame(before, spec, "internalTrafficPolicy");
    }
    if (ServiceShape.mayHaveNodePorts(old) && !ServiceShape.mayHaveNodePorts(service)) {
      dropIfSame(before, spec, "externalTrafficPolicy");
      if (ServiceAllocations.ports(old).containsAll(ServiceAllocations.ports(service))) {
        for (JsonNode port : spec.path("ports")) {
          if (port instanceof ObjectNode entry) {
            entry.remove("nodePort");
          }
        }
      }
    }
    if (ServiceShape.needsHealthCheckNodePort(old)
        && !ServiceShape.needsHealthCheckNodePort(service)) {
      dropIfSame(before, spec, "healthCheckNodePort");
    }
    if (ServiceShape.isLoadBalancer(old) && !ServiceShape.isLoadBalancer(service)) {
      dropIfSame(before, spec, "allocateLoadBalancerNodePorts");
      dropIfSame(before, spec, "loadBalancerClass");
    }
    if (!ServiceShape.isLoadBalancer(service)) {
      JsonTree.child(service, "status").putObject("loadBalancer");
    }
  }

  private static void dropIfSame(JsonNode before, ObjectNode spec, String field) {
    if (before.path(field).equals(spec.path(field))) {
      spec.remove(field);
    }
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field).deepCopy());
    }
  }
}
