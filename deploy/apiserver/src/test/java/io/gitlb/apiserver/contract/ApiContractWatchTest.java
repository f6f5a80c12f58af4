// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static io.gitlb.apiserver.contract.ContractServer.loadBalancer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Watching.
class ApiContractWatchTest {
  @RegisterExtension private static final ContractServer server = ContractServer.open();
  private static final ApiClient client = server.client();

  private static String make(String name, String label) {
    return client
        .post(
            server.core("configmaps"),
            "{\"metadata\":{\"name\":\"%s\",\"labels\":{\"in\":\"%s\"}}}".formatted(name, label))
        .version();
  }

  private static void relabel(String name, String label) {
    client.patch(
        server.core("configmaps/" + name),
        ApiClient.MERGE,
        "{\"metadata\":{\"labels\":{\"in\":\"%s\"}}}".formatted(label));
  }

  private static WatchStream watch(String parameters) {
    return client.watch(server.core("configmaps") + "?" + parameters);
  }

  @Test
  void aWatchFromAVersionShowsWhatCameAfterItAndNothingElse() {
    make("after-a", "after");
    String version = make("after-b", "after");
    make("after-c", "after");
    try (WatchStream watch = watch("labelSelector=in%3Dafter&resourceVersion=" + version)) {
      watch.expect("ADDED", "after-c");
      relabel("after-a", "after");
      client.patch(server.core("configmaps/after-a"), ApiClient.MERGE, "{\"data\":{\"k\":\"v\"}}");
      JsonNode changed = watch.expect("MODIFIED", "after-a");
      assertEquals("v", changed.path("data").path("k").asString(""));
      client.delete(server.core("configmaps/after-b"));
      watch.expect("DELETED", "after-b");
    }
  }

  @Test
  void aWatchWithoutVersionBeginsWithAllThatIsThere() {
    make("there-a", "there");
    make("there-b", "there");
    try (WatchStream watch = watch("labelSelector=in%3Dthere")) {
      watch.expect("ADDED", "there-a");
      watch.expect("ADDED", "there-b");
    }
    try (WatchStream watch = watch("labelSelector=in%3Dthere&resourceVersion=0")) {
      watch.expect("ADDED", "there-a");
    }
  }

  @Test
  void anObjectThatBeginsOrCeasesToMatchComesAsAddedOrDeleted() {
    String version = make("turn", "no");
    try (WatchStream watch = watch("labelSelector=in%3Dyes&resourceVersion=" + version)) {
      relabel("turn", "yes");
      watch.expect("ADDED", "turn");
      relabel("turn", "no");
      JsonNode gone = watch.expect("DELETED", "turn");
      assertTrue(
          Long.parseLong(gone.path("metadata").path("resourceVersion").asString(""))
              > Long.parseLong(version));
    }
  }

  @Test
  void aWatchOfOneNameShowsThatNameOnly() {
    String version = make("one-x", "one");
    try (WatchStream watch =
        watch("fieldSelector=metadata.name%3Done-y&resourceVersion=" + version)) {
      make("one-z", "one");
      make("one-y", "one");
      watch.expect("ADDED", "one-y");
    }
  }

  @Test
  void aDeletedObjectIsShownUnderTheVersionOfItsDeletion() {
    String version = make("last", "last");
    try (WatchStream watch = watch("labelSelector=in%3Dlast&resourceVersion=" + version)) {
      client.delete(server.core("configmaps/last"));
      JsonNode last = watch.expect("DELETED", "last");
      assertTrue(
          Long.parseLong(last.path("metadata").path("resourceVersion").asString(""))
              > Long.parseLong(version));
    }
  }

  @Test
  void aWatchFromAVersionThatIsForgottenGetsAnErrorEventWithGone() {
    try (WatchStream watch = watch("resourceVersion=1")) {
      JsonNode event = watch.next();
      assertEquals("ERROR", event.path("type").asString(""));
      assertEquals("Status", event.path("object").path("kind").asString(""));
      assertEquals(410, event.path("object").path("code").asInt());
      assertEquals("Expired", event.path("object").path("reason").asString(""));
      watch.expectEnd();
    }
  }

  @Test
  void aWatchEndsAfterItsTimeout() {
    String version = make("short", "short");
    try (WatchStream watch = watch("timeoutSeconds=1&resourceVersion=" + version)) {
      watch.expectEnd();
    }
  }

  @Test
  void aWatchThatAllowsBookmarksGetsOneBeforeItEnds() {
    String version = make("marked", "marked");
    String parameters =
        "labelSelector=in%3Dnothing&allowWatchBookmarks=true&timeoutSeconds=5&resourceVersion=";
    try (WatchStream watch = watch(parameters + version)) {
      String later = make("marked-later", "marked");
      JsonNode event = watch.last();
      assertEquals("BOOKMARK", event.path("type").asString(""));
      JsonNode object = event.path("object");
      assertEquals("ConfigMap", object.path("kind").asString(""));
      long marked = Long.parseLong(object.path("metadata").path("resourceVersion").asString(""));
      assertTrue(marked >= Long.parseLong(later), "marked " + marked + ", wanted " + later);
    }
  }

  @Test
  void aWatchAcrossNamespacesShowsThemAll() {
    String version = make("wide", "wide");
    try (WatchStream watch =
        client.watch("/api/v1/services?labelSelector=w%3Dw&resourceVersion=" + version)) {
      client.post(
          server.core("services"),
          loadBalancer("wide").replace("\"name\":", "\"labels\":{\"w\":\"w\"},\"name\":"));
      JsonNode added = watch.expect("ADDED", "wide");
      assertEquals(server.namespace(), added.path("metadata").path("namespace").asString(""));
    }
  }

  @Test
  void initialEventsCanBeAskedForAndEndWithAMarkedBookmark() {
    make("initial", "initial");
    String parameters =
        "labelSelector=in%3Dinitial&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
            + "&allowWatchBookmarks=true&timeoutSeconds=20";
    try (WatchStream watch = watch(parameters)) {
      watch.expect("ADDED", "initial");
      JsonNode event = watch.next();
      assertEquals("BOOKMARK", event.path("type").asString(""));
      assertEquals(
          "true",
          event
              .path("object")
              .path("metadata")
              .path("annotations")
              .path("k8s.io/initial-events-end")
              .asString(""));
    }
  }
}
