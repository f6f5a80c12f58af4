// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.reconciler.kubernetes.EventQueue.Outcome;
import io.gitlb.reconciler.kubernetes.EventQueue.Told;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventSenderTest {

  private final ApiServer server = ApiServer.start(ApiServerSettings.onLoopback());
  private final KubernetesClient client =
      ClusterClient.open(Config.fromKubeconfig(server.kubeconfig()));
  private final List<Failure> failures = new ArrayList<>();
  private final EventSender sender = new EventSender(new PlainCalls(client), failures::add);

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private Outcome create(String namespace) {
    return sender.create(
        new Told(
            new ServiceRef(namespace, "web"),
            "uid",
            new Event(Severity.WARNING, "PoolFull", "no address is left"),
            TestCluster.NOW));
  }

  private List<String> codes() {
    return failures.stream().map(Failure::code).toList();
  }

  @Test
  void anEventNamesItsServiceAndItsTime() {
    assertEquals(Outcome.DONE, create("default"));
    io.fabric8.kubernetes.api.model.Event event =
        client.v1().events().inNamespace("default").list().getItems().getFirst();
    assertEquals("Warning", event.getType());
    assertEquals("PoolFull", event.getReason());
    assertEquals("no address is left", event.getMessage());
    assertEquals("uid", event.getInvolvedObject().getUid());
    assertEquals("2026-05-03T14:05:00Z", event.getLastTimestamp());
    assertEquals(List.of(), failures);
  }

  @Test
  void whatTheServerCannotTakeNowIsForLater() {
    for (int code : List.of(429, 500, 503)) {
      server.faults().failNext(1, code);
      assertEquals(Outcome.LATER, create("default"), () -> "after " + code);
    }
    server.close();
    assertEquals(Outcome.LATER, create("default"));
    assertEquals(List.of("GLB3006", "GLB3001"), codes());
  }

  @Test
  void whatTheServerWillNeverTakeIsLetGoAndToldOnce() {
    assertEquals(Outcome.DONE, create("nowhere"));
    assertEquals(Outcome.DONE, create("nowhere"));
    assertEquals(List.of("GLB3004"), codes());
    assertEquals(Outcome.DONE, create("default"));
    assertEquals(Outcome.DONE, create("nowhere"));
    assertEquals(List.of("GLB3004", "GLB3004"), codes());
  }
}
