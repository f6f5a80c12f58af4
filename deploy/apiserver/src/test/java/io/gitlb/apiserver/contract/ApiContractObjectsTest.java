// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Creating, reading, replacing and deleting objects.
class ApiContractObjectsTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static String configMap(String name, String more) {
    return "{\"metadata\":{\"name\":\"%s\"%s},\"data\":{\"k\":\"v\"}}".formatted(name, more);
  }

  @Test
  void aCreatedObjectHasUidCreationTimeAndVersion() {
    Response made = client.post(server.core("configmaps"), configMap("made", ""));
    assertEquals(201, made.code());
    assertEquals(36, made.text("metadata", "uid").length());
    assertTrue(made.text("metadata", "creationTimestamp").endsWith("Z"));
    assertTrue(Long.parseLong(made.version()) > 0);
    assertEquals(server.namespace(), made.text("metadata", "namespace"));
  }

  @Test
  void whatWasCreatedCanBeRead() {
    client.post(server.core("configmaps"), configMap("read", ""));
    Response read = client.get(server.core("configmaps/read"));
    assertEquals(200, read.code());
    assertEquals("v", read.text("data", "k"));
    assertEquals("ConfigMap", read.text("kind"));
  }

  @Test
  void aNameThatIsTakenIsRefusedAsAlreadyExists() {
    client.post(server.core("configmaps"), configMap("twice", ""));
    Response again = client.post(server.core("configmaps"), configMap("twice", ""));
    assertEquals(409, again.code());
    assertEquals("AlreadyExists", again.text("reason"));
  }

  @Test
  void aMissingObjectIsNotFoundAndTheStatusSaysWhich() {
    Response missing = client.get(server.core("services/missing"));
    assertEquals(404, missing.code());
    assertEquals("Status", missing.text("kind"));
    assertEquals("Failure", missing.text("status"));
    assertEquals("NotFound", missing.text("reason"));
    assertEquals("services \"missing\" not found", missing.text("message"));
    assertEquals("missing", missing.text("details", "name"));
    assertEquals("services", missing.text("details", "kind"));
    assertEquals(404, missing.body().path("code").asInt());
  }

  @Test
  void creatingInAMissingNamespaceIsNotFound() {
    Response refused =
        client.post("/api/v1/namespaces/no-such-namespace/configmaps", configMap("lost", ""));
    assertEquals(404, refused.code());
    assertEquals("namespaces \"no-such-namespace\" not found", refused.text("message"));
  }

  @Test
  void anUnknownKindIsNotFound() {
    assertEquals(404, client.get("/apis/example.invalid/v1/things").code());
  }

  @Test
  void aNameIsGeneratedFromItsPrefix() {
    String body = "{\"metadata\":{\"generateName\":\"some-\"}}";
    String one = client.post(server.core("configmaps"), body).text("metadata", "name");
    String two = client.post(server.core("configmaps"), body).text("metadata", "name");
    assertTrue(one.matches("some-[a-z0-9]{5}"), one);
    assertNotEquals(one, two);
  }

  @Test
  void aNameThatIsNoDnsNameIsInvalid() {
    Response refused = client.post(server.core("configmaps"), configMap("Not_A_Name", ""));
    assertEquals(422, refused.code());
    assertEquals("Invalid", refused.text("reason"));
    assertEquals(
        "metadata.name",
        refused.body().path("details").path("causes").path(0).path("field").asString());
  }

  @Test
  void aDocumentOfAnotherKindIsABadRequest() {
    Response refused =
        client.post(
            server.core("configmaps"),
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}");
    assertEquals(400, refused.code());
    assertEquals("BadRequest", refused.text("reason"));
  }

  @Test
  void aReplaceWithTheReadVersionRaisesTheVersion() {
    client.post(server.core("configmaps"), configMap("replaced", ""));
    Response read = client.get(server.core("configmaps/replaced"));
    String body = read.body().toString().replace("\"v\"", "\"w\"");
    Response written = client.put(server.core("configmaps/replaced"), body);
    assertEquals(200, written.code());
    assertEquals("w", written.text("data", "k"));
    assertTrue(Long.parseLong(written.version()) > Long.parseLong(read.version()));
    assertEquals(read.text("metadata", "uid"), written.text("metadata", "uid"));
  }

  @Test
  void aReplaceWithAStaleVersionIsAConflict() {
    client.post(server.core("configmaps"), configMap("stale", ""));
    String old = client.get(server.core("configmaps/stale")).body().toString();
    client.put(server.core("configmaps/stale"), old.replace("\"v\"", "\"w\""));
    Response refused = client.put(server.core("configmaps/stale"), old.replace("\"v\"", "\"x\""));
    assertEquals(409, refused.code());
    assertEquals("Conflict", refused.text("reason"));
    assertEquals("w", client.get(server.core("configmaps/stale")).text("data", "k"));
  }

  @Test
  void aReplaceWithoutVersionIsUnconditional() {
    client.post(server.core("configmaps"), configMap("any", ""));
    Response written =
        client.put(server.core("configmaps/any"), configMap("any", "").replace("\"v\"", "\"w\""));
    assertEquals(200, written.code());
    assertEquals("w", written.text("data", "k"));
  }

  @Test
  void aWriteThatChangesNothingLeavesTheVersion() {
    Response made = client.post(server.core("configmaps"), configMap("same", ""));
    Response written = client.put(server.core("configmaps/same"), made.body().toString());
    assertEquals(made.version(), written.version());
  }

  @Test
  void aDeletedObjectIsGone() {
    client.post(server.core("configmaps"), configMap("gone", ""));
    assertEquals(200, client.delete(server.core("configmaps/gone")).code());
    assertEquals(404, client.get(server.core("configmaps/gone")).code());
    assertEquals(404, client.delete(server.core("configmaps/gone")).code());
  }

  @Test
  void aDeleteWithAnotherUidIsAConflict() {
    client.post(server.core("configmaps"), configMap("kept", ""));
    Response refused =
        client.delete(
            server.core("configmaps/kept"),
            "{\"preconditions\":{\"uid\":\"00000000-0000-0000-0000-000000000000\"}}");
    assertEquals(409, refused.code());
    assertEquals(200, client.get(server.core("configmaps/kept")).code());
  }

  @Test
  void anObjectWithFinalizersIsMarkedAndGoesWithTheLastOfThem() {
    client.post(
        server.core("configmaps"), configMap("held", ",\"finalizers\":[\"example.com/hold\"]"));
    Response marked = client.delete(server.core("configmaps/held"));
    assertEquals(200, marked.code());
    Response read = client.get(server.core("configmaps/held"));
    assertFalse(read.text("metadata", "deletionTimestamp").isEmpty());
    client.patch(
        server.core("configmaps/held"), ApiClient.MERGE, "{\"metadata\":{\"finalizers\":null}}");
    assertEquals(404, client.get(server.core("configmaps/held")).code());
  }

  @Test
  void aDryRunStoresNothing() {
    Response made = client.post(server.core("services") + "?dryRun=All", service("pretended", ""));
    assertEquals(201, made.code());
    assertFalse(made.text("spec", "clusterIP").isEmpty());
    assertEquals(404, client.get(server.core("services/pretended")).code());
  }

  @Test
  void generationCountsChangesOfWhatIsDesiredOnly() {
    String slices = server.group("discovery.k8s.io/v1", "endpointslices");
    Response made =
        client.post(
            slices,
            "{\"metadata\":{\"name\":\"counted\"},\"addressType\":\"IPv4\",\"endpoints\":[]}");
    assertEquals("1", made.text("metadata", "generation"));
    Response annotated =
        client.patch(
            slices + "/counted", ApiClient.MERGE, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");
    assertEquals("1", annotated.text("metadata", "generation"));
    Response changed =
        client.patch(
            slices + "/counted",
            ApiClient.MERGE,
            "{\"endpoints\":[{\"addresses\":[\"192.0.2.1\"]}]}");
    assertEquals("2", changed.text("metadata", "generation"));
  }

  @Test
  void aServiceHasNoGeneration() {
    Response made = client.post(server.core("services"), service("uncounted", ""));
    assertFalse(made.body().path("metadata").has("generation"));
  }

  @Test
  void withoutATokenARequestIsUnauthorized() {
    Response refused = client.getWithoutToken("/api/v1/namespaces");
    assertTrue(refused.code() == 401 || refused.code() == 403, () -> "code " + refused.code());
  }

  @Test
  void deletingANamespaceTakesItsContentWithIt() {
    String name =
        client
            .post("/api/v1/namespaces", "{\"metadata\":{\"generateName\":\"contract-gone-\"}}")
            .text("metadata", "name");
    String maps = "/api/v1/namespaces/" + name + "/configmaps";
    client.post(maps, configMap("inside", ""));
    assertEquals(200, client.delete("/api/v1/namespaces/" + name).code());
    Eventually.holds(() -> client.get("/api/v1/namespaces/" + name).code() == 404);
    assertEquals(404, client.get(maps + "/inside").code());
  }

  @Test
  void kubeSystemExistsAndHasAUid() {
    Response read = client.get("/api/v1/namespaces/kube-system");
    assertEquals(36, read.text("metadata", "uid").length());
    assertEquals(200, client.get("/api/v1/namespaces/default").code());
  }
}
