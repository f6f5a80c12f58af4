// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static io.gitlb.apiserver.contract.ContractServer.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Services: defaults, addresses, ports and changes of type.
class ApiContractServiceTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static Response make(String name, String specFields) {
    return client.post(server.core("services"), service(name, specFields));
  }

  private static Response patch(String name, String spec) {
    return client.patch(
        server.core("services/" + name), ApiClient.MERGE, "{\"spec\":" + spec + "}");
  }

  @Test
  void aServiceGetsItsDefaults() {
    Response made = make("defaults", "");
    assertEquals("ClusterIP", made.text("spec", "type"));
    assertEquals("None", made.text("spec", "sessionAffinity"));
    assertEquals("Cluster", made.text("spec", "internalTrafficPolicy"));
    assertEquals("SingleStack", made.text("spec", "ipFamilyPolicy"));
    JsonNode port = made.body().path("spec").path("ports").path(0);
    assertEquals("TCP", port.path("protocol").asString(""));
    assertEquals(80, port.path("targetPort").asInt());
    assertTrue(made.body().path("status").path("loadBalancer").isObject());
  }

  @Test
  void aServiceGetsAClusterIpOfItsOwn() {
    Response one = make("ip-one", "");
    Response two = make("ip-two", "");
    assertFalse(one.text("spec", "clusterIP").isEmpty());
    assertEquals(
        one.text("spec", "clusterIP"),
        one.body().path("spec").path("clusterIPs").path(0).asString(""));
    assertNotEquals(one.text("spec", "clusterIP"), two.text("spec", "clusterIP"));
  }

  @Test
  void aClusterIpThatIsTakenIsInvalid() {
    String taken = make("holder", "").text("spec", "clusterIP");
    assertEquals(422, make("wants", "\"clusterIP\":\"" + taken + "\",").code());
  }

  @Test
  void aClusterIpCannotBeChanged() {
    make("fixed", "");
    assertEquals(422, patch("fixed", "{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"]}").code());
  }

  @Test
  void aHeadlessServiceHasNoClusterIp() {
    Response made = make("headless", "\"clusterIP\":\"None\",\"selector\":{\"a\":\"b\"},");
    assertEquals("None", made.text("spec", "clusterIP"));
  }

  @Test
  void aLoadBalancerGetsNodePortsUnlessItDeclines() {
    Response given = make("node-ports", "\"type\":\"LoadBalancer\",");
    assertTrue(given.body().path("spec").path("ports").path(0).path("nodePort").asInt(0) > 0);
    assertEquals("true", given.text("spec", "allocateLoadBalancerNodePorts"));
    assertEquals("Cluster", given.text("spec", "externalTrafficPolicy"));
    Response declined = client.post(server.core("services"), loadBalancer("no-node-ports"));
    assertFalse(declined.body().path("spec").path("ports").path(0).has("nodePort"));
  }

  @Test
  void policyLocalGetsAHealthCheckNodePort() {
    Response made = make("local", "\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\",");
    assertTrue(made.body().path("spec").path("healthCheckNodePort").asInt(0) > 0);
    Response changed = patch("local", "{\"externalTrafficPolicy\":\"Cluster\"}");
    assertFalse(changed.body().path("spec").has("healthCheckNodePort"));
  }

  @Test
  void aReplaceThatLeavesOutWhatWasAllocatedKeepsIt() {
    Response made = make("kept", "\"type\":\"LoadBalancer\",");
    Response put =
        client.put(server.core("services/kept"), service("kept", "\"type\":\"LoadBalancer\","));
    assertEquals(200, put.code(), () -> put.body().toString());
    assertEquals(made.text("spec", "clusterIP"), put.text("spec", "clusterIP"));
    assertEquals(made.body().path("spec").path("ports"), put.body().path("spec").path("ports"));
  }

  @Test
  void leavingTypeLoadBalancerClearsTheIngressAndKeepsTheConditions() {
    Response made = make("leaving", "\"type\":\"LoadBalancer\",");
    client.patch(
        server.core("services/leaving/status"),
        ApiClient.MERGE,
        """
        {"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]},
         "conditions":[{"type":"A","status":"True","reason":"R","message":"",
         "lastTransitionTime":"2026-01-01T00:00:00Z"}]}}
        """);
    Response changed = patch("leaving", "{\"type\":\"ClusterIP\"}");
    assertEquals(200, changed.code(), () -> changed.body().toString());
    assertTrue(changed.body().path("status").path("loadBalancer").isEmpty());
    assertEquals(1, changed.body().path("status").path("conditions").size());
    assertEquals(made.text("spec", "clusterIP"), changed.text("spec", "clusterIP"));
    JsonNode spec = changed.body().path("spec");
    assertFalse(spec.path("ports").path(0).has("nodePort"));
    assertFalse(spec.has("allocateLoadBalancerNodePorts"));
    assertFalse(spec.has("externalTrafficPolicy"));
  }

  @Test
  void becomingExternalNameGivesTheClusterIpUp() {
    make("external", "");
    Response changed =
        patch("external", "{\"type\":\"ExternalName\",\"externalName\":\"example.com\"}");
    assertEquals(200, changed.code(), () -> changed.body().toString());
    assertEquals("", changed.text("spec", "clusterIP"));
    assertFalse(changed.body().path("spec").has("ipFamilies"));
  }

  @Test
  void aLoadBalancerClassCannotBeChanged() {
    make("classy", "\"type\":\"LoadBalancer\",\"loadBalancerClass\":\"example.com/a\",");
    assertEquals(422, patch("classy", "{\"loadBalancerClass\":\"example.com/b\"}").code());
    assertEquals(422, make("classless", "\"loadBalancerClass\":\"example.com/a\",").code());
  }

  @Test
  void portsThatMakeNoSenseAreInvalidAndAllAreNamed() {
    Response refused =
        client.post(
            server.core("services"),
            """
            {"metadata":{"name":"bad-ports"},
             "spec":{"ports":[{"port":0,"name":"a"},{"port":99999,"name":"b"}]}}
            """);
    assertEquals(422, refused.code());
    assertTrue(refused.body().path("details").path("causes").size() >= 2);
    assertEquals(
        422,
        client
            .post(server.core("services"), "{\"metadata\":{\"name\":\"no-ports\"},\"spec\":{}}")
            .code());
  }

  @Test
  void aNameThatBeginsWithADigitIsInvalid() {
    assertEquals(422, make("1st", "").code());
  }
}
