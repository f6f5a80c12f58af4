// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Leases, Events, discovery and tables.
class ApiContractOtherKindsTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static String leases() {
    return server.group("coordination.k8s.io/v1", "leases");
  }

  private static String lease(String name, String version, String holder) {
    return ("{\"metadata\":{\"name\":\"%s\"%s},\"spec\":{\"holderIdentity\":\"%s\","
            + "\"leaseDurationSeconds\":15}}")
        .formatted(
            name, version.isEmpty() ? "" : ",\"resourceVersion\":\"" + version + "\"", holder);
  }

  @Test
  void aLeaseIsTakenByCompareAndSwap() {
    Response made = client.post(leases(), lease("leader", "", "a"));
    assertEquals(201, made.code());
    assertEquals(
        200, client.put(leases() + "/leader", lease("leader", made.version(), "b")).code());
    assertEquals(
        409, client.put(leases() + "/leader", lease("leader", made.version(), "c")).code());
    assertEquals("b", client.get(leases() + "/leader").text("spec", "holderIdentity"));
  }

  @Test
  void aLeaseIsNotReplacedWithoutItsVersion() {
    client.post(leases(), lease("blind", "", "a"));
    assertEquals(422, client.put(leases() + "/blind", lease("blind", "", "b")).code());
  }

  private static String event(String name) {
    return """
        {"metadata":{"name":"%s","namespace":"%s"},
         "involvedObject":{"kind":"Service","name":"%s","namespace":"%s"},
         "reason":"Allocated","message":"text","type":"Normal",
         "source":{"component":"gitlb"},"count":1}
        """
        .formatted(name, server.namespace(), name, server.namespace());
  }

  @Test
  void anEventIsSeenThroughBothGroups() {
    assertEquals(201, client.post(server.core("events"), event("both")).code());
    Response other = client.get(server.group("events.k8s.io/v1", "events") + "/both");
    assertEquals("text", other.text("note"));
    assertEquals("both", other.text("regarding", "name"));
    assertEquals("events.k8s.io/v1", other.text("apiVersion"));
  }

  @Test
  void anEventMadeThroughTheNewGroupIsSeenThroughTheCore() {
    Response made =
        client.post(
            server.group("events.k8s.io/v1", "events"),
            """
            {"metadata":{"generateName":"new-"},"eventTime":"2026-01-01T00:00:00.000000Z",
             "reportingController":"gitlb.io/reconciler","reportingInstance":"i",
             "action":"Allocate","reason":"Allocated","note":"text","type":"Normal",
             "regarding":{"kind":"Service","name":"new","namespace":"%s"}}
            """
                .formatted(server.namespace()));
    assertEquals(201, made.code(), () -> made.body().toString());
    Response core = client.get(server.core("events/" + made.text("metadata", "name")));
    assertEquals("text", core.text("message"));
    assertEquals("new", core.text("involvedObject", "name"));
    assertEquals("gitlb.io/reconciler", core.text("reportingComponent"));
  }

  @Test
  void eventsAreSelectedByWhatTheyAreAbout() {
    client.post(server.core("events"), event("about"));
    String path =
        server.core("events")
            + "?fieldSelector=involvedObject.name%3Dabout,involvedObject.kind%3DService";
    JsonNode items = client.get(path).body().path("items");
    assertEquals(1, items.size());
  }

  @Test
  void anEventsCountCanBePatched() {
    client.post(server.core("events"), event("counted"));
    Response patched =
        client.patch(server.core("events/counted"), ApiClient.STRATEGIC, "{\"count\":2}");
    assertEquals(200, patched.code());
    assertEquals(2, patched.body().path("count").asInt());
  }

  private static List<String> texts(JsonNode list, String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list) {
      texts.add(item.path(field).asString(""));
    }
    return texts;
  }

  @Test
  void theRangesOfTheClusterIpsAreAnObject() {
    Response ranges = client.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes");
    assertEquals("ServiceCIDR", ranges.text("kind"));
    assertTrue(ranges.body().path("spec").path("cidrs").path(0).asString("").contains("/"));
    assertTrue(
        texts(client.get("/apis/networking.k8s.io/v1").body().path("resources"), "name")
            .contains("servicecidrs"));
  }

  @Test
  void discoveryNamesTheKindsThatAreUsed() {
    List<String> core = texts(client.get("/api/v1").body().path("resources"), "name");
    assertTrue(
        core.containsAll(
            List.of("services", "services/status", "nodes", "namespaces", "events", "secrets")),
        core::toString);
    List<String> groups = texts(client.get("/apis").body().path("groups"), "name");
    assertTrue(
        groups.containsAll(List.of("coordination.k8s.io", "discovery.k8s.io", "events.k8s.io")),
        groups::toString);
    List<String> slices =
        texts(client.get("/apis/discovery.k8s.io/v1").body().path("resources"), "kind");
    assertTrue(slices.contains("EndpointSlice"), slices::toString);
    assertEquals("v1", client.get("/api").body().path("versions").path(0).asString(""));
    assertTrue(client.get("/version").text("gitVersion").startsWith("v1."));
  }

  @Test
  void aListCanBeATable() {
    client.post(server.core("services"), ContractServer.loadBalancer("row"));
    client.patch(
        server.core("services/row/status"),
        ApiClient.MERGE,
        "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}}");
    Response table =
        client.getAccepting(
            server.core("services"), "application/json;as=Table;v=v1;g=meta.k8s.io");
    assertEquals("Table", table.text("kind"));
    assertEquals(
        List.of("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector"),
        texts(table.body().path("columnDefinitions"), "name"));
    JsonNode row = table.body().path("rows").path(0);
    assertEquals("row", row.path("cells").path(0).asString(""));
    assertEquals("192.0.2.1", row.path("cells").path(3).asString(""));
    assertEquals("80/TCP", row.path("cells").path(4).asString(""));
    assertEquals("row", row.path("object").path("metadata").path("name").asString(""));
  }

  @Test
  void aSecretsPlainTextIsStoredEncoded() {
    Response made =
        client.post(
            server.core("secrets"),
            "{\"metadata\":{\"name\":\"plain\"},\"stringData\":{\"k\":\"text\"}}");
    assertEquals("dGV4dA==", made.text("data", "k"));
    assertEquals("Opaque", made.text("type"));
    assertTrue(made.body().path("stringData").isMissingNode());
  }

  @Test
  void aNodesStatusIsWrittenApart() {
    String name = "contract-node-" + server.namespace();
    client.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"%s\"}}".formatted(name));
    try {
      Response patched =
          client.patch(
              "/api/v1/nodes/" + name + "/status",
              ApiClient.STRATEGIC,
              "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
      assertEquals(200, patched.code());
      Response cordoned =
          client.patch(
              "/api/v1/nodes/" + name, ApiClient.MERGE, "{\"spec\":{\"unschedulable\":true}}");
      assertEquals(1, cordoned.body().path("status").path("conditions").size());
    } finally {
      client.delete("/api/v1/nodes/" + name);
    }
  }
}
