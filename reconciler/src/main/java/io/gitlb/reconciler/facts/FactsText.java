// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.facts;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.ledger.YamlScalar;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes facts as files: the same bytes for the same facts, what is usual left out. What changes
/// all the time in a cluster and matters to no plan is not in them.
public final class FactsText {

  /// A Service with more is hostile or broken; it is left out, so that nobody says it is safe.
  private static final int LONGEST_ENTRY = 16 * 1024;

  private FactsText() {}

  /// Path → text of every file but the one with the time.
  public static SortedMap<String, String> files(Facts facts) {
    SortedMap<String, String> files = new TreeMap<>();
    services(files, facts.view());
    SortedMap<String, String> nodes = new TreeMap<>();
    for (NodeView node : facts.view().nodes().values()) {
      put(nodes, node.name().value(), node(node, facts));
    }
    Shards.write(files, Facts.DIRECTORY + "nodes", "nodes", nodes);
    SortedMap<String, String> owners = new TreeMap<>();
    facts
        .owners()
        .forEach(
            (address, node) ->
                owners.put(
                    address.toString(),
                    "  - address: "
                        + YamlScalar.quoted(address.toString())
                        + "\n    node: "
                        + YamlScalar.of(node.value())
                        + "\n"));
    Shards.write(files, Facts.DIRECTORY + "owners", "owners", owners);
    addresses(files, facts.view());
    return files;
  }

  /// The file with the time.
  ///
  /// @param clusterUid the UID of the namespace kube-system
  public static String asOf(Instant time, String clusterUid) {
    return "asOf: "
        + YamlScalar.quoted(time.truncatedTo(ChronoUnit.SECONDS).toString())
        + "\nclusterUid: "
        + YamlScalar.quoted(clusterUid)
        + "\n";
  }

  private static void put(SortedMap<String, String> entries, String name, String lines) {
    if (lines.length() <= LONGEST_ENTRY) {
      entries.put(name, lines);
    }
  }

  private static void services(SortedMap<String, String> files, ClusterView view) {
    // namespace → name → lines
    SortedMap<String, SortedMap<String, String>> services = new TreeMap<>();
    for (ServiceView service : view.services().values()) {
      put(
          services.computeIfAbsent(service.ref().namespace(), _ -> new TreeMap<>()),
          service.ref().name(),
          service(service, view.endpointsOf(service.ref())));
    }
    services.forEach(
        (namespace, entries) ->
            Shards.write(files, Facts.DIRECTORY + "services/" + namespace, "services", entries));
    SortedMap<String, String> namespaces = new TreeMap<>();
    for (String namespace : services.keySet()) {
      SortedMap<String, String> labels =
          view.namespaceLabels().find(namespace).orElse(Collections.emptySortedMap());
      Entry entry = new Entry("name", namespace);
      entry.map("labels", labels);
      put(namespaces, namespace, entry.toString());
    }
    Shards.write(files, Facts.DIRECTORY + "namespaces", "namespaces", namespaces);
  }

  private static String service(ServiceView service, EndpointView endpoints) {
    Entry entry = new Entry("name", service.ref().name());
    entry.text("namespace", service.ref().namespace());
    entry.text("uid", service.uid());
    if (service.scope() == Scope.LEFT_BEHIND) {
      entry.text("scope", FactsWords.of(service.scope()));
    }
    entry.map("labels", service.labels());
    entry.map("annotations", service.annotations());
    entry.list("clusterIPs", service.clusterIps());
    if (service.clusterIps().size() > 1) {
      entry.list("ipFamilies", service.ipFamilies().stream().map(IpFamily::toString).toList());
    }
    if (service.familyPolicy() != FamilyPolicy.SINGLE_STACK) {
      entry.text("ipFamilyPolicy", FactsWords.of(service.familyPolicy()));
    }
    service.loadBalancerIp().ifPresent(address -> entry.text("loadBalancerIP", address));
    entry.list("ports", service.ports());
    switch (service.trafficPolicy()) {
      case CLUSTER -> {
        if (endpoints.total() > 0) {
          entry.text("endpoints", FactsWords.SOME);
        }
      }
      case LOCAL -> {
        entry.text("externalTrafficPolicy", FactsWords.of(TrafficPolicy.LOCAL));
        // With whom it may share an address, and where its traffic can go.
        entry.map("selector", service.selector());
        entry.list("endpointNodes", endpoints.total() > 0 ? endpoints.nodes() : new TreeSet<>());
      }
    }
    return entry.toString();
  }

  private static String node(NodeView node, Facts facts) {
    Entry entry = new Entry("name", node.name().value());
    entry.map("labels", node.labels());
    entry.list("addresses", node.addresses());
    entry.list("podCIDRs", node.podCidrs());
    if (node.readiness() != Readiness.READY) {
      entry.text("ready", FactsWords.NO);
    }
    if (node.network() != Network.AVAILABLE) {
      entry.text("network", FactsWords.NO);
    }
    if (node.scheduling() != Scheduling.SCHEDULABLE) {
      entry.text("schedulable", FactsWords.NO);
    }
    if (facts.speakers().contains(node.name())) {
      entry.text("speaker", FactsWords.YES);
    }
    return entry.toString();
  }

  /// Single addresses that a range covers, or that are a Service's of the facts, are known without.
  private static void addresses(SortedMap<String, String> files, ClusterView view) {
    SortedSet<IpRange> ranges = new TreeSet<>(view.addresses().ranges().keySet());
    SortedSet<IpAddress> clusterIps = new TreeSet<>();
    view.services().values().forEach(service -> clusterIps.addAll(service.clusterIps()));
    SortedMap<String, String> entries = new TreeMap<>();
    view.addresses()
        .ranges()
        .forEach((range, use) -> entries.put(range.toString(), used("range", range, use)));
    view.addresses()
        .single()
        .forEach(
            (address, use) -> {
              boolean known =
                  clusterIps.contains(address)
                      || ranges.stream().anyMatch(range -> range.contains(address));
              if (!known) {
                entries.put(address.toString(), used("address", address, use));
              }
            });
    Shards.write(files, Facts.DIRECTORY + "addresses", "addresses", entries);
  }

  private static String used(String key, Object address, String use) {
    Entry entry = new Entry(key, address.toString());
    entry.text("use", use);
    return entry.toString();
  }

  /// One item of a list, being written.
  private static final class Entry {

    private final StringBuilder lines = new StringBuilder();

    Entry(String key, String value) {
      lines.append("  - ").append(key).append(": ").append(YamlScalar.of(value)).append('\n');
    }

    void text(String key, String value) {
      lines.append("    ").append(key).append(": ").append(YamlScalar.of(value)).append('\n');
    }

    void map(String key, SortedMap<String, String> values) {
      if (!values.isEmpty()) {
        lines.append("    ").append(key).append(":\n");
        values.forEach(
            (name, value) ->
                lines
                    .append("      ")
                    .append(YamlScalar.of(name))
                    .append(": ")
                    .append(YamlScalar.of(value))
                    .append('\n'));
      }
    }

    void list(String key, Collection<?> values) {
      if (!values.isEmpty()) {
        lines.append("    ").append(key).append(":\n");
        values.forEach(
            value -> lines.append("      - ").append(YamlScalar.of(value.toString())).append('\n'));
      }
    }

    @Override
    public String toString() {
      return lines.toString();
    }
  }
}
