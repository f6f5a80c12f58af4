// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The conditions of our schemas: `if`, `then`, `else`, alone or in an `allOf`. They say which
/// field stands for another one.
final class SchemaConditions {

  private SchemaConditions() {}

  /// Every condition of a mapping.
  static List<JsonNode> of(JsonNode schema) {
    List<JsonNode> conditions = new ArrayList<>();
    schema.path("allOf").forEach(conditions::add);
    if (schema.has("if")) {
      conditions.add(schema);
    }
    return conditions;
  }

  /// Whether an `if` holds: it asks for fields that are there, or are among a few values, or null;
  /// or that there is one at all.
  static boolean holds(JsonNode asked, JsonNode object) {
    boolean there =
        asked.path("required").valueStream().allMatch(name -> object.has(name.asString()));
    boolean right =
        asked.path("properties").properties().stream()
            .allMatch(
                field ->
                    !object.has(field.getKey())
                        || isOneOf(field.getValue(), object.get(field.getKey())));
    return there && right && object.size() >= asked.path("minProperties").asInt(0);
  }

  private static boolean isOneOf(JsonNode allowed, JsonNode value) {
    return allowed.has("enum")
        ? allowed.get("enum").valueStream().anyMatch(value::equals)
        : allowed.path("type").asString("").equals("null") && value.isNull();
  }

  /// The fields that a mapping must have in which none of the others is.
  static SortedSet<String> required(JsonNode schema) {
    SortedSet<String> required = new TreeSet<>();
    schema.path("required").forEach(name -> required.add(name.asString()));
    for (JsonNode condition : bare(schema)) {
      condition.at("/then/required").forEach(name -> required.add(name.asString()));
    }
    return required;
  }

  /// One field more in such a mapping, where one of several will do.
  static List<String> oneOf(JsonNode schema) {
    return bare(schema).stream()
        .flatMap(condition -> condition.at("/then/anyOf/0/required").valueStream())
        .map(JsonNode::asString)
        .toList();
  }

  /// Every field that a `then` asks for.
  static List<String> asked(JsonNode then) {
    List<String> names = new ArrayList<>();
    then.path("required").forEach(name -> names.add(name.asString()));
    then.path("anyOf").forEach(choice -> names.addAll(asked(choice)));
    return names;
  }

  /// What must stand in a field of such a mapping.
  static JsonNode narrowed(JsonNode schema, String name, JsonNode field) {
    for (JsonNode condition : bare(schema)) {
      JsonNode type = condition.at("/then/properties").path(name).path("type");
      if (!type.isMissingNode()) {
        return ((ObjectNode) SchemaFiles.resolve(field).deepCopy()).set("type", type);
      }
    }
    return field;
  }

  private static List<JsonNode> bare(JsonNode schema) {
    JsonNode nothing = SchemaFiles.JSON.createObjectNode().put("x", 1);
    return of(schema).stream()
        .filter(condition -> condition.has("if") && holds(condition.get("if"), nothing))
        .toList();
  }
}
