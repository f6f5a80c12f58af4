// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Chooses a Service's IP families, cluster IPs and node ports, on a cluster that has both families
/// with IPv4 first. Changes the Service in place and reports what cannot be given.
final class ServiceAddressing {
  private final ServiceAllocations allocations;
  private final JsonNode old;
  private final ObjectNode service;
  private final ObjectNode spec;
  private final List<Cause> problems = new ArrayList<>();

  private ServiceAddressing(ServiceAllocations allocations, JsonNode old, ObjectNode service) {
    this.allocations = allocations;
    this.old = old;
    this.service = service;
    this.spec = JsonTree.child(service, "spec");
  }

  /// @param old an empty object for a new Service
  /// @return what is wrong; empty when all is given
  static List<Cause> assign(ServiceAllocations allocations, JsonNode old, ObjectNode service) {
    ServiceAddressing addressing = new ServiceAddressing(allocations, old, service);
    if (ServiceShape.needsClusterIp(service)) {
      addressing.alignSingularAndPlural();
      addressing.choosePolicy();
      addressing.chooseFamilies();
      addressing.chooseClusterIps();
    }
    addressing.chooseNodePorts();
    return addressing.problems;
  }

  private void problem(String reason, String field, String message) {
    problems.add(new Cause(reason, message, field));
  }

  private void alignSingularAndPlural() {
    List<String> plural = JsonTree.texts(spec.path("clusterIPs"));
    String singular = JsonTree.text(spec, "clusterIP");
    if (plural.isEmpty() && !singular.isEmpty()) {
      JsonTree.putTexts(spec, "clusterIPs", List.of(singular));
    } else if (!plural.isEmpty() && singular.isEmpty()) {
      spec.put("clusterIP", plural.getFirst());
    } else if (!plural.isEmpty() && !plural.getFirst().equals(singular)) {
      problem("FieldValueInvalid", "spec.clusterIPs[0]", "Invalid value: must match `clusterIP`");
    }
  }

  private boolean isSingleStack() {
    return JsonTree.text(spec, "ipFamilyPolicy").equals("SingleStack");
  }

  private void choosePolicy() {
    if (!JsonTree.isSet(spec, "ipFamilyPolicy")) {
      String before = JsonTree.text(old, "spec", "ipFamilyPolicy");
      boolean headlessWithoutSelector =
          ServiceShape.isHeadless(service) && !ServiceShape.hasSelector(service);
      String fallback = headlessWithoutSelector ? "RequireDualStack" : "SingleStack";
      spec.put("ipFamilyPolicy", before.isEmpty() ? fallback : before);
    }
    if (isSingleStack()) {
      keepFirstIfUntouched("clusterIPs");
      keepFirstIfUntouched("ipFamilies");
    }
  }

  /// A change to single stack that leaves a list as it was means its first entry.
  private void keepFirstIfUntouched(String field) {
    List<String> entries = JsonTree.texts(spec.path(field));
    if (entries.size() > 1 && spec.path(field).equals(old.path("spec").path(field))) {
      JsonTree.putTexts(spec, field, entries.subList(0, 1));
    } else if (entries.size() > 1) {
      problem(
          "FieldValueInvalid",
          "spec.ipFamilyPolicy",
          "Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when"
              + " multiple "
              + field
              + " are specified");
    }
  }

  private void chooseFamilies() {
    List<String> families = new ArrayList<>(JsonTree.texts(spec.path("ipFamilies")));
    List<String> addresses = JsonTree.texts(spec.path("clusterIPs"));
    for (int i = families.size(); i < addresses.size(); i++) {
      if (!addresses.get(i).equals("None")) {
        families.add(ServiceAllocations.familyOf(addresses.get(i)));
      }
    }
    if (families.isEmpty()) {
      families.add(ServiceAllocations.IPV4);
    }
    if (!isSingleStack() && families.size() == 1) {
      boolean firstIsV4 = families.getFirst().equals(ServiceAllocations.IPV4);
      families.add(firstIsV4 ? ServiceAllocations.IPV6 : ServiceAllocations.IPV4);
    }
    for (String family : families) {
      if (!family.equals(ServiceAllocations.IPV4) && !family.equals(ServiceAllocations.IPV6)) {
        problem(
            "FieldValueNotSupported",
            "spec.ipFamilies",
            "Unsupported value: \"%s\": supported values: \"IPv4\", \"IPv6\"".formatted(family));
      }
    }
    JsonTree.putTexts(spec, "ipFamilies", families);
  }

