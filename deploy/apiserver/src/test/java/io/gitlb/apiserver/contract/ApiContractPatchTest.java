// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Patches, and the status apart from the rest.
class ApiContractPatchTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static String make(String name) {
    client.post(server.core("services"), loadBalancer(name));
    return server.core("services/" + name);
  }

  private static final String INGRESS =
      "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}}";

  private static String ip(Response response) {
    return response
        .body()
        .path("status")
        .path("loadBalancer")
        .path("ingress")
        .path(0)
        .path("ip")
        .asString("");
  }

  @Test
  void aMergePatchSetsChangesAndRemoves() {
    String path = make("merged");
    client.patch(path, ApiClient.MERGE, "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}");
    Response patched =
        client.patch(path, ApiClient.MERGE, "{\"metadata\":{\"labels\":{\"a\":null,\"b\":\"3\"}}}");
    assertEquals(200, patched.code());
    assertEquals("{\"b\":\"3\"}", patched.body().path("metadata").path("labels").toString());
  }

  @Test
  void aMergePatchWithAStaleVersionIsAConflict() {
    String path = make("merged-stale");
    String stale = client.get(path).version();
    client.patch(path, ApiClient.MERGE, "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}");
    Response refused =
        client.patch(
            path,
            ApiClient.MERGE,
            "{\"metadata\":{\"resourceVersion\":\"%s\",\"labels\":{\"a\":\"2\"}}}"
                .formatted(stale));
    assertEquals(409, refused.code());
  }

  @Test
  void aStrategicPatchMergesPortsByNumber() {
    String path = make("ports");
    client.patch(
        path,
        ApiClient.STRATEGIC,
        "{\"spec\":{\"ports\":[{\"port\":80,\"name\":\"http\"},{\"port\":53,\"name\":\"dns\"}]}}");
    Response patched =
        client.patch(
            path,
            ApiClient.STRATEGIC,
            "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080},"
                + "{\"$patch\":\"delete\",\"port\":53}]}}");
    JsonNode ports = patched.body().path("spec").path("ports");
    assertEquals(1, ports.size(), ports::toString);
    assertEquals("http", ports.path(0).path("name").asString(""));
    assertEquals(8080, ports.path(0).path("targetPort").asInt());
  }

  @Test
  void aStrategicPatchReplacesAListThatHasNoKey() {
    String path = make("ranges");
    client.patch(
        path,
        ApiClient.STRATEGIC,
        "{\"spec\":{\"loadBalancerSourceRanges\":[\"192.0.2.0/24\",\"198.51.100.0/24\"]}}");
    Response patched =
        client.patch(
            path,
            ApiClient.STRATEGIC,
            "{\"spec\":{\"loadBalancerSourceRanges\":[\"203.0.113.0/24\"]}}");
    assertEquals(1, patched.body().path("spec").path("loadBalancerSourceRanges").size());
  }

  @Test
  void aStrategicPatchMergesConditionsByType() {
    String path = make("conditions");
    String condition =
        "{\"status\":{\"conditions\":[{\"type\":\"%s\",\"status\":\"%s\",\"reason\":\"R\","
            + "\"message\":\"\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]}}";
    client.patch(path + "/status", ApiClient.STRATEGIC, condition.formatted("A", "True"));
    client.patch(path + "/status", ApiClient.STRATEGIC, condition.formatted("B", "True"));
    Response patched =
        client.patch(path + "/status", ApiClient.STRATEGIC, condition.formatted("A", "False"));
    JsonNode conditions = patched.body().path("status").path("conditions");
    assertEquals(2, conditions.size());
    assertEquals("False", conditions.path(0).path("status").asString(""));
  }

  @Test
  void aJsonPatchDoesItsOperationsInOrder() {
    String path = make("operations");
    Response patched =
        client.patch(
            path,
            ApiClient.JSON_PATCH,
            """
            [{"op":"add","path":"/metadata/labels","value":{"a~b":"1"}},
             {"op":"test","path":"/spec/type","value":"LoadBalancer"},
             {"op":"copy","from":"/metadata/labels/a~0b","path":"/metadata/labels/c"},
             {"op":"move","from":"/metadata/labels/c","path":"/metadata/labels/d"},
             {"op":"add","path":"/spec/ports/-","value":{"port":443,"name":"tls"}},
             {"op":"add","path":"/spec/ports/0/name","value":"http"},
             {"op":"replace","path":"/spec/ports/0/port","value":81}]
            """
                .replace("a~b", "a.b")
                .replace("a~0b", "a.b"));
    assertEquals(200, patched.code(), () -> patched.body().toString());
    assertEquals("1", patched.text("metadata", "labels", "d"));
    assertFalse(patched.body().path("metadata").path("labels").has("c"));
    assertEquals(2, patched.body().path("spec").path("ports").size());
    assertEquals(81, patched.body().path("spec").path("ports").path(0).path("port").asInt());
  }

  @Test
  void aJsonPatchWhoseTestFailsChangesNothing() {
    String path = make("tested");
    Response refused =
        client.patch(
            path,
            ApiClient.JSON_PATCH,
            """
            [{"op":"add","path":"/metadata/labels","value":{"a":"1"}},
             {"op":"test","path":"/spec/type","value":"ClusterIP"}]
            """);
    assertEquals(422, refused.code());
    assertFalse(client.get(path).body().path("metadata").has("labels"));
  }

  @Test
  void aPatchOfAnotherMediaTypeIsRefused() {
    assertEquals(415, client.patch(make("media"), "application/json", "{}").code());
  }

  @Test
  void aWriteOfTheMainResourceLeavesTheStatus() {
    String path = make("main");
    client.patch(path + "/status", ApiClient.MERGE, INGRESS);
    Response read = client.get(path);
    Response put = client.put(path, read.body().toString().replace("192.0.2.1", "192.0.2.99"));
    assertEquals("192.0.2.1", ip(put));
    Response patched = client.patch(path, ApiClient.MERGE, "{\"status\":{\"loadBalancer\":{}}}");
    assertEquals("192.0.2.1", ip(patched));
  }

  @Test
  void aWriteOfTheStatusLeavesTheSpec() {
    String path = make("apart");
    Response read = client.get(path);
    Response patched =
        client.patch(
            path + "/status",
            ApiClient.MERGE,
            INGRESS.replace("{\"status\"", "{\"spec\":{\"type\":\"ClusterIP\"},\"status\""));
    assertEquals("LoadBalancer", patched.text("spec", "type"));
    assertEquals("192.0.2.1", ip(patched));
    assertTrue(Long.parseLong(patched.version()) > Long.parseLong(read.version()));
    Response put =
        client.put(
            path + "/status",
            patched
                .body()
                .toString()
                .replace("192.0.2.1", "192.0.2.2")
                .replace("\"port\":80", "\"port\":81"));
    assertEquals("192.0.2.2", ip(put));
    assertEquals(80, put.body().path("spec").path("ports").path(0).path("port").asInt());
  }

  @Test
  void aStatusWrittenUnderAStaleVersionIsAConflict() {
    String path = make("status-stale");
    String stale = client.get(path).body().toString();
    client.patch(path + "/status", ApiClient.MERGE, INGRESS);
    assertEquals(409, client.put(path + "/status", stale).code());
  }

  @Test
  void aStatusGivenAtCreationIsDropped() {
    Response made =
        client.post(
            server.core("services"),
            loadBalancer("early")
                .replace("\"spec\"", INGRESS.substring(1, INGRESS.length() - 1) + ",\"spec\""));
    assertEquals("", ip(made));
  }

  @Test
  void aPatchOfAMissingObjectIsNotFound() {
    assertEquals(404, client.patch(server.core("services/none"), ApiClient.MERGE, "{}").code());
    assertEquals(
        404, client.patch(server.core("services/none/status"), ApiClient.MERGE, "{}").code());
  }

  @Test
  void aPatchThatChangesNothingLeavesTheVersion() {
    String path = make("unchanged");
    String version = client.patch(path + "/status", ApiClient.MERGE, INGRESS).version();
    assertEquals(version, client.patch(path + "/status", ApiClient.MERGE, INGRESS).version());
  }
}
