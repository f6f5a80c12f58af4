// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Server-side apply on the status of Services.
class ApiContractApplyTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static String make(String name) {
    client.post(server.core("services"), loadBalancer(name));
    return server.core("services/" + name);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static Response apply(String path, String manager, String status) {
    return apply(path, manager, "", status);
  }

  private static Response apply(String path, String manager, String more, String status) {
    return client.patch(
        path + "/status?fieldManager=" + manager + more,
        ApiClient.APPLY,
        "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\"},\"status\":%s}"
            .formatted(name(path), status));
  }

  /// With its mode: an address that is applied without one differs from the stored list, to which
  /// the server has added it, and that would be a conflict.
  private static String ingress(String address) {
    return ingressEntry("\"ip\":\"" + address + "\",\"ipMode\":\"VIP\"");
  }

  private static String ingressEntry(String fields) {
    return "\"loadBalancer\":{\"ingress\":[{" + fields + "}]}";
  }

  private static String condition(String type, String status) {
    return ("{\"type\":\"%s\",\"status\":\"%s\",\"reason\":\"R\",\"message\":\"m\","
            + "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}")
        .formatted(type, status);
  }

  private static String conditions(String list) {
    return "\"conditions\":[" + list + "]";
  }

  private static JsonNode ingresses(Response response) {
    return response.body().path("status").path("loadBalancer").path("ingress");
  }

  @Test
  void anApplySetsTheStatusAndNamesItsManager() {
    String path = make("applied");
    Response applied =
        apply(
            path,
            "us",
            "{%s,%s}".formatted(ingress("192.0.2.1"), conditions(condition("A", "True"))));
    assertEquals(200, applied.code(), () -> applied.body().toString());
    assertEquals("192.0.2.1", ingresses(applied).path(0).path("ip").asString(""));
    JsonNode mine = managed(applied, "us");
    assertEquals("Apply", mine.path("operation").asString(""));
    assertEquals("status", mine.path("subresource").asString(""));
    JsonNode fields = mine.path("fieldsV1").path("f:status");
    assertTrue(fields.path("f:loadBalancer").has("f:ingress"), fields::toString);
    assertTrue(
        fields.path("f:conditions").path("k:{\"type\":\"A\"}").has("f:reason"), fields::toString);
  }

  private static JsonNode managed(Response response, String manager) {
    for (JsonNode entry : response.body().path("metadata").path("managedFields")) {
      if (entry.path("manager").asString("").equals(manager)) {
        return entry;
      }
    }
    throw new AssertionError("no fields of " + manager + ": " + response.body());
  }

  @Test
  void anApplyLeavesTheSpec() {
    String path = make("spec-kept");
    Response applied = apply(path, "us", "{" + ingress("192.0.2.1") + "}");
    assertEquals("LoadBalancer", applied.text("spec", "type"));
    assertEquals(80, applied.body().path("spec").path("ports").path(0).path("port").asInt());
  }

  @Test
  void anApplyThatChangesNothingLeavesTheVersion() {
    String path = make("again");
    String status = "{%s,%s}".formatted(ingress("192.0.2.1"), conditions(condition("A", "True")));
    String version = apply(path, "us", status).version();
    assertEquals(version, apply(path, "us", status).version());
  }

  @Test
  void theIngressListIsReplacedAsAWhole() {
    String path = make("atomic");
    apply(path, "us", "{" + ingress("192.0.2.1") + "}");
    Response applied = apply(path, "us", "{" + ingress("192.0.2.2") + "}");
    assertEquals(1, ingresses(applied).size());
    assertEquals("192.0.2.2", ingresses(applied).path(0).path("ip").asString(""));
  }

  @Test
  void anAppliedIpModeIsKept() {
    Response applied =
        apply(
            make("mode"),
            "us",
            "{" + ingressEntry("\"ip\":\"192.0.2.1\",\"ipMode\":\"Proxy\"") + "}");
    assertEquals("Proxy", ingresses(applied).path(0).path("ipMode").asString(""));
  }

  @Test
  void anAddressWithoutAModeIsAVirtualOne() {
    String path = make("modeless");
    String status = "{" + ingressEntry("\"ip\":\"192.0.2.1\"") + "}";
    Response applied = apply(path, "us", status);
    assertEquals("VIP", ingresses(applied).path(0).path("ipMode").asString(""));
    assertEquals(applied.version(), apply(path, "us", status).version());
  }

  @Test
  void anIpModeThatIsUnknownOrWithoutAnAddressIsInvalid() {
    String path = make("wrong-mode");
    for (String entry :
        List.of(
            "\"ip\":\"192.0.2.1\",\"ipMode\":\"Router\"",
            "\"hostname\":\"a.example\",\"ipMode\":\"VIP\"")) {
      Response refused = apply(path, "us", "{" + ingressEntry(entry) + "}");
      assertEquals(422, refused.code(), entry);
      assertEquals(
          "status.loadBalancer.ingress[0].ipMode",
          refused.body().path("details").path("causes").path(0).path("field").asString(""));
    }
  }