  private void chooseClusterIps() {
    if (!problems.isEmpty() || ServiceShape.isHeadless(service)) {
      return;
    }
    List<String> families = JsonTree.texts(spec.path("ipFamilies"));
    List<String> asked = JsonTree.texts(spec.path("clusterIPs"));
    List<String> before = JsonTree.texts(old.path("spec").path("clusterIPs"));
    List<String> given = new ArrayList<>();
    for (int i = 0; i < families.size(); i++) {
      String wanted = i < asked.size() ? asked.get(i) : "";
      if (!wanted.isEmpty()) {
        check(wanted, families.get(i), before, "spec.clusterIPs[" + i + "]");
        given.add(wanted);
      } else {
        Optional<String> free = allocations.freeClusterIp(families.get(i));
        free.ifPresentOrElse(
            given::add, () -> problem("InternalError", "spec.clusterIPs", "no cluster IP is free"));
      }
    }
    if (problems.isEmpty()) {
      JsonTree.putTexts(spec, "clusterIPs", given);
      spec.put("clusterIP", given.getFirst());
    }
  }

  private void check(String wanted, String family, List<String> before, String field) {
    if (before.contains(wanted)) {
      return;
    }
    String bad = "Invalid value: \"%s\": ".formatted(wanted);
    if (!ServiceAllocations.familyOf(wanted).equals(family)) {
      problem("FieldValueInvalid", field, bad + "expected an " + family + " value");
    } else if (!ServiceAllocations.isInRange(wanted)) {
      String ranges = "10.96.0.0/16, fd00:10:96::/112";
      problem(
          "FieldValueInvalid",
          field,
          bad + "the provided IP is not in the valid range; the ranges are " + ranges);
    } else if (allocations.isTaken(wanted)) {
      problem("FieldValueInvalid", field, bad + "provided IP is already allocated");
    }
  }

  private void chooseNodePorts() {
    Set<Integer> mine = new HashSet<>();
    Set<Integer> before = ServiceAllocations.ports(old);
    JsonNode ports = spec.path("ports");
    for (int i = 0; i < ports.size(); i++) {
      if (ports.path(i) instanceof ObjectNode port && ServiceShape.mayHaveNodePorts(service)) {
        choosePort(port, "nodePort", "spec.ports[" + i + "].nodePort", before, mine);
      }
    }
    if (ServiceShape.needsHealthCheckNodePort(service)) {
      choosePort(spec, "healthCheckNodePort", "spec.healthCheckNodePort", before, mine);
    }
  }

  private void choosePort(
      ObjectNode holder, String name, String field, Set<Integer> before, Set<Integer> mine) {
    int asked = JsonTree.number(holder, name);
    boolean needed = name.equals("healthCheckNodePort") || ServiceShape.needsNodePorts(service);
    if (asked == 0 && needed) {
      allocations
          .freeNodePort(mine)
          .ifPresentOrElse(
              port -> {
                mine.add(port);
                holder.put(name, port);
              },
              () -> problem("InternalError", field, rangeIsFull()));
    } else if (asked != 0) {
      checkPort(asked, field, before, mine);
      mine.add(asked);
    }
  }

  private String rangeIsFull() {
    PortRange range = allocations.nodePortRange();
    return "no node port is free in %d-%d; widen the server's node port range or set"
            .formatted(range.first(), range.last())
        + " spec.allocateLoadBalancerNodePorts to false";
  }

  private void checkPort(int asked, String field, Set<Integer> before, Set<Integer> mine) {
    String bad = "Invalid value: %d: ".formatted(asked);
    if (before.contains(asked)) {
      return;
    }
    if (!allocations.isInRange(asked)) {
      PortRange range = allocations.nodePortRange();
      problem(
          "FieldValueInvalid",
          field,
          bad
              + "provided port is not in the valid range. The range of valid ports is %d-%d"
                  .formatted(range.first(), range.last()));
    } else if (allocations.isTaken(asked) || mine.contains(asked)) {
      problem("FieldValueInvalid", field, bad + "provided port is already allocated");
    }
  }
}
