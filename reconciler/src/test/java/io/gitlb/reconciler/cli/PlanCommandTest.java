// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.reconciler.cluster.ViewBuilder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

  private static final String ADVERTISED =
      """
      ---
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata: {name: lan}
      """;

  @TempDir Path temp;
  private PlanDesk desk;

  @BeforeEach
  void repository() {
    desk = new PlanDesk(temp).nodes("node-1", "node-2");
  }

  private static String pool(String range) {
    return """
    apiVersion: metallb.io/v1beta1
    kind: IPAddressPool
    metadata: {name: lan}
    spec: {addresses: [%s]}
    """
            .formatted(range)
        + ADVERTISED;
  }

  private void shops() {
    desk.view.service(service("shop/web")).endpoints("shop/web", "node-1");
    desk.view.service(service("shop/db")).endpoints("shop/db", "node-2");
    desk.commit("main", "lan.yaml", pool("10.77.0.100-10.77.0.109"));
    desk.settle(pool("10.77.0.100-10.77.0.109"));
  }

  @Test
  void growingAPoolChangesNothingForAnybody() {
    shops();
    desk.commit("grow", "lan.yaml", pool("10.77.0.100-10.77.0.119"));
    PlanDesk.Run run = desk.plan("--head", "grow");
    assertEquals(2, run.exit(), run.toString());
  }

  @Test
  void shrinkingItUnderALiveServiceHoldsIt() {
    shops();
    desk.commit("shrink", "lan.yaml", pool("10.77.0.101-10.77.0.109"));
    PlanDesk.Run run = desk.plan("--head", "shrink");
    assertEquals(3, run.exit(), run.toString());
    assertTrue(run.out().contains("held shop/db: 10.77.0.100"), run.out());
    assertTrue(
        run.out().contains("once approved: moves from 10.77.0.100 to 10.77.0.102"), run.out());

    String draft = run.out().substring(run.out().indexOf("  ---\n"), run.out().indexOf("\nWorked"));
    desk.commit("shrink", "approval.yaml", draft.indent(-2));
    PlanDesk.Run approved = desk.plan("--head", "shrink");
    assertEquals(3, approved.exit(), approved.toString());
    assertTrue(approved.out().contains("moves shop/db: 10.77.0.100 → 10.77.0.102"), approved.out());
  }

  /// The stand-in knows nothing of what the ledger says that there is.
  @Test
  void withAKubeconfigTheLiveClusterIsLookedAt() {
    shops();
    desk.commit("shrink", "lan.yaml", pool("10.77.0.101-10.77.0.109"));
    ApiServerSettings same =
        ApiServerSettings.onLoopback().withKubeSystemUid(ViewBuilder.CLUSTER_UID);
    try (ApiServer server = ApiServer.start(same)) {
      Path kubeconfig = temp.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      PlanDesk.Run run = desk.plan("--head", "shrink", "--kubeconfig", kubeconfig.toString());
      assertEquals(2, run.exit(), run.toString());
      assertTrue(!run.out().contains("held shop/db"), run.out());
      assertTrue(run.out().contains("cluster  live, at "), run.out());
    }
  }

  /// Only whether they are there: what is in them is in no form of the plan.
  @Test
  void secretsOfPeersAreLookedForAndNotShown() {
    shops();
    desk.commit(
        "main",
        "peers.yaml",
        peer("tor", 1)
            + peer("leaf", 2)
            + "---\napiVersion: gitlb.io/v1\nkind: BFDProfile\nmetadata: {name: signed}\n"
            + "spec: {authentication: {type: KeyedSHA1, keyID: 1, passwordSecret: {name: bfd}}}\n");
    ApiServerSettings same =
        ApiServerSettings.onLoopback().withKubeSystemUid(ViewBuilder.CLUSTER_UID);
    try (ApiServer server = ApiServer.start(same);
        KubernetesClient user =
            new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build()) {
      user.secrets()
          .inNamespace("default")
          .resource(
              new SecretBuilder()
                  .withNewMetadata()
                  .withName("tor")
                  .endMetadata()
                  .withType("kubernetes.io/basic-auth")
                  .addToStringData("password", "pl4nted")
                  .build())
          .create();
      Path kubeconfig = temp.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      for (String form : List.of("text", "markdown", "json")) {
        PlanDesk.Run run =
            desk.plan(
                "--head",
                "main",
                "--kubeconfig",
                kubeconfig.toString(),
                "--secrets-namespace",
                "default",
                "-o",
                form);
        assertTrue(run.out().contains("no node dials BGPPeer leaf: there is no Secret leaf"), form);
        assertTrue(run.out().contains("BFDProfile signed: there is no Secret bfd of"), form);
        assertFalse(run.out().contains("BGPPeer tor:"), run.out());
        assertFalse(run.toString().contains("pl4nted"), run.toString());
      }
    }
  }

  /// Whoever plans may see Services and no Secret: how soon the refusal comes does not matter.
  @Test
  void secretsThatAreForbiddenKeepNobodyFromPlanning() {
    shops();
    desk.commit("main", "peers.yaml", peer("tor", 1));
    ApiServerSettings same =
        ApiServerSettings.onLoopback().withKubeSystemUid(ViewBuilder.CLUSTER_UID);
    try (ApiServer server = ApiServer.start(same)) {
      server.faults().refuse("secrets", 403);
      Path kubeconfig = temp.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      for (int i = 0; i < 5; i++) {
        PlanDesk.Run run = desk.plan("--head", "main", "--kubeconfig", kubeconfig.toString());
        assertTrue(run.out().contains("cluster  live, at "), run.toString());
      }
    }
  }

  private static String peer(String name, int last) {
    return """
    ---
    apiVersion: metallb.io/v1beta2
    kind: BGPPeer
    metadata: {name: %s}
    spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.%d, passwordSecret: {name: %s}}
    """
        .formatted(name, last, name);
  }

  @Test
  void anotherClustersKubeconfigIsRefused() {
    shops();
    try (ApiServer server = ApiServer.start(ApiServerSettings.onLoopback())) {
      Path kubeconfig = temp.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      PlanDesk.Run run = desk.plan("--head", "main", "--kubeconfig", kubeconfig.toString());
      assertEquals(1, run.exit(), run.toString());
      assertTrue(run.err().contains("the ledger allocations/demo is that of UID"), run.err());
    }
  }

  @Test
  void aKubeconfigThatIsNoneIsSaidToBe() {
    shops();
    PlanDesk.Run run = desk.plan("--head", "main", "--kubeconfig", temp.resolve("none").toString());
    assertEquals(1, run.exit(), run.toString());
    assertTrue(run.err().contains("GLB3007"), run.err());
  }

  @Test
  void withoutFactsNobodyKeepsForSure() {
    desk.view.service(service("shop/web")).endpoints("shop/web", "node-1");
    desk.commit("main", "lan.yaml", pool("10.77.0.100-10.77.0.109"));
    desk.settleWithoutFacts(pool("10.77.0.100-10.77.0.109"));
    desk.commit("grow", "lan.yaml", pool("10.77.0.100-10.77.0.119"));
    PlanDesk.Run run = desk.plan("--head", "grow");
    assertEquals(3, run.exit(), run.toString());
    assertTrue(!run.out().contains("keep"), run.out());
  }

  @Test
  void withoutItsLedgerNothingIsSaidToBeSafe() {
    desk.commit("main", "lan.yaml", pool("10.77.0.100-10.77.0.109"));
    desk.commit("shrink", "lan.yaml", pool("10.77.0.101-10.77.0.109"));
    PlanDesk.Run run = desk.plan("--head", "shrink");
    assertEquals(3, run.exit(), run.toString());
    assertTrue(run.out().contains("there is no branch allocations/demo here"), run.out());
    assertEquals(0, desk.plan("--head", "main").exit());
  }
}
