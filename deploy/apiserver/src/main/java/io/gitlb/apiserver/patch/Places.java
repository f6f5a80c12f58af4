// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ListType;
import io.gitlb.apiserver.resource.ResourceKind;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds and removes what is at a place of a [FieldSet], and merges an applied document into an
/// object.
final class Places {
  private final ResourceKind kind;

  Places(ResourceKind kind) {
    this.kind = kind;
  }

  /// What is there; a missing node when nothing is.
  JsonNode find(JsonNode object, List<String> place) {
    JsonNode node = object;
    String path = "";
    for (String step : place) {
      if (step.startsWith("f:")) {
        String name = step.substring(2);
        node = node.path(name);
        path = path.isEmpty() ? name : path + "." + name;
      } else {
        int at = indexOf(node, path, step);
        node = at < 0 ? MissingNode.getInstance() : node.path(at);
        path = path + "[]";
      }
    }
    return node;
  }

  private int indexOf(JsonNode list, String path, String step) {
    Optional<ListType> type = kind.listType(path);
    if (type.isEmpty()) {
      return -1;
    }
    for (int i = 0; i < list.size(); i++) {
      if (FieldSet.elementStep(type.get(), list.path(i)).equals(step)) {
        return i;
      }
    }
    return -1;
  }

  /// Takes away what is there, and lists and maps that become empty by it.
  void remove(ObjectNode object, List<String> place) {
    List<String> above = place.subList(0, place.size() - 1);
    String last = place.getLast();
    switch (find(object, above)) {
      case ObjectNode parent when last.startsWith("f:") -> parent.remove(last.substring(2));
      case ArrayNode list -> {
        int at = indexOf(list, path(above), last);
        if (at >= 0) {
          list.remove(at);
        }
      }
      default -> {
        return;
      }
    }
    if (!above.isEmpty() && find(object, above).isEmpty() && !above.getLast().startsWith("k:")) {
      remove(object, above);
    }
  }

  private static String path(List<String> place) {
    StringBuilder path = new StringBuilder();
    for (String step : place) {
      if (!step.startsWith("f:")) {
        path.append("[]");
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step, 2, step.length());
      }
    }
    return path.toString();
  }

  /// Merges what is applied into the live object, in place: keyed lists by key, maps by name,
  /// everything else as a whole.
  void merge(ObjectNode live, ObjectNode applied, String path) {
    applied.forEachEntry(
        (name, value) -> {
          String below = path.isEmpty() ? name : path + "." + name;
          Optional<ListType> type = kind.listType(below);
          if (value instanceof ObjectNode part && type.isEmpty()) {
            merge(JsonTree.child(live, name), part, below);
          } else if (value instanceof ArrayNode list && type.isPresent()) {
            ArrayNode present =
                live.path(name) instanceof ArrayNode there ? there : live.putArray(name);
            mergeElements(present, list, type.get(), below);
          } else {
            live.set(name, value.deepCopy());
          }
        });
  }

  private void mergeElements(ArrayNode live, ArrayNode applied, ListType type, String path) {
    for (JsonNode element : applied) {
      int at = indexOf(live, path, FieldSet.elementStep(type, element));
      if (at < 0) {
        live.add(element.deepCopy());
      } else if (live.path(at) instanceof ObjectNode present
          && element instanceof ObjectNode part) {
        merge(present, part, path + "[]");
      }
    }
  }
}
