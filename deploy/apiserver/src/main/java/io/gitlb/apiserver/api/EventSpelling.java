// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.ResourceKinds;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Events are stored once, as `v1` spells them, and read and written as `events.k8s.io/v1` spells
/// them too.
final class EventSpelling {
  /// Field of `v1` → field of `events.k8s.io/v1` (1:1).
  private static final Map<String, String> NEW_NAMES =
      new TreeMap<>(
          Map.of(
              "involvedObject", "regarding",
              "message", "note",
              "source", "deprecatedSource",
              "firstTimestamp", "deprecatedFirstTimestamp",
              "lastTimestamp", "deprecatedLastTimestamp",
              "count", "deprecatedCount",
              "reportingComponent", "reportingController"));

  private EventSpelling() {}

  static ObjectNode toNew(JsonNode event) {
    ObjectNode renamed = ((ObjectNode) event).deepCopy();
    NEW_NAMES.forEach((core, other) -> rename(renamed, core, other));
    return renamed.put("apiVersion", ResourceKinds.EVENTS_NEW.apiVersion());
  }

  static ObjectNode toCore(JsonNode event) {
    ObjectNode renamed = ((ObjectNode) event).deepCopy();
    NEW_NAMES.forEach((core, other) -> rename(renamed, other, core));
    return renamed.put("apiVersion", ResourceKinds.EVENTS.apiVersion());
  }

  private static void rename(ObjectNode node, String from, String to) {
    if (node.has(from)) {
      node.set(to, node.path(from));
      node.remove(from);
    }
  }
}
