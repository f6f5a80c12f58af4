// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real kubectl is content with the stand-in.
class KubectlTest {
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: web
        labels: {app: web}
      spec:
        type: LoadBalancer
        selector: {app: web}
        ports:
          - {name: http, port: 80}
          - {name: dns, port: 53, protocol: UDP}
      """;

  @TempDir private static Path home;

  private ApiServer server;
  private Kubectl kubectl;

  @BeforeEach
  void start() {
    server = ApiServer.start(ApiServerSettings.onLoopback());
    kubectl = Kubectl.of(server, home);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String apply(String manifest) {
    return kubectl
        .run("apply", "--validate=false", "-f", kubectl.manifest(manifest).toString())
        .ok()
        .strip();
  }

  private void giveAddress(String address) {
    kubectl
        .run(
            "patch",
            "svc",
            "web",
            "--subresource=status",
            "--type=merge",
            "-p",
            "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"%s\"}]}}}".formatted(address))
        .ok();
  }

  private static String squeezed(String output) {
    return output.replaceAll(" +", " ").strip();
  }

  @Test
  void applyCreatesConfiguresAndLeavesUnchanged() {
    assertEquals("service/web created", apply(SERVICE));
    assertEquals("service/web unchanged", apply(SERVICE));
    assertEquals("service/web configured", apply(SERVICE.replace("port: 80", "port: 8080")));
    String ports = kubectl.run("get", "svc", "web", "-o", "jsonpath={.spec.ports[*].port}").ok();
    assertEquals("8080 53", ports);
  }

  @Test
  void getShowsTheAddressOnceThereIsOne() {
    apply(SERVICE);
    String pending = squeezed(kubectl.run("get", "svc").ok());
    assertTrue(
        pending.matches(
            "(?s)NAME TYPE CLUSTER-IP EXTERNAL-IP PORT\\(S\\) AGE\n"
                + "web LoadBalancer 10\\.96\\.0\\.\\d+ <pending> 80:\\d+/TCP,53:\\d+/UDP \\d+s"),
        pending);
    giveAddress("192.0.2.7");
    String wide = squeezed(kubectl.run("get", "svc", "-A", "-o", "wide").ok());
    assertTrue(wide.contains("default web LoadBalancer"), wide);
    assertTrue(wide.contains(" 192.0.2.7 "), wide);
    assertTrue(wide.endsWith("app=web"), wide);
  }

  @Test
  void getShowsTheWholeObjectAsYaml() {
    apply(SERVICE);
    String yaml = kubectl.run("get", "svc", "web", "-o", "yaml").ok();
    assertTrue(yaml.contains("kind: Service\n"), yaml);
    assertTrue(yaml.contains("allocateLoadBalancerNodePorts: true\n"), yaml);
  }

  @Test
  void describeShowsTheAddressAndTheEvents() {
    apply(SERVICE);
    giveAddress("192.0.2.7");
    String uid = kubectl.run("get", "svc", "web", "-o", "jsonpath={.metadata.uid}").ok();
    apply(
        """
        apiVersion: v1
        kind: Event
        metadata: {name: web.1}
        involvedObject: {kind: Service, name: web, namespace: default, uid: %s}
        reason: Allocated
        message: address from pool main
        type: Normal
        source: {component: gitlb}
        firstTimestamp: "2026-01-01T00:00:00Z"
        lastTimestamp: "2026-01-01T00:00:00Z"
        count: 1
        """
            .formatted(uid));
    String text = squeezed(kubectl.run("describe", "svc", "web").ok());
    assertTrue(text.contains("LoadBalancer Ingress: 192.0.2.7"), text);
    assertTrue(text.contains("Normal Allocated"), text);
    assertTrue(text.contains("gitlb address from pool main"), text);
    String events = squeezed(kubectl.run("get", "events").ok());
    assertTrue(events.contains("Normal Allocated service/web address from pool main"), events);
  }

  @Test
  void aWatchPrintsALineForEachChange() throws IOException {
    apply(SERVICE);
    Process watch = kubectl.begin("get", "svc", "-w");
    try (BufferedReader lines = watch.inputReader()) {
      assertTrue(lines.readLine().startsWith("NAME"));
      assertTrue(lines.readLine().contains("<pending>"));
      giveAddress("192.0.2.8");
      assertTrue(lines.readLine().contains("192.0.2.8"));
    } finally {
      watch.destroy();
    }
  }

  @Test
  void deleteRemoves() {
    apply(SERVICE);
    String deleted = kubectl.run("delete", "svc", "web").ok();
    assertTrue(deleted.startsWith("service \"web\" deleted"), deleted);
    Kubectl.Result missing = kubectl.run("get", "svc", "web");
    assertEquals(1, missing.code());
    assertTrue(
        missing.errors().contains("Error from server (NotFound): services \"web\" not found"),
        missing.errors());
  }

  @Test
  void nodesNamespacesAndLeasesCanBeListed() {
    apply(
        """
        apiVersion: v1
        kind: Node
        metadata:
          name: node-a
          labels: {node-role.kubernetes.io/worker: ""}
        status:
          conditions: [{type: Ready, status: "True"}]
          nodeInfo: {kubeletVersion: v1.35.0}
        """);
    String nodes = squeezed(kubectl.run("get", "nodes").ok());
    assertTrue(nodes.contains("node-a Ready worker"), nodes);
    assertTrue(kubectl.run("describe", "node", "node-a").ok().contains("node-a"));
    kubectl.run("cordon", "node-a").ok();
    assertTrue(kubectl.run("get", "nodes").ok().contains("Ready,SchedulingDisabled"));
    assertTrue(kubectl.run("get", "ns").ok().contains("kube-system"));
    assertEquals(0, kubectl.run("get", "leases,endpointslices,pods,cm,secrets,sa", "-A").code());
  }

  @Test
  void aNamespaceAndWhatIsInItComeAndGo() {
    apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        """);
    kubectl
        .run("apply", "--validate=false", "-n", "shop", "-f", kubectl.manifest(SERVICE).toString())
        .ok();
    assertTrue(kubectl.run("get", "svc", "-n", "shop").ok().contains("web"));
    kubectl.run("delete", "ns", "shop").ok();
    assertEquals(1, kubectl.run("get", "ns", "shop").code());
  }
}
