// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.reconciler.kubernetes.LiveView.NamespaceFacts;
import io.gitlb.reconciler.kubernetes.ServiceTranslator.ServiceFacts;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveViewTest {

  private static final IpAddress API_SERVER = IpAddress.of("192.0.2.100");

  private final LiveView live = new LiveView(Set.of(API_SERVER));

  @BeforeEach
  void identify() {
    live.applyNamespaces(
        List.of(added("kube-system", new NamespaceFacts("kube-system", "uid-1", new TreeMap<>()))));
  }

  @Test
  void oneChangeAmongTenThousandServicesIsTheWholeDifference() {
    List<Change<ServiceFacts>> all = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      all.add(added("demo/s" + i, ours("s" + i, "10.96." + i / 250 + "." + i % 250, "a")));
    }
    live.applyServices(all);
    ClusterView before = view();
    ServiceFacts old = ours("s77", "10.96.0.77", "a");
    ServiceFacts now = ours("s77", "10.96.0.77", "b");
    live.applyServices(List.of(changed("demo/s77", old, now)));
    ClusterView after = view();
    assertEquals(10_000, after.services().size());
    assertEquals(1, after.services().changesSince(before.services()).size());
    assertSame(before.nodes(), after.nodes());
    assertSame(before.endpoints(), after.endpoints());
    assertSame(before.namespaceLabels(), after.namespaceLabels());
    assertSame(before.addresses().single(), after.addresses().single());
    assertSame(before.addresses().ranges(), after.addresses().ranges());
  }

  @Test
  void unchangedViewIsTheSameInstance() {
    ClusterView before = view();
    live.applyServices(List.of());
    live.applyServiceCidrs(List.of());
    assertSame(before, view());
  }

  @Test
  void serviceThatIsNoLongerOursGoesAndItsClusterIpStays() {
    live.applyServices(List.of(added("demo/a", ours("a", "10.96.0.1", "a"))));
    live.applyServices(
        List.of(changed("demo/a", ours("a", "10.96.0.1", "a"), foreign("a", "10.96.0.1"))));
    assertEquals(Map.of(), view().services());
    assertEquals("the cluster IP of demo/a", user("10.96.0.1"));
  }

  @Test
  void clusterIpThatWentToAnotherServiceIsThatOnesWhicheverIsSeenFirst() {
    Change<ServiceFacts> gone =
        new Change<>("demo/a", Optional.of(foreign("a", "10.96.0.1")), Optional.empty());
    Change<ServiceFacts> next = added("demo/b", foreign("b", "10.96.0.1"));
    for (List<Change<ServiceFacts>> order : List.of(List.of(gone, next), List.of(next, gone))) {
      live.applyServices(List.of(added("demo/a", foreign("a", "10.96.0.1"))));
      live.applyServices(order);
      assertEquals("the cluster IP of demo/b", user("10.96.0.1"));
      live.applyServices(
          List.of(
              new Change<>("demo/b", Optional.of(foreign("b", "10.96.0.1")), Optional.empty())));
      assertEquals("", user("10.96.0.1"));
    }
  }

  @Test
  void endpointsOfAServiceAreThoseOfAllItsSlices() {
    live.applySlices(
        List.of(added("demo/a-1", slice("a", "n1")), added("demo/a-2", slice("a", "n2"))));
    ClusterView both = view();
    assertEquals(new EndpointView(2, nodes("n1", "n2")), endpoints("a"));
    live.applySlices(List.of(changed("demo/a-2", slice("a", "n2"), slice("b", "n2"))));
    assertEquals(new EndpointView(1, nodes("n1")), endpoints("a"));
    assertEquals(new EndpointView(1, nodes("n2")), endpoints("b"));
    live.applySlices(
        List.of(new Change<>("demo/a-1", Optional.of(slice("a", "n1")), Optional.empty())));
    assertEquals(EndpointView.NONE, endpoints("a"));
    assertEquals(2, view().endpoints().changesSince(both.endpoints()).size());
  }

  @Test
  void apiServersAreThoseOfTheKubeconfigAndOfTheirOwnService() {
    assertEquals("the API server", user("192.0.2.100"));
    SliceView servers = apiServers("192.0.2.101", "192.0.2.102");
    live.applySlices(List.of(added("default/kubernetes", servers)));
    assertEquals("the API server", user("192.0.2.102"));
    live.applySlices(
        List.of(changed("default/kubernetes", servers, apiServers("192.0.2.100", "192.0.2.101"))));
    assertEquals("", user("192.0.2.102"));
    live.applySlices(
        List.of(new Change<>("default/kubernetes", Optional.of(servers), Optional.empty())));
    assertEquals("the API server", user("192.0.2.100"));
  }

  @Test
  void serviceCidrsAreRangesByName() {
    List<IpPrefix> first = List.of(IpPrefix.of("10.96.0.0/16"), IpPrefix.of("fd00::/112"));
    live.applyServiceCidrs(List.of(added("kubernetes", first)));
    live.applyServiceCidrs(List.of(added("more", List.of(IpPrefix.of("10.96.0.0/16")))));
    Map<IpRange, String> both = view().addresses().ranges();
    assertEquals(
        Map.of(
            first.getFirst().toRange(), "Services (ServiceCIDR kubernetes)",
            first.getLast().toRange(), "Services (ServiceCIDR kubernetes)"),
        both);
    live.applyServiceCidrs(
        List.of(new Change<>("kubernetes", Optional.of(first), Optional.empty())));
    assertEquals(
        Map.of(first.getFirst().toRange(), "Services (ServiceCIDR more)"),
        view().addresses().ranges());
  }

  @Test
  void withoutTheNamespaceThatIdentifiesTheClusterThereIsNoView() {
    live.applyNamespaces(
        List.of(
            new Change<>(
                "kube-system",
                Optional.of(new NamespaceFacts("kube-system", "uid-1", new TreeMap<>())),
                Optional.empty())));
    assertTrue(live.view().isEmpty());
  }

  private ClusterView view() {
    return live.view().orElseThrow();
  }

  private EndpointView endpoints(String service) {
    return view().endpointsOf(new ServiceRef("demo", service));
  }

  private String user(String address) {
    return view().addresses().single().find(IpAddress.of(address)).orElse("");
  }

  private static <V> Change<V> added(String key, V value) {
    return new Change<>(key, Optional.empty(), Optional.of(value));
  }

  private static <V> Change<V> changed(String key, V before, V after) {
    return new Change<>(key, Optional.of(before), Optional.of(after));
  }

  private static ServiceFacts foreign(String name, String clusterIp) {
    return new ServiceFacts(
        new ServiceRef("demo", name), List.of(IpAddress.of(clusterIp)), Optional.empty());
  }

  private static ServiceFacts ours(String name, String clusterIp, String label) {
    ServiceRef ref = new ServiceRef("demo", name);
    List<IpAddress> clusterIps = List.of(IpAddress.of(clusterIp));
    return new ServiceFacts(
        ref,
        clusterIps,
        Optional.of(
            new ServiceView(
                ref,
                "uid-" + name,
                Scope.OURS,
                new TreeMap<>(Map.of("label", label)),
                new TreeMap<>(),
                clusterIps,
                List.of(),
                FamilyPolicy.SINGLE_STACK,
                Optional.empty(),
                List.of(),
                TrafficPolicy.CLUSTER,
                OptionalInt.empty(),
                new TreeMap<>(),
                List.of(),
                List.of())));
  }

  private static SliceView slice(String service, String node) {
    return new SliceView(
        new ServiceRef("demo", service), new EndpointView(1, nodes(node)), List.of());
  }

  private static SliceView apiServers(String... addresses) {
    return new SliceView(
        new ServiceRef("default", "kubernetes"),
        new EndpointView(addresses.length, new TreeSet<>()),
        List.of(addresses).stream().map(IpAddress::of).toList());
  }

  private static SortedSet<NodeName> nodes(String... names) {
    SortedSet<NodeName> nodes = new TreeSet<>();
    for (String name : names) {
      nodes.add(new NodeName(name));
    }
    return nodes;
  }
}
