// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static io.gitlb.apiserver.contract.ContractServer.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.contract.ApiClient.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Lists, pages and selectors.
class ApiContractListTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  @BeforeAll
  static void makeConfigMaps() {
    for (String[] each :
        new String[][] {{"a", "web", "1"}, {"b", "web", "2"}, {"c", "db", "1"}, {"d", "db", "2"}}) {
      client.post(
          server.core("configmaps"),
          "{\"metadata\":{\"name\":\"%s\",\"labels\":{\"app\":\"%s\",\"tier\":\"%s\"}}}"
              .formatted((Object[]) each));
    }
    client.post(
        server.core("configmaps"), "{\"metadata\":{\"name\":\"e\",\"labels\":{\"list\":\"e\"}}}");
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    for (JsonNode item : list.path("items")) {
      String name = item.path("metadata").path("name").asString("");
      if (!name.startsWith("kube-root")) {
        names.add(name);
      }
    }
    return names;
  }

  private static List<String> selected(String labelSelector) {
    String query = URLEncoder.encode(labelSelector, StandardCharsets.UTF_8);
    return names(client.get(server.core("configmaps") + "?labelSelector=" + query).body());
  }

  @Test
  void aListHasAKindAVersionAndItemsInOrderOfNames() {
    Response list = client.get(server.core("configmaps"));
    assertEquals("ConfigMapList", list.text("kind"));
    assertTrue(Long.parseLong(list.version()) > 0);
    assertEquals(List.of("a", "b", "c", "d", "e"), names(list.body()));
  }

  @Test
  void labelsAreSelectedByEquality() {
    assertEquals(List.of("a", "b"), selected("app=web"));
    assertEquals(List.of("a", "b"), selected("app==web"));
    assertEquals(List.of("a"), selected("app=web,tier=1"));
    assertEquals(List.of("c", "d"), selected("app!=web,app"));
  }

  @Test
  void labelsAreSelectedBySets() {
    assertEquals(List.of("a", "b", "c", "d"), selected("app in (web,db)"));
    assertEquals(List.of("c", "d"), selected("app notin (web),app"));
    assertEquals(List.of("e"), selected("app notin (web, db),list"));
    assertEquals(List.of("a", "c"), selected("app in (web,db),tier in (1)"));
  }

  @Test
  void labelsAreSelectedByPresence() {
    assertEquals(List.of("e"), selected("list"));
    assertEquals(List.of("a", "b", "c", "d"), selected("!list,app"));
  }

  @Test
  void aLabelSelectorThatCannotBeReadIsABadRequest() {
    Response refused = client.get(server.core("configmaps") + "?labelSelector=a%20within%20b");
    assertEquals(400, refused.code());
  }

  @Test
  void fieldsAreSelectedByNameAndNamespace() {
    String all = "/api/v1/configmaps?fieldSelector=";
    String own = "metadata.namespace%3D" + server.namespace();
    assertEquals(List.of("c"), names(client.get(all + own + ",metadata.name%3Dc").body()));
    assertEquals(
        List.of("a", "b", "d", "e"), names(client.get(all + own + ",metadata.name!%3Dc").body()));
  }

  @Test
  void servicesAreSelectedByTheirType() {
    client.post(server.core("services"), loadBalancer("typed-lb"));
    client.post(server.core("services"), service("typed-ip", ""));
    String path = server.core("services") + "?fieldSelector=spec.type%3D";
    assertEquals(List.of("typed-lb"), names(client.get(path + "LoadBalancer").body()));
    assertEquals(List.of("typed-ip"), names(client.get(path + "ClusterIP").body()));
  }

  @Test
  void aFieldThatCannotBeSelectedIsABadRequest() {
    Response refused =
        client.get(server.core("services") + "?fieldSelector=spec.sessionAffinity%3DNone");
    assertEquals(400, refused.code());
  }

  @Test
  void pagesTogetherAreTheList() {
    List<String> names = new ArrayList<>();
    String token = "";
    int pages = 0;
    do {
      Response page = client.get(server.core("configmaps") + "?limit=2&continue=" + token);
      names.addAll(names(page.body()));
      token = page.text("metadata", "continue");
      pages++;
    } while (!token.isEmpty());
    assertEquals(List.of("a", "b", "c", "d", "e"), names);
    assertTrue(pages >= 3, "pages " + pages);
  }

  @Test
  void laterPagesShowTheVersionOfTheFirst() {
    String path = server.core("secrets");
    for (String name : List.of("p1", "p2", "p3")) {
      client.post(path, "{\"metadata\":{\"name\":\"%s\"}}".formatted(name));
    }
    Response first = client.get(path + "?limit=1");
    assertFalse(first.text("metadata", "continue").isEmpty());
    client.delete(path + "/p2");
    client.post(path, "{\"metadata\":{\"name\":\"p25\"}}");
    Response rest = client.get(path + "?continue=" + first.text("metadata", "continue"));
    assertEquals(List.of("p2", "p3"), names(rest.body()));
    assertEquals(first.version(), rest.version());
  }

  @Test
  void aPageTokenThatIsNoneIsABadRequest() {
    assertEquals(400, client.get(server.core("configmaps") + "?continue=%21%21").code());
  }

  @Test
  void aListAcrossNamespacesShowsThemAll() {
    Response all = client.get("/api/v1/configmaps?labelSelector=list%3De");
    assertTrue(names(all.body()).contains("e"));
  }

  @Test
  void aWatchFromTheListsVersionMissesNothing() {
    String version = client.get(server.core("configmaps")).version();
    try (WatchStream watch =
        client.watch(server.core("configmaps") + "?labelSelector=q&resourceVersion=" + version)) {
      client.post(
          server.core("configmaps"),
          "{\"metadata\":{\"generateName\":\"zz-\",\"labels\":{\"q\":\"\"}}}");
      assertEquals("ADDED", watch.next().path("type").asString(""));
    } finally {
      client.delete(server.core("configmaps") + "?labelSelector=q");
    }
  }
}
