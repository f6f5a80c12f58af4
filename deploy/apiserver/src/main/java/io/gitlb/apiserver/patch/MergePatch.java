// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON merge patch, RFC 7396.
public final class MergePatch {
  private MergePatch() {}

  /// The target with the patch merged into it; the target itself is left alone.
  public static ObjectNode apply(ObjectNode target, ObjectNode patch) {
    return mergeInto(target.deepCopy(), patch);
  }

  private static ObjectNode mergeInto(ObjectNode target, ObjectNode patch) {
    patch.forEachEntry(
        (name, value) -> {
          if (value.isNull()) {
            target.remove(name);
          } else {
            target.set(name, merged(target.path(name), value));
          }
        });
    return target;
  }

  private static JsonNode merged(JsonNode present, JsonNode value) {
    if (!(value instanceof ObjectNode part)) {
      return value.deepCopy();
    }
    ObjectNode base =
        present instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    return mergeInto(base, part);
  }
}
