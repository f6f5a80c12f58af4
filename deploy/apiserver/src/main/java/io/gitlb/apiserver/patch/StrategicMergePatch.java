// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ListType;
import io.gitlb.apiserver.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Strategic merge patch: a merge patch whose lists are merged by the keys that the kind's table
/// line names, with the directives `$patch`, `$retainKeys`, `$setElementOrder/…` and
/// `$deleteFromPrimitiveList/…`.
public final class StrategicMergePatch {
  private static final String DIRECTIVE = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String ORDER = "$setElementOrder/";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

  private final ResourceKind kind;

  private StrategicMergePatch(ResourceKind kind) {
    this.kind = kind;
  }

  /// The target with the patch merged into it; the target itself is left alone.
  public static ObjectNode apply(ResourceKind kind, ObjectNode target, ObjectNode patch) {
    return new StrategicMergePatch(kind).mergeObject(target.deepCopy(), patch, "");
  }

  private ObjectNode mergeObject(ObjectNode target, ObjectNode patch, String path) {
    String directive = JsonTree.text(patch, DIRECTIVE);
    if (directive.equals("delete")) {
      return JsonTree.object();
    }
    if (directive.equals("replace")) {
      ObjectNode replacement = patch.deepCopy();
      replacement.remove(DIRECTIVE);
      return replacement;
    }
    if (patch.path(RETAIN) instanceof ArrayNode retained) {
      List<String> keep = JsonTree.texts(retained);
      List<String> present = List.copyOf(target.propertyNames());
      present.stream().filter(name -> !keep.contains(name)).forEach(target::remove);
    }
    patch.forEachEntry(
        (name, value) -> {
          if (!name.startsWith("$")) {
            mergeField(target, name, value, path.isEmpty() ? name : path + "." + name);
          } else if (name.startsWith(DELETE_FROM)) {
            deleteValues(target, name.substring(DELETE_FROM.length()), value);
          }
        });
    patch.forEachEntry(
        (name, value) -> {
          if (name.startsWith(ORDER)) {
            order(target, name.substring(ORDER.length()), value, path);
          }
        });
    return target;
  }

  private void mergeField(ObjectNode target, String name, JsonNode value, String path) {
    switch (value) {
      case ObjectNode part -> {
        ObjectNode base =
            target.path(name) instanceof ObjectNode present ? present : JsonTree.object();
        boolean deleted = JsonTree.text(part, DIRECTIVE).equals("delete");
        if (deleted) {
          target.remove(name);
        } else {
          target.set(name, mergeObject(base, part, path));
        }
      }
      case ArrayNode list -> {
        ArrayNode base =
            target.path(name) instanceof ArrayNode present ? present : JsonTree.array();
        target.set(name, mergeList(base, list, path));
      }
      case JsonNode other when other.isNull() -> target.remove(name);
      default -> target.set(name, value.deepCopy());
    }
  }

  private ArrayNode mergeList(ArrayNode present, ArrayNode patch, String path) {
    Optional<ListType> type = kind.listType(path);
    if (type.isEmpty()) {
      return patch.deepCopy();
    }
    return switch (type.get()) {
      case ListType.Keyed keyed -> mergeKeyed(present, patch, keyed.patchKey(), path);
      case ListType.SetOfValues _ -> union(present, patch);
      case ListType.AtomicMap _ -> patch.deepCopy();
    };
  }

  private ArrayNode mergeKeyed(ArrayNode present, ArrayNode patch, String key, String path) {
    List<JsonNode> result = new ArrayList<>();
    boolean replaceAll = false;
    for (JsonNode element : patch) {
      replaceAll |= JsonTree.text(element, DIRECTIVE).equals("replace") && !element.has(key);
    }
    if (!replaceAll) {
      present.forEach(result::add);
    }
    for (JsonNode element : patch) {
      if (element instanceof ObjectNode part && part.has(key)) {
        mergeElement(result, part, key, path);
      }
    }
    ArrayNode merged = JsonTree.array();
    result.forEach(merged::add);
    return merged;
  }

  private void mergeElement(List<JsonNode> result, ObjectNode part, String key, String path) {
    int at = -1;
    for (int i = 0; i < result.size() && at < 0; i++) {
      if (result.get(i).path(key).equals(part.path(key))) {
        at = i;
      }
    }
    if (JsonTree.text(part, DIRECTIVE).equals("delete")) {
      if (at >= 0) {
        result.remove(at);
      }
    } else if (at >= 0 && result.get(at) instanceof ObjectNode present) {
      result.set(at, mergeObject(present.deepCopy(), part, path));
    } else {
      result.add(mergeObject(JsonTree.object(), part, path));
    }
  }

  private static ArrayNode union(ArrayNode present, ArrayNode more) {
    ArrayNode result = present.deepCopy();
    for (JsonNode value : more) {
      boolean there = false;
      for (JsonNode old : result) {
        there |= old.equals(value);
      }
      if (!there) {
        result.add(value);
      }
    }
    return result;
  }

  private static void deleteValues(ObjectNode target, String name, JsonNode values) {
    if (target.path(name) instanceof ArrayNode list) {
      for (JsonNode value : values) {
        list.removeIf(value::equals);
      }
    }
  }

  /// Elements in the order that the client saw; those that it did not know come last.
  private void order(ObjectNode target, String name, JsonNode wanted, String path) {
    if (!(target.path(name) instanceof ArrayNode list)) {
      return;
    }
    String full = path.isEmpty() ? name : path + "." + name;
    Optional<ListType> type = kind.listType(full);
    List<JsonNode> rest = new ArrayList<>();
    list.forEach(rest::add);
    ArrayNode ordered = JsonTree.array();
    for (JsonNode next : wanted) {
      for (int i = 0; i < rest.size(); i++) {
        if (isSame(type, rest.get(i), next)) {
          ordered.add(rest.remove(i));
          break;
        }
      }
    }
    rest.forEach(ordered::add);
    target.set(name, ordered);
  }

  private static boolean isSame(Optional<ListType> type, JsonNode element, JsonNode wanted) {
    return (type.isPresent() && type.get() instanceof ListType.Keyed keyed)
        ? element.path(keyed.patchKey()).equals(wanted.path(keyed.patchKey()))
        : element.equals(wanted);
  }
}
