// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.Refusal.Cause;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.resource.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of a Service that is created or changed.
final class ServiceRules {
  private final ServiceAllocations allocations;
  private final ServerVersion version;

  ServiceRules(PortRange nodePortRange, ServerVersion version) {
    this.allocations = new ServiceAllocations(nodePortRange);
    this.version = version;
  }

  Answer<ObjectNode> onCreate(ObjectNode service) {
    JsonTree.child(service, "status").putObject("loadBalancer");
    ServiceDefaults.fillIn(service);
    return complete(JsonTree.object(), service);
  }

  Answer<ObjectNode> onUpdate(JsonNode old, ObjectNode service) {
    ServiceDefaults.fillIn(service);
    ServiceDefaults.keepAllocated(old, service);
    ServiceDefaults.dropWhatTheTypeLacks(old, service);
    return complete(old, service);
  }

  Answer<ObjectNode> onStatusUpdate(ObjectNode service) {
    JsonTree.child(JsonTree.child(service, "status"), "loadBalancer");
    ServiceDefaults.fillInIpModes(service, version);
    return unless(ServiceValidation.checkStatus(service), service);
  }

  private Answer<ObjectNode> complete(JsonNode old, ObjectNode service) {
    List<Cause> problems = new ArrayList<>(ServiceValidation.check(old, service));
    if (problems.isEmpty()) {
      problems.addAll(ServiceAddressing.assign(allocations, old, service));
    }
    return unless(problems, service);
  }

  private static Answer<ObjectNode> unless(List<Cause> problems, ObjectNode service) {
    return problems.isEmpty()
        ? Answer.of(service)
        : Answer.refused(
            Refusal.invalid(
                ResourceKinds.SERVICES, JsonTree.text(service, "metadata", "name"), problems));
  }

  /// The Service is really stored (or gone): what it has is taken, what it had is free.
  ///
  /// @param before an empty object for a new Service
  /// @param after an empty object for a deleted one
  void stored(JsonNode before, JsonNode after) {
    allocations.replace(before, after);
  }
}