  @Test
  void conditionsOfTwoManagersLiveSideBySide() {
    String path = make("two");
    apply(path, "us", "{" + conditions(condition("A", "True")) + "}");
    apply(path, "them", "{" + conditions(condition("B", "True")) + "}");
    Response applied = apply(path, "us", "{" + conditions(condition("A", "False")) + "}");
    JsonNode conditions = applied.body().path("status").path("conditions");
    assertEquals(2, conditions.size());
    assertEquals("False", conditions.path(0).path("status").asString(""));
    assertEquals("B", conditions.path(1).path("type").asString(""));
  }

  @Test
  void whatAManagerNoLongerAppliesIsRemoved() {
    String path = make("dropped");
    apply(
        path,
        "us",
        "{%s,%s}"
            .formatted(
                ingress("192.0.2.1"),
                conditions(condition("A", "True") + "," + condition("B", "True"))));
    Response applied = apply(path, "us", "{" + conditions(condition("B", "True")) + "}");
    assertEquals(0, ingresses(applied).size());
    JsonNode conditions = applied.body().path("status").path("conditions");
    assertEquals(1, conditions.size());
    assertEquals("B", conditions.path(0).path("type").asString(""));
  }

  @Test
  void whatSomebodyElseOwnsTooStays() {
    String path = make("shared");
    apply(path, "us", "{" + ingress("192.0.2.1") + "}");
    apply(path, "them", "{" + ingress("192.0.2.1") + "}");
    Response applied = apply(path, "us", "{" + conditions(condition("A", "True")) + "}");
    assertEquals(1, ingresses(applied).size());
  }

  @Test
  void whatAnotherManagerOwnsIsAConflict() {
    String path = make("contested");
    apply(path, "them", "{" + ingress("192.0.2.1") + "}");
    Response refused = apply(path, "us", "{" + ingress("192.0.2.2") + "}");
    assertEquals(409, refused.code());
    assertEquals("Conflict", refused.text("reason"));
    JsonNode cause = refused.body().path("details").path("causes").path(0);
    assertEquals("FieldManagerConflict", cause.path("reason").asString(""));
    assertEquals(".status.loadBalancer.ingress", cause.path("field").asString(""));
    assertTrue(cause.path("message").asString("").contains("\"them\""), cause::toString);
    assertEquals("192.0.2.1", ingresses(client.get(path)).path(0).path("ip").asString(""));
  }

  @Test
  void forceTakesTheFieldOver() {
    String path = make("forced");
    apply(path, "them", "{" + ingress("192.0.2.1") + "}");
    Response applied = apply(path, "us", "&force=true", "{" + ingress("192.0.2.2") + "}");
    assertEquals(200, applied.code());
    assertEquals("192.0.2.2", ingresses(applied).path(0).path("ip").asString(""));
    Response back = apply(path, "them", "{" + ingress("192.0.2.1") + "}");
    assertEquals(409, back.code());
  }

  @Test
  void anOrdinaryWriteOfAnAppliedFieldTakesItOver() {
    String path = make("edited");
    apply(path, "us", "{" + ingress("192.0.2.1") + "}");
    client.patch(
        path + "/status?fieldManager=hand",
        ApiClient.MERGE,
        "{\"status\":{" + ingress("192.0.2.9") + "}}");
    assertEquals(409, apply(path, "us", "{" + ingress("192.0.2.1") + "}").code());
    assertEquals(200, apply(path, "us", "&force=true", "{" + ingress("192.0.2.1") + "}").code());
  }

  @Test
  void anApplyWithAStaleVersionIsAConflict() {
    String path = make("versioned");
    String stale = client.get(path).version();
    apply(path, "us", "{" + ingress("192.0.2.1") + "}");
    Response refused =
        client.patch(
            path + "/status?fieldManager=us",
            ApiClient.APPLY,
            ("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\","
                    + "\"resourceVersion\":\"%s\"},\"status\":{%s}}")
                .formatted(name(path), stale, ingress("192.0.2.3")));
    assertEquals(409, refused.code());
  }

  @Test
  void anApplyToAMissingServiceIsNotFound() {
    Response refused =
        apply(server.core("services/nowhere"), "us", "{" + ingress("192.0.2.1") + "}");
    assertEquals(404, refused.code());
  }

  @Test
  void anApplyWithoutAManagerIsInvalid() {
    Response refused =
        client.patch(
            make("anonymous") + "/status",
            ApiClient.APPLY,
            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"anonymous\"}}");
    assertEquals(422, refused.code());
  }

  @Test
  void anApplyMayBeYaml() {
    String path = make("yaml");
    Response applied =
        client.patch(
            path + "/status?fieldManager=us",
            ApiClient.APPLY,
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: yaml
            status:
              loadBalancer:
                ingress:
                  - ip: 192.0.2.4
            """);
    assertEquals(200, applied.code());
    assertEquals("192.0.2.4", ingresses(applied).path(0).path("ip").asString(""));
  }

  @Test
  void anIngressOnAServiceOfAnotherTypeIsInvalid() {
    client.post(server.core("services"), ContractServer.service("internal", ""));
    Response refused =
        apply(server.core("services/internal"), "us", "{" + ingress("192.0.2.1") + "}");
    assertEquals(422, refused.code());
    assertFalse(client.get(server.core("services/internal")).body().toString().contains("192.0.2"));
  }
}
