// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static io.gitlb.reconciler.kubernetes.TestCluster.WEB;
import static io.gitlb.reconciler.kubernetes.TestCluster.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.apiserver.resource.ServerVersion;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the view shows of a living API server, and what it costs.
class ClusterViewTest {

  private static final IpRange CLUSTER_IPS = IpPrefix.of("10.96.0.0/16").toRange();

  @Test
  void viewStaysTheSameInstanceUntilSomethingWeLookAtChanges() throws InterruptedException {
    try (TestCluster test = TestCluster.open()) {
      test.createWeb();
      ClusterView before = test.await(view -> view.services().containsKey(WEB));
      // By the time this is answered the wake-ups of the start are over.
      test.stored("web");
      int wakeUps = test.wakeUps.get();
      // An annotation that means nothing to us, then one that does.
      annotate(test, "example.com/other");
      annotate(test, "gitlb.io/address-pool");
      ClusterView after = test.await(view -> !web(view).annotations().isEmpty());
      test.awaitCondition(() -> test.wakeUps.get() > wakeUps);
      assertEquals(wakeUps + 1, test.wakeUps.get());
      assertSame(before.addresses().single(), after.addresses().single());
      assertSame(before.namespaceLabels(), after.namespaceLabels());
      assertSame(after, test.cluster.view().orElseThrow());
    }
  }

  private static void annotate(TestCluster test, String key) {
    test.user
        .services()
        .inNamespace("default")
        .withName("web")
        .edit(
            service ->
                new ServiceBuilder(service)
                    .editMetadata()
                    .addToAnnotations(key, "x")
                    .endMetadata()
                    .build());
  }

  @Test
  void lostWatchesAndForgottenHistoryLeaveTheRightView() throws InterruptedException {
    try (TestCluster test = TestCluster.open()) {
      test.create("gone", "LoadBalancer");
      test.create("kept", "LoadBalancer");
      Service changed = test.create("changed", "LoadBalancer");
      ClusterView before = test.await(view -> view.services().size() == 3);
      long lists = test.server.requestCounts().of("list", "services");
      test.server.faults().stall();
      test.server.faults().dropWatches();
      test.server.faults().resume();
      test.user.services().inNamespace("default").withName("gone").delete();
      test.user
          .services()
          .resource(changed)
          .edit(
              service ->
                  new ServiceBuilder(service).editSpec().withType("ClusterIP").endSpec().build());
      test.createWeb();
      test.server.faults().forgetHistory();
      test.server.faults().dropWatches();
      ClusterView after =
          test.await(
              view ->
                  view.services().keySet().equals(Set.of(WEB, new ServiceRef("default", "kept"))));
      assertSame(
          before.services().get(new ServiceRef("default", "kept")),
          after.services().get(new ServiceRef("default", "kept")));
      assertEquals(3, after.services().changesSince(before.services()).size());
      assertTrue(test.server.requestCounts().of("list", "services") > lists, "listed anew");
    }
  }

  @Test
  void addressesOfTheClusterItselfAreKnown() throws InterruptedException {
    try (TestCluster test = TestCluster.open()) {
      String foreign = test.create("internal", "ClusterIP").getSpec().getClusterIP();
      test.user
          .discovery()
          .v1()
          .endpointSlices()
          .inNamespace("default")
          .resource(
              new EndpointSliceBuilder()
                  .withNewMetadata()
                  .withName("kubernetes")
                  .addToLabels("kubernetes.io/service-name", "kubernetes")
                  .endMetadata()
                  .withAddressType("IPv4")
                  .addNewEndpoint()
                  .withAddresses("192.0.2.100")
                  .endEndpoint()
                  .build())
          .create();
      ClusterView view =
          test.await(
              each ->
                  user(each, foreign).equals("the cluster IP of default/internal")
                      && user(each, "192.0.2.100").equals("the API server")
                      && user(each, "127.0.0.1").equals("the API server"));
      assertEquals(
          Optional.of("Services (ServiceCIDR kubernetes)"),
          view.addresses().ranges().find(CLUSTER_IPS));
      test.user
          .resources(ServiceCIDR.class)
          .resource(
              new ServiceCIDRBuilder()
                  .withNewMetadata()
                  .withName("more")
                  .endMetadata()
                  .withNewSpec()
                  .withCidrs("10.97.0.0/16")
                  .endSpec()
                  .build())
          .create();
      test.await(
          each ->
              each.addresses()
                  .ranges()
                  .find(IpPrefix.of("10.97.0.0/16").toRange())
                  .equals(Optional.of("Services (ServiceCIDR more)")));
    }
  }

  private static String user(ClusterView view, String address) {
    return view.addresses().single().find(IpAddress.of(address)).orElse("");
  }

  @Test
  void serverWithoutServiceRangesAndIpModesIsServedAllTheSame() throws InterruptedException {
    try (TestCluster test =
        new TestCluster(
            ApiServerSettings.onLoopback().withVersion(new ServerVersion(29)),
            LoadBalancerClasses.UNCLASSED)) {
      String uid = test.createWeb().getMetadata().getUid();
      ClusterView view = test.await(each -> each.services().containsKey(WEB));
      assertEquals(0, view.addresses().ranges().size());
      assertEquals(List.of(), test.cluster.write(List.of(write(uid))));
      assertEquals(
          List.of(new LoadBalancerIngressBuilder().withIp("192.0.2.7").build()),
          test.stored("web").getStatus().getLoadBalancer().getIngress());
    }
  }

  @Test
  void addressesAreVirtualOnesWhereTheServerKnowsIpModes() throws InterruptedException {
    try (TestCluster test = TestCluster.open()) {
      String uid = test.createWeb().getMetadata().getUid();
      test.await(view -> view.services().containsKey(WEB));
      assertEquals(List.of(), test.cluster.write(List.of(write(uid))));
      Service stored = test.stored("web");
      assertEquals(
          List.of(new LoadBalancerIngressBuilder().withIp("192.0.2.7").withIpMode("VIP").build()),
          stored.getStatus().getLoadBalancer().getIngress());
      // An apply of the same again changes nothing, so the mode is in what we applied.
      assertEquals(List.of(), test.cluster.write(List.of(write(uid))));
      assertEquals(
          stored.getMetadata().getResourceVersion(),
          test.stored("web").getMetadata().getResourceVersion());
    }
  }

  private static StatusWrite write(String uid) {
    return new StatusWrite(
        WEB,
        uid,
        List.of(IpAddress.of("192.0.2.7")),
        List.of(new Condition("gitlb.io/Allocated", "True", "Allocated", "has it")),
        Optional.empty());
  }

  @Test
  void serviceOfAnotherClassIsNeitherSeenNorWritten() throws InterruptedException {
    LoadBalancerClasses classes =
        LoadBalancerClasses.parse(List.of("example.com/ours", ""), _ -> {});
    try (TestCluster test = new TestCluster(ApiServerSettings.onLoopback(), classes)) {
      Service foreign = test.create(classed("foreign", "example.com/theirs"));
      test.create(classed("ours", "example.com/ours"));
      test.createWeb();
      ClusterView view = test.await(each -> each.services().size() == 2);
      assertFalse(view.services().containsKey(new ServiceRef("default", "foreign")));
      assertEquals(
          "the cluster IP of default/foreign", user(view, foreign.getSpec().getClusterIP()));
      assertEquals(0, test.server.requestCounts().of("patch", "services/status"));
    }
  }

  private static Service classed(String name, String loadBalancerClass) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .withLoadBalancerClass(loadBalancerClass)
        .addNewPort()
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }
}
