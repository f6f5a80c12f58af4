// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// The Kubernetes API behind [ClusterPort].
///
/// Starting never waits and never fails: the informers retry for ever, and [#view] stays empty
/// until each has listed once. What keeps them is told to the failure listener, once per change.
public final class KubernetesCluster implements ClusterPort, AutoCloseable {

  /// Owns the status fields that we apply.
  public static final String FIELD_MANAGER = "gitlb";

  private static final String CLUSTER_NAMESPACE = "kube-system";

  /// Objects per list request, so that a large cluster does not arrive as one answer.
  private static final long PAGE = 500;

  private final KubernetesClient client;
  private final StatusWriter writer;
  private final Consumer<Failure> onFailure;
  private final AtomicReference<Optional<Failure>> lastFailure =
      new AtomicReference<>(Optional.empty());
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private final TranslatedStore<Service, ServiceView> services;
  private final TranslatedStore<io.fabric8.kubernetes.api.model.Node, NodeView> nodes;
  private final TranslatedStore<
          io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice, EndpointTranslator.SliceView>
      slices;
  private final TranslatedStore<Namespace, NamespaceView> namespaces;

  private record NamespaceView(String name, String uid, SortedMap<String, String> labels) {}

  /// Starts the informers.
  ///
  /// @param client closed by the caller, after this
  /// @param loadBalancerClass empty: serve the Services without a class
  /// @param onChange called from the informers' threads whenever a view may have changed
  /// @param onFailure called when the API server cannot be read, once per different failure
  public KubernetesCluster(
      KubernetesClient client,
      Optional<String> loadBalancerClass,
      InstantSource clock,
      Runnable onChange,
      Consumer<Failure> onFailure) {
    this.client = client;
    this.onFailure = onFailure;
    ServiceTranslator translator = new ServiceTranslator(loadBalancerClass, FIELD_MANAGER);
    SharedIndexInformer<Service> serviceInformer =
        informer("Services", client.services().inAnyNamespace());
    services = new TranslatedStore<>(serviceInformer, translator::translate, onChange);
    nodes =
        new TranslatedStore<>(
            informer("Nodes", client.nodes()),
            node -> Optional.of(NodeTranslator.translate(node)),
            onChange);
    slices =
        new TranslatedStore<>(
            informer("EndpointSlices", client.discovery().v1().endpointSlices().inAnyNamespace()),
            EndpointTranslator::translate,
            onChange);
    namespaces =
        new TranslatedStore<>(
            informer("Namespaces", client.namespaces()),
            namespace -> Optional.of(namespaceView(namespace)),
            onChange);
    writer =
        new StatusWriter(
            client,
            FIELD_MANAGER,
            clock,
            write ->
                Optional.ofNullable(
                    serviceInformer
                        .getStore()
                        .getByKey(write.service().namespace() + "/" + write.service().name())));
    // An empty first list raises no event, so the end of the first list is a change of its own.
    informers.forEach(informer -> informer.start().thenRun(onChange));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(
      String what, Informable<T> resources) {
    SharedIndexInformer<T> informer = resources.withLimit(PAGE).runnableInformer(0);
    informer.exceptionHandler(
        (_, failure) -> {
          report(KubernetesFailure.of("watch " + what, client.getMasterUrl().toString(), failure));
          return true;
        });
    informers.add(informer);
    return informer;
  }

  private void report(Failure failure) {
    Optional<Failure> before = lastFailure.getAndSet(Optional.of(failure));
    if (!before.equals(Optional.of(failure))) {
      onFailure.accept(failure);
    }
  }

  @Override
  public Optional<ClusterView> view() {
    boolean synced =
        services.isSynced() && nodes.isSynced() && slices.isSynced() && namespaces.isSynced();
    if (!synced) {
      return Optional.empty();
    }
    lastFailure.set(Optional.empty());
    SortedMap<String, SortedMap<String, String>> namespaceLabels = new TreeMap<>();
    Optional<String> clusterUid = Optional.empty();
    for (NamespaceView namespace : namespaces.views()) {
      namespaceLabels.put(namespace.name(), namespace.labels());
      if (namespace.name().equals(CLUSTER_NAMESPACE)) {
        clusterUid = Optional.of(namespace.uid());
      }
    }
    return clusterUid.map(uid -> view(uid, namespaceLabels));
  }

  private ClusterView view(
      String clusterUid, SortedMap<String, SortedMap<String, String>> namespaceLabels) {
    SortedMap<ServiceRef, ServiceView> serviceViews = new TreeMap<>();
    services.views().forEach(view -> serviceViews.put(view.ref(), view));
    SortedMap<NodeName, NodeView> nodeViews = new TreeMap<>();
    nodes.views().forEach(view -> nodeViews.put(view.name(), view));
    SortedMap<ServiceRef, EndpointView> endpoints = EndpointTranslator.merge(slices.views());
    return new ClusterView(clusterUid, serviceViews, nodeViews, endpoints, namespaceLabels);
  }

  private static NamespaceView namespaceView(Namespace namespace) {
    Map<String, String> labels = namespace.getMetadata().getLabels();
    return new NamespaceView(
        namespace.getMetadata().getName(),
        namespace.getMetadata().getUid(),
        labels == null ? new TreeMap<>() : new TreeMap<>(labels));
  }

  @Override
  public List<FailedWrite> write(List<StatusWrite> writes) {
    return writer.write(writes);
  }

  /// Stops the informers.
  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }
}
