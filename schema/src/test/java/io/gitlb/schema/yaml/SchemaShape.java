// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Which fields a schema has, in the words of [ReaderShape].
final class SchemaShape {

  /// What the reader takes in a field that must stay empty.
  private static final JsonNode NOTHING = SchemaFiles.JSON.readTree("[\"\", null, false, [], {}]");

  private final SortedMap<String, String> found = new TreeMap<>();

  private SchemaShape() {}

  /// Path of a field, with `[]` for the items of a list → what may stand there.
  static SortedMap<String, String> of(JsonSchema id) {
    SchemaShape shape = new SchemaShape();
    shape.look("", SchemaFiles.document(id), "required");
    return shape.found;
  }

  /// The fields of the mapping at a path; empty when there is none.
  static SortedSet<String> fields(JsonSchema id, String path) {
    JsonNode node = SchemaFiles.document(id);
    for (String step : path.isEmpty() ? List.<String>of() : List.of(path.split("\\."))) {
      node = step.equals("[]") ? node.path("items") : node.path("properties").path(step);
      node = SchemaFiles.resolve(node);
    }
    SortedSet<String> names = new TreeSet<>();
    node.path("properties").properties().forEach(field -> names.add(field.getKey()));
    return names;
  }

  private void look(String path, JsonNode unresolved, String need) {
    JsonNode node = SchemaFiles.resolve(unresolved);
    found.put(path, need + ": " + shape(node));
    String prefix = path.isEmpty() ? "" : path + ".";
    SortedSet<String> required = SchemaConditions.required(node);
    for (var field : node.path("properties").properties()) {
      String name = field.getKey();
      if (path.isEmpty() && (name.equals("apiVersion") || name.equals("kind"))) {
        continue;
      }
      JsonNode value = SchemaConditions.narrowed(node, name, field.getValue());
      look(prefix + name, value, need(value, required.remove(name)));
    }
    if (path.isEmpty()) {
      required.removeAll(List.of("apiVersion", "kind"));
    }
    if (!required.isEmpty()) {
      throw new AssertionError(path + " requires fields that it does not have: " + required);
    }
    if (node.has("items")) {
      look(prefix + "[]", node.get("items"), nullable(node.get("items")) ? "item or null" : "item");
    }
  }

  /// To the reader a field that is null is absent.
  private static String need(JsonNode field, boolean required) {
    boolean nullable = nullable(field);
    return required
        ? (nullable ? "required or null" : "required")
        : nullable ? "optional" : "not null";
  }

  private static boolean nullable(JsonNode unresolved) {
    JsonNode node = SchemaFiles.resolve(unresolved);
    return types(node).contains("null") || Set.of("anything", "nothing").contains(shape(node));
  }

  private static SortedSet<String> types(JsonNode node) {
    SortedSet<String> types = new TreeSet<>();
    JsonNode type = node.path("type");
    type.forEach(each -> types.add(each.asString()));
    if (type.isString()) {
      types.add(type.asString());
    }
    return types;
  }

  private static String shape(JsonNode node) {
    SortedSet<String> types = types(node);
    types.remove("null");
    if (node.path("enum").equals(NOTHING)) {
      return "nothing";
    }
    if (types.isEmpty()) {
      return node.propertyNames().stream().allMatch("description"::equals) ? "anything" : "unclear";
    }
    return switch (String.join(",", types)) {
      case "boolean" -> "true or false";
      case "integer" ->
          "a whole number from %s to %s".formatted(node.get("minimum"), node.get("maximum"));
      case "string" -> text(node);
      case "array" -> list(node);
      case "object" -> mapping(node);
      default -> "unclear";
    };
  }

  private static String text(JsonNode node) {
    SortedSet<String> choices = new TreeSet<>();
    node.path("enum").forEach(choice -> choices.add(choice.asString("")));
    choices.remove("");
    return choices.isEmpty() ? "text" : "one of " + String.join(" ", choices);
  }

  private static String list(JsonNode node) {
    if (!node.path("uniqueItems").asBoolean(false)) {
      return "list that may repeat itself";
    }
    return node.path("minItems").asInt(0) == 1 ? "list with an item" : "list";
  }

  private static String mapping(JsonNode node) {
    if (node.path("additionalProperties").isObject()) {
      return "labels";
    }
    return node.path("additionalProperties").asBoolean(true) ? "open mapping" : "mapping";
  }
}
