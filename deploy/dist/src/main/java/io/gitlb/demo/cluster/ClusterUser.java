// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.cluster;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Speaks to the API server as a person with a kubeconfig does.
public final class ClusterUser implements AutoCloseable {

  private static final int PORT = 80;
  private static final int POD_PORT = 8080;

  private final KubernetesClient client;

  private ClusterUser(KubernetesClient client) {
    this.client = client;
  }

  /// Connects with the kubeconfig's current context.
  public static ClusterUser with(Path kubeconfig) {
    return new ClusterUser(
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build());
  }

  /// Whether the API server answers.
  public boolean reaches() {
    try {
      client.namespaces().withName("kube-system").get();
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /// Adds a namespace.
  public void createNamespace(String name) {
    Namespace namespace =
        new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build();
    client.namespaces().resource(namespace).create();
  }

  /// Adds a node that is Ready, as its kubelet would.
  public void createReadyNode(NodeName name, String internalAddress) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name.toString())
            .addToLabels("kubernetes.io/hostname", name.toString())
            .endMetadata()
            .build();
    client.nodes().resource(node).create();
    String now = Instant.now().toString();
    client
        .nodes()
        .withName(name.toString())
        .editStatus(
            current ->
                new NodeBuilder(current)
                    .editOrNewStatus()
                    .addNewAddress("InternalIP", internalAddress)
                    .addNewAddress(name.toString(), "Hostname")
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .withReason("KubeletReady")
                    .withLastTransitionTime(now)
                    .endCondition()
                    .endStatus()
                    .build());
  }

  /// Says that no new pods shall come to a node, as `kubectl cordon` does.
  public void cordon(NodeName name) {
    unschedulable(name, true);
  }

  /// The opposite of [#cordon].
  public void uncordon(NodeName name) {
    unschedulable(name, false);
  }

  private void unschedulable(NodeName name, boolean isUnschedulable) {
    client
        .nodes()
        .withName(name.toString())
        .edit(
            current ->
                new NodeBuilder(current)
                    .editOrNewSpec()
                    .withUnschedulable(isUnschedulable)
                    .endSpec()
                    .build());
  }

  /// Deletes a node, as whoever takes a machine away does.
  public void deleteNode(NodeName name) {
    client.nodes().withName(name.toString()).delete();
  }

  /// Creates an object, as `kubectl create` does.
  ///
  /// @param manifest one document of YAML, of a kind that every cluster has
  public void create(String manifest) {
    client.resource(manifest).create();
  }

  /// Applies a Service of type LoadBalancer.
  ///
  /// @param annotations key → value
  public void createLoadBalancer(ServiceRef name, SortedMap<String, String> annotations) {
    Service service =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace(name.namespace())
            .withName(name.name())
            .withAnnotations(annotations)
            .endMetadata()
            .withNewSpec()
            .withType("LoadBalancer")
            .addToSelector("app", name.name())
            .addNewPort()
            .withName("http")
            .withProtocol("TCP")
            .withPort(PORT)
            .withTargetPort(new IntOrString(POD_PORT))
            .endPort()
            .endSpec()
            .build();
    client.services().inNamespace(name.namespace()).resource(service).create();
  }

  /// Adds the endpoints that a ready pod on `node` would give the Service.
  public void createReadyEndpoint(ServiceRef service, NodeName node, String podAddress) {
    EndpointSlice slice =
        new EndpointSliceBuilder()
            .withNewMetadata()
            .withNamespace(service.namespace())
            .withName(service.name() + "-" + node)
            .addToLabels("kubernetes.io/service-name", service.name())
            .endMetadata()
            .withAddressType("IPv4")
            .addNewEndpoint()
            .withAddresses(podAddress)
            .withNodeName(node.toString())
            .withNewConditions()
            .withReady(true)
            .endConditions()
            .endEndpoint()
            .addNewPort()
            .withName("http")
            .withProtocol("TCP")
            .withPort(POD_PORT)
            .endPort()
            .build();
    client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(service.namespace())
        .resource(slice)
        .create();
  }

  /// Deletes a Service.
  public void delete(ServiceRef service) {
    client.services().inNamespace(service.namespace()).withName(service.name()).delete();
  }

  /// The addresses in the Service's status, in its order; empty when there are none or there is no
  /// Service.
  public List<String> addresses(ServiceRef service) {
    return Optional.ofNullable(
            client.services().inNamespace(service.namespace()).withName(service.name()).get())
        .map(ClusterUser::addresses)
        .orElse(List.of());
  }

  private static List<String> addresses(Service service) {
    return Optional.ofNullable(service.getStatus())
        .map(status -> status.getLoadBalancer())
        .map(loadBalancer -> loadBalancer.getIngress())
        .orElse(List.of())
        .stream()
        .map(ingress -> ingress.getIp())
        .toList();
  }

  private static ServiceRef reference(Service service) {
    return new ServiceRef(service.getMetadata().getNamespace(), service.getMetadata().getName());
  }

  /// Every Service of type LoadBalancer.
  ///
  /// @return Service → the addresses in its status
  public SortedMap<ServiceRef, List<String>> loadBalancers() {
    SortedMap<ServiceRef, List<String>> found = new TreeMap<>();
    for (Service service : client.services().inAnyNamespace().list().getItems()) {
      if (service.getSpec().getType().equals("LoadBalancer")) {
        found.put(reference(service), addresses(service));
      }
    }
    return found;
  }

  /// Plays kubelet and endpoint controller: each LoadBalancer Service without endpoints gets one
  /// ready pod, on the nodes in turn.
  public void makePodsReady(List<NodeName> nodes) {
    Set<ServiceRef> served = new HashSet<>();
    client.discovery().v1().endpointSlices().inAnyNamespace().list().getItems().stream()
        .forEach(
            slice ->
                served.add(
                    new ServiceRef(
                        slice.getMetadata().getNamespace(),
                        slice
                            .getMetadata()
                            .getLabels()
                            .getOrDefault("kubernetes.io/service-name", "-"))));
    for (ServiceRef service : loadBalancers().keySet()) {
      if (served.add(service)) {
        NodeName node = nodes.get(served.size() % nodes.size());
        createReadyEndpoint(service, node, "10.244.9." + served.size() % 250);
      }
    }
  }

  /// The Events about a Service, oldest first, each as `Reason: message`.
  public List<String> events(ServiceRef service) {
    return client.v1().events().inNamespace(service.namespace()).list().getItems().stream()
        .filter(event -> service.name().equals(event.getInvolvedObject().getName()))
        .map(event -> event.getReason() + ": " + event.getMessage())
        .toList();
  }

  @Override
  public void close() {
    client.close();
  }
}
