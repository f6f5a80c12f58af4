// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.cluster.PasswordSecrets.Content;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.reconciler.kubernetes.ServiceTranslator.ServiceFacts;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;

/// The view of the cluster, brought up to date by what has changed and by nothing else. One caller.
final class LiveView {

  private static final String CLUSTER_NAMESPACE = "kube-system";

  /// Whoever looks at the view needs to know of a deletion once.
  private static final int DELETIONS_KNOWN = 4096;

  private final MergedEndpoints endpoints = new MergedEndpoints();
  private final ClusterAddressKeeper addresses;
  private SnapshotMap<ServiceRef, ServiceView> services = SnapshotMap.empty();
  private SnapshotMap<NodeName, NodeView> nodes = SnapshotMap.empty();

  /// Service → which deletion it was
  private SnapshotMap<ServiceRef, Long> deleted = SnapshotMap.empty();

  /// May name one that is there again.
  private final Queue<ServiceRef> deletedInOrder = new ArrayDeque<>();

  private long deletions;
  private SnapshotMap<String, SortedMap<String, String>> namespaceLabels = SnapshotMap.empty();
  private Optional<String> clusterUid = Optional.empty();

  private SnapshotMap<String, Content> secrets = SnapshotMap.empty();
  private PasswordSecrets passwords =
      new PasswordSecrets.Unknown("nobody has said where they are: --secrets-namespace");

  /// Empty when something has changed since.
  private Optional<ClusterView> last = Optional.empty();

  /// What a namespace means to us.
  ///
  /// @param labels label key → value
  record NamespaceFacts(String name, String uid, SortedMap<String, String> labels) {}

  /// @param apiServers addresses under which we reach the API server
  LiveView(Set<IpAddress> apiServers) {
    addresses = new ClusterAddressKeeper(apiServers);
  }

  void applyServices(List<Change<ServiceFacts>> changes) {
    note(changes);
    addresses.applyServices(changes);
    for (Change<ServiceFacts> change : changes) {
      Optional<ServiceView> before = change.before().flatMap(ServiceFacts::view);
      Optional<ServiceView> after = change.after().flatMap(ServiceFacts::view);
      if (!before.equals(after)) {
        after.ifPresentOrElse(
            now -> {
              services = services.with(now.ref(), now);
              deleted = deleted.without(now.ref());
            },
            () -> before.ifPresent(gone -> services = services.without(gone.ref())));
      }
    }
  }

  /// Services that the API server told us were deleted.
  ///
  /// @param keys `namespace/name`
  void applyDeletions(Set<String> keys) {
    for (String key : keys) {
      Optional<ServiceRef> gone = ServiceRef.parse(key).filter(ref -> !services.containsKey(ref));
      gone.ifPresent(this::noteDeletion);
    }
  }

  private void noteDeletion(ServiceRef service) {
    last = Optional.empty();
    deletions++;
    deleted = deleted.with(service, deletions);
    deletedInOrder.add(service);
    if (deletedInOrder.size() > DELETIONS_KNOWN) {
      deleted = deleted.without(deletedInOrder.remove());
    }
  }

  void applySlices(List<Change<SliceView>> changes) {
    note(changes);
    addresses.applySlices(changes);
    endpoints.apply(changes);
  }

  void applyNodes(List<Change<NodeView>> changes) {
    note(changes);
    for (Change<NodeView> change : changes) {
      change
          .after()
          .ifPresentOrElse(
              node -> nodes = nodes.with(node.name(), node),
              () -> nodes = nodes.without(new NodeName(change.key())));
    }
  }

  void applyNamespaces(List<Change<NamespaceFacts>> changes) {
    note(changes);
    for (Change<NamespaceFacts> change : changes) {
      Optional<NamespaceFacts> now = change.after();
      if (change.key().equals(CLUSTER_NAMESPACE)) {
        clusterUid = now.map(NamespaceFacts::uid);
      }
      if (now.isEmpty()) {
        namespaceLabels = namespaceLabels.without(change.key());
      } else if (!now.get().labels().equals(namespaceLabels.get(change.key()))) {
        namespaceLabels = namespaceLabels.with(change.key(), now.get().labels());
      }
    }
  }

  /// @param namespace whose they are
  void applySecrets(String namespace, List<Change<Content>> changes) {
    for (Change<Content> change : changes) {
      String name = change.key().substring(change.key().indexOf('/') + 1);
      secrets =
          change.after().isPresent()
              ? secrets.with(name, change.after().get())
              : secrets.without(name);
    }
    know(new PasswordSecrets.Known(namespace, secrets));
  }

  /// @param why for people, one line
  void withoutSecrets(String why) {
    know(new PasswordSecrets.Unknown(why));
  }

  private void know(PasswordSecrets now) {
    if (!now.equals(passwords)) {
      passwords = now;
      last = Optional.empty();
    }
  }

  void applyServiceCidrs(List<Change<List<IpPrefix>>> changes) {
    note(changes);
    addresses.applyServiceCidrs(changes);
  }

  private void note(List<?> changes) {
    if (!changes.isEmpty()) {
      last = Optional.empty();
    }
  }

  /// The view with all that was applied; the same instance while nothing was. Empty when there is
  /// no namespace kube-system, which tells the cluster's identity.
  Optional<ClusterView> view() {
    if (last.isEmpty()) {
      last =
          clusterUid.map(
              uid ->
                  new ClusterView(
                      uid,
                      services,
                      nodes,
                      endpoints.views(),
                      namespaceLabels,
                      addresses.addresses(),
                      deleted,
                      passwords));
    }
    return last;
  }
}
