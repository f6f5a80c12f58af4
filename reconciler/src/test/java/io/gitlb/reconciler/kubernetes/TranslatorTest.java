// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TranslatorTest {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static final ServiceTranslator CLASSLESS =
      new ServiceTranslator(LoadBalancerClasses.UNCLASSED, "gitlb");

  @Test
  void serviceBecomesTheViewThatThePlanNeeds() {
    Service service =
        read(
            Service.class,
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: demo
              uid: 7d7f3c1e
              labels: {app: web}
              annotations:
                metallb.io/address-pool: lan
                gitlb.io/loadBalancerIPs: 192.0.2.7
                example.com/other: ignored
            spec:
              type: LoadBalancer
              clusterIPs: [10.96.0.10, "fd00::10"]
              ipFamilies: [IPv4, IPv6]
              ipFamilyPolicy: PreferDualStack
              externalTrafficPolicy: Local
              healthCheckNodePort: 31999
              selector: {app: web}
              ports:
              - {port: 443, protocol: TCP}
              - {port: 53, protocol: UDP}
              - {port: 80}
            status:
              loadBalancer:
                ingress:
                - ip: 192.0.2.7
                - hostname: lb.example.com
              conditions:
              - {type: gitlb.io/Allocated, status: "True", reason: Allocated, message: fine}
              - {type: other.example/Thing, status: "True", reason: X, message: y}
            """);
    assertEquals(
        Optional.of(
            new ServiceView(
                new ServiceRef("demo", "web"),
                "7d7f3c1e",
                Scope.OURS,
                new TreeMap<>(Map.of("app", "web")),
                new TreeMap<>(
                    Map.of(
                        "metallb.io/address-pool", "lan", "gitlb.io/loadBalancerIPs", "192.0.2.7")),
                List.of(IpAddress.of("10.96.0.10"), IpAddress.of("fd00::10")),
                List.of(IpFamily.IPV4, IpFamily.IPV6),
                FamilyPolicy.PREFER_DUAL_STACK,
                Optional.empty(),
                List.of(new Port("TCP", 80), new Port("TCP", 443), new Port("UDP", 53)),
                TrafficPolicy.LOCAL,
                OptionalInt.of(31999),
                new TreeMap<>(Map.of("app", "web")),
                List.of(IpAddress.of("192.0.2.7")),
                List.of(new Condition("gitlb.io/Allocated", "True", "Allocated", "fine")))),
        CLASSLESS.translate(service));
  }

  @Test
  void onlyTheConfiguredClassesAreOurs() {
    Service plain = read(Service.class, minimal("LoadBalancer", ""));
    Service ours = read(Service.class, minimal("LoadBalancer", "loadBalancerClass: gitlb.io/lb"));
    Service foreign =
        read(Service.class, minimal("LoadBalancer", "loadBalancerClass: other.example/lb"));
    assertEquals(
        List.of(true, false, false), served(LoadBalancerClasses.UNCLASSED, plain, ours, foreign));
    assertEquals(List.of(false, true, false), served(classes("gitlb.io/lb"), plain, ours, foreign));
    assertEquals(List.of(true, true, false), served(classes("gitlb.io/lb,"), plain, ours, foreign));
  }

  private static LoadBalancerClasses classes(String text) {
    return LoadBalancerClasses.parse(List.of(text), problem -> fail(problem));
  }

  private static List<Boolean> served(LoadBalancerClasses classes, Service... services) {
    ServiceTranslator translator = new ServiceTranslator(classes, "gitlb");
    return Stream.of(services).map(service -> translator.translate(service).isPresent()).toList();
  }

  @Test
  void clusterIpsAreKnownOfServicesThatAreNotOurs() {
    Service foreign = read(Service.class, minimal("ClusterIP", "clusterIPs: [10.96.0.9]"));
    assertEquals(
        new ServiceTranslator.ServiceFacts(
            new ServiceRef("demo", "web"), List.of(IpAddress.of("10.96.0.9")), Optional.empty()),
        CLASSLESS.facts(foreign));
  }

  @Test
  void serviceOfAnotherTypeCountsOnlyWhileItsStatusIsOurs() {
    Service never = read(Service.class, minimal("ClusterIP", ""));
    assertTrue(CLASSLESS.translate(never).isEmpty());
    Service left =
        read(
            Service.class,
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: demo
              uid: u1
              managedFields:
              - {manager: gitlb, operation: Apply, subresource: status, apiVersion: v1}
            spec: {type: ClusterIP, clusterIPs: [None]}
            status:
              conditions:
              - {type: gitlb.io/Allocated, status: "True", reason: Allocated, message: fine}
            """);
    ServiceView view = CLASSLESS.translate(left).orElseThrow();
    assertEquals(Scope.LEFT_BEHIND, view.scope());
    assertEquals(List.of(), view.clusterIps());
  }

  @Test
  void nodeBecomesItsAddressesAndConditions() {
    Node node =
        read(
            Node.class,
            """
            apiVersion: v1
            kind: Node
            metadata: {name: n1, labels: {zone: a}}
            spec: {unschedulable: true, podCIDRs: [10.244.0.0/24]}
            status:
              addresses:
              - {type: Hostname, address: n1}
              - {type: InternalIP, address: 192.0.2.11}
              conditions:
              - {type: Ready, status: "True"}
              - {type: NetworkUnavailable, status: "False"}
            """);
    assertEquals(
        new NodeView(
            new NodeName("n1"),
            new TreeMap<>(Map.of("zone", "a")),
            List.of(IpAddress.of("192.0.2.11")),
            List.of(IpPrefix.of("10.244.0.0/24")),
            NodeView.Readiness.READY,
            NodeView.Network.AVAILABLE,
            NodeView.Scheduling.CORDONED),
        NodeTranslator.translate(node));
    Node bare = read(Node.class, "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\n");
    assertEquals(NodeView.Readiness.NOT_READY, NodeTranslator.translate(bare).readiness());
  }

  @Test
  void endpointsOfAllSlicesAreMergedAndTerminatingOnesServe() {
    EndpointSlice first =
        slice(
            "a",
            """
            - {addresses: [10.0.0.1], nodeName: n1, conditions: {ready: true, serving: true}}
            - {addresses: [10.0.0.2], nodeName: n2, conditions: {ready: false, serving: false}}
            - {addresses: [10.0.0.3], nodeName: n3, conditions: {ready: false, serving: true, terminating: true}}
            """);
    EndpointSlice second =
        slice(
            "b",
            """
            - {addresses: [10.0.0.4], nodeName: n4, conditions: {}}
            - {addresses: [10.0.0.5], nodeName: n5, conditions: {ready: false}}
            """);
    MergedEndpoints endpoints = new MergedEndpoints();
    endpoints.apply(List.of(added("a", first), added("b", second)));
    assertEquals(
        Map.of(
            new ServiceRef("demo", "web"),
            new EndpointView(3, new TreeSet<>(Set.of(node("n1"), node("n3"), node("n4"))))),
        endpoints.views());
  }

  private static Change<SliceView> added(String name, EndpointSlice slice) {
    return new Change<>("demo/" + name, Optional.empty(), EndpointTranslator.translate(slice));
  }

  @Test
  void sliceOfNoServiceIsIgnored() {
    EndpointSlice slice =
        read(
            EndpointSlice.class,
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            addressType: IPv4
            metadata: {name: x, namespace: demo}
            endpoints: []
            """);
    assertTrue(EndpointTranslator.translate(slice).isEmpty());
  }

  private static NodeName node(String name) {
    return new NodeName(name);
  }

  private static String minimal(String type, String extra) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: demo, uid: u1}
    spec:
      type: %s
      %s
    """
        .formatted(type, extra);
  }

  private static EndpointSlice slice(String name, String endpoints) {
    return read(
        EndpointSlice.class,
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        addressType: IPv4
        metadata: {name: %s, namespace: demo, labels: {kubernetes.io/service-name: web}}
        endpoints:
        """
                .formatted(name)
            + endpoints);
  }

  private static <T extends HasMetadata> T read(Class<T> type, String yaml) {
    return SERIALIZATION.unmarshal(yaml, type);
  }
}
