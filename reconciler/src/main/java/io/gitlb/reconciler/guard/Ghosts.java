// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a Service that is not there, and that nobody here has ever seen, must have been like, as
/// far as the ledger tells.
final class Ghosts {

  private Ghosts() {}

  /// @param records of the addresses that it has, at least one
  static ServiceView service(ServiceRef ref, List<AllocationRecord> records) {
    Holder holder = holder(ref, records.getFirst());
    List<IpFamily> families =
        records.stream().map(record -> record.address().family()).distinct().sorted().toList();
    // One address of each family stands for its cluster IP: only the family is looked at.
    List<IpAddress> clusterIps =
        families.stream()
            .flatMap(
                family ->
                    records.stream()
                        .map(AllocationRecord::address)
                        .filter(address -> address.family() == family)
                        .limit(1))
            .toList();
    Optional<SharingKey> sharing =
        records.stream().flatMap(record -> holder(ref, record).sharing().stream()).findFirst();
    return new ServiceView(
        ref,
        holder.uid(),
        Scope.OURS,
        new TreeMap<>(),
        annotations(records, families, sharing),
        clusterIps,
        families,
        families.size() > 1 ? FamilyPolicy.PREFER_DUAL_STACK : FamilyPolicy.SINGLE_STACK,
        Optional.empty(),
        holder.ports().stream().flatMap(port -> port(port).stream()).toList(),
        isLocal(sharing) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        OptionalInt.empty(),
        selector(sharing),
        List.of(),
        List.of());
  }

  private static Holder holder(ServiceRef ref, AllocationRecord record) {
    return record.holders().stream()
        .filter(one -> one.service().equals(ref))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(record + " does not name " + ref));
  }

  private static SortedMap<String, String> annotations(
      List<AllocationRecord> records, List<IpFamily> families, Optional<SharingKey> sharing) {
    SortedMap<String, String> annotations = new TreeMap<>();
    sharing.ifPresent(key -> annotations.put("gitlb.io/allow-shared-ip", key.key()));
    long most =
        families.stream()
            .mapToLong(
                family -> records.stream().filter(r -> r.address().family() == family).count())
            .max()
            .orElse(1);
    if (most > 1) {
      annotations.put("gitlb.io/address-count", String.valueOf(Math.min(most, 8)));
    }
    return annotations;
  }

  private static boolean isLocal(Optional<SharingKey> sharing) {
    return sharing.filter(key -> !key.backend().isEmpty()).isPresent();
  }

  /// The backend of a sharing key is `namespace a=b,c=d`.
  private static SortedMap<String, String> selector(Optional<SharingKey> sharing) {
    SortedMap<String, String> selector = new TreeMap<>();
    String backend = sharing.map(SharingKey::backend).orElse("");
    String labels = backend.substring(backend.indexOf(' ') + 1);
    for (String label : labels.split(",", -1)) {
      int equals = label.indexOf('=');
      if (equals > 0) {
        selector.put(label.substring(0, equals), label.substring(equals + 1));
      }
    }
    return selector;
  }

  private static Optional<Port> port(String text) {
    int slash = text.indexOf('/');
    try {
      return slash < 1
          ? Optional.empty()
          : Optional.of(
              new Port(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1))));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Nobody knows where its pods are, so they are everywhere.
  static EndpointView endpoints(ClusterView view) {
    return new EndpointView(Math.max(1, view.nodes().size()), new TreeSet<>(view.nodes().keySet()));
  }
}
