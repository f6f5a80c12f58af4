// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Services that the ledger names and the view does not show, in the shape that their records give
/// them. So a plan takes nothing from them as if they were deleted, and gives nobody what they
/// have; what becomes of themselves nobody knows.
record Placeholders(ClusterView view, SortedSet<ServiceRef> unseen) {

  private static final Set<State> HAD = EnumSet.of(State.ALLOCATED, State.HELD);

  private static final String SHARING_ANNOTATION = "gitlb.io/allow-shared-ip";

  /// Whether somebody has the address of the record.
  static boolean isHad(AllocationRecord record) {
    return HAD.contains(record.state());
  }

  /// The view with a stand-in for everybody who has a record and is not in it.
  static Placeholders add(ClusterView view, Ledger ledger) {
    // Service → its addresses
    SortedMap<ServiceRef, SortedSet<IpAddress>> missing = new TreeMap<>();
    SortedMap<ServiceRef, Holder> holders = new TreeMap<>();
    for (AllocationRecord record : ledger.records().values()) {
      for (Holder holder : isHad(record) ? record.holders() : List.<Holder>of()) {
        if (view.services().find(holder.service()).isEmpty()) {
          holders.put(holder.service(), holder);
          missing.computeIfAbsent(holder.service(), _ -> new TreeSet<>()).add(record.address());
        }
      }
    }
    SnapshotMap<ServiceRef, ServiceView> services = view.services();
    SnapshotMap<ServiceRef, EndpointView> endpoints = view.endpoints();
    for (Map.Entry<ServiceRef, Holder> entry : holders.entrySet()) {
      SortedSet<IpAddress> has = missing.getOrDefault(entry.getKey(), Collections.emptySortedSet());
      services = services.with(entry.getKey(), standIn(entry.getValue(), has));
      endpoints = endpoints.with(entry.getKey(), new EndpointView(1, Collections.emptySortedSet()));
    }
    return new Placeholders(
        new ClusterView(
            view.clusterUid(),
            services,
            view.nodes(),
            endpoints,
            view.namespaceLabels(),
            view.addresses()),
        Collections.unmodifiableSortedSet(new TreeSet<>(missing.keySet())));
  }

  /// Its cluster IPs only say which families it wants.
  private static ServiceView standIn(Holder holder, SortedSet<IpAddress> has) {
    SortedMap<String, String> annotations = new TreeMap<>();
    holder
        .sharing()
        .map(SharingKey::key)
        .ifPresent(key -> annotations.put(SHARING_ANNOTATION, key));
    Optional<String> selector =
        holder.sharing().map(SharingKey::backend).filter(text -> !text.isEmpty());
    return new ServiceView(
        holder.service(),
        holder.uid(),
        Scope.OURS,
        Collections.emptySortedMap(),
        annotations,
        has.stream().toList(),
        has.stream().map(IpAddress::family).distinct().toList(),
        FamilyPolicy.PREFER_DUAL_STACK,
        Optional.empty(),
        holder.ports().stream().map(Placeholders::port).toList(),
        selector.isPresent() ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        OptionalInt.empty(),
        selector(selector.orElse("")),
        List.copyOf(has),
        List.of());
  }

  private static ServiceView.Port port(String text) {
    int slash = text.indexOf('/');
    return new ServiceView.Port(
        text.substring(0, Math.max(slash, 0)), Integer.parseInt(text.substring(slash + 1)));
  }

  /// From `namespace a=b,c=d`.
  private static SortedMap<String, String> selector(String backend) {
    SortedMap<String, String> selector = new TreeMap<>();
    for (String pair : backend.substring(backend.indexOf(' ') + 1).split(",")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        selector.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return selector;
  }
}
