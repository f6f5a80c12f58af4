// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.PasswordSecrets.Content;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Builds cluster views for tests. Changes as it is called; [#build] gives what it is then.
public final class ViewBuilder {

  /// The UID of the cluster unless told otherwise.
  public static final String CLUSTER_UID = "cluster-1";

  private String clusterUid = CLUSTER_UID;
  private final SortedMap<ServiceRef, ServiceView> services = new TreeMap<>();
  private final SortedMap<NodeName, NodeView> nodes = new TreeMap<>();
  private final SortedMap<ServiceRef, EndpointView> endpoints = new TreeMap<>();
  private final SortedMap<String, SortedMap<String, String>> namespaces = new TreeMap<>();

  private final SortedMap<ServiceRef, Long> deleted = new TreeMap<>();
  private final SortedMap<String, Content> secrets = new TreeMap<>();
  private long deletions;

  private final SortedMap<IpAddress, String> used = new TreeMap<>();
  private final SortedMap<IpRange, String> usedRanges = new TreeMap<>();

  /// Another cluster.
  public ViewBuilder clusterUid(String uid) {
    clusterUid = uid;
    return this;
  }

  /// Adds or replaces a Service; its namespace comes with it.
  public ViewBuilder service(ServiceView service) {
    services.put(service.ref(), service);
    deleted.remove(service.ref());
    namespaces.putIfAbsent(service.ref().namespace(), new TreeMap<>());
    return this;
  }

  /// Adds or replaces a Service.
  public ViewBuilder service(ServiceBuilder service) {
    return service(service.build());
  }

  /// The Service as it is now.
  public ServiceView service(String ref) {
    ServiceView service = services.get(ref(ref));
    if (service == null) {
      throw new AssertionError("no Service " + ref);
    }
    return service;
  }

  /// Every Service is made anew: another UID, no status.
  public ViewBuilder madeAnew() {
    services.replaceAll(
        (_, service) ->
            ServiceBuilder.of(service)
                .uid(service.uid() + "-anew")
                .status(List.of(), List.of())
                .build());
    return this;
  }

  /// Removes a Service.
  public ViewBuilder without(String ref) {
    vanish(ref);
    deleted.put(ref(ref), ++deletions);
    return this;
  }

  /// Removes a Service without anybody seeing that it is deleted.
  public ViewBuilder vanish(String ref) {
    services.remove(ref(ref));
    endpoints.remove(ref(ref));
    return this;
  }

  /// Whoever looks from now on has seen nothing be deleted.
  public ViewBuilder forgetDeletions() {
    deleted.clear();
    return this;
  }

  /// A sound node; labels as `key=value`.
  public ViewBuilder node(String name, String... labels) {
    return node(
        new NodeView(
            new NodeName(name),
            labels(labels),
            List.of(),
            List.of(),
            Readiness.READY,
            Network.AVAILABLE,
            Scheduling.SCHEDULABLE));
  }

  /// Adds or replaces a node.
  public ViewBuilder node(NodeView node) {
    nodes.put(node.name(), node);
    return this;
  }

  /// Removes a node.
  public ViewBuilder withoutNode(String name) {
    nodes.remove(new NodeName(name));
    return this;
  }

  /// A sound node with addresses and a pod range.
  public ViewBuilder nodeWith(String name, List<String> addresses, List<String> podCidrs) {
    return node(
        new NodeView(
            new NodeName(name),
            new TreeMap<>(),
            addresses.stream().map(IpAddress::of).toList(),
            podCidrs.stream().map(IpPrefix::of).toList(),
            Readiness.READY,
            Network.AVAILABLE,
            Scheduling.SCHEDULABLE));
  }

  /// A namespace; labels as `key=value`.
  public ViewBuilder namespace(String name, String... labels) {
    namespaces.put(name, labels(labels));
    return this;
  }

  /// One endpoint on each of the nodes.
  public ViewBuilder endpoints(String ref, String... onNodes) {
    endpoints.put(
        ref(ref),
        new EndpointView(
            onNodes.length, new TreeSet<>(Arrays.stream(onNodes).map(NodeName::new).toList())));
    return this;
  }

  /// An address that the cluster uses itself, beside cluster IPs.
  public ViewBuilder uses(String address, String words) {
    used.put(IpAddress.of(address), words);
    return this;
  }

  /// A range that the cluster uses itself.
  public ViewBuilder usesRange(String prefix, String words) {
    usedRanges.put(IpPrefix.of(prefix).toRange(), words);
    return this;
  }

  /// The Secret of a peer's password.
  public ViewBuilder secret(String name, String password) {
    secrets.put(name, new Content.Usable(Password.of(password.getBytes(StandardCharsets.UTF_8))));
    return this;
  }

  /// What it is now.
  public ClusterView build() {
    SortedMap<IpAddress, String> single = new TreeMap<>(used);
    for (ServiceView service : services.values()) {
      service.clusterIps().forEach(ip -> single.put(ip, "the cluster IP of " + service.ref()));
    }
    return new ClusterView(
        clusterUid,
        SnapshotMap.copyOf(services),
        SnapshotMap.copyOf(nodes),
        SnapshotMap.copyOf(endpoints),
        SnapshotMap.copyOf(namespaces),
        new ClusterAddresses(SnapshotMap.copyOf(single), SnapshotMap.copyOf(usedRanges)),
        SnapshotMap.copyOf(deleted),
        new PasswordSecrets.Known("gitlb-system", SnapshotMap.copyOf(secrets)));
  }

  /// `namespace/name`.
  public static ServiceRef ref(String text) {
    return ServiceRef.parse(text).orElseThrow();
  }

  /// From `key=value`.
  public static SortedMap<String, String> labels(String... labels) {
    SortedMap<String, String> map = new TreeMap<>();
    for (String label : labels) {
      map.putAll(
          Map.of(label.substring(0, label.indexOf('=')), label.substring(label.indexOf('=') + 1)));
    }
    return map;
  }
}
