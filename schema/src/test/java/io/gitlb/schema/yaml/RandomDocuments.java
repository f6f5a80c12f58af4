// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Documents by chance, along a schema: most values are right ones (the schema's examples, limits
/// and defaults), some are what people get wrong.
final class RandomDocuments {

  private static final JsonNodeFactory NODES = SchemaFiles.JSON.getNodeFactory();

  /// Right somewhere, wrong elsewhere.
  private static final List<String> WORDS =
      List.of(
          "",
          " ",
          "x",
          "lan",
          "Lan",
          "a/b",
          "192.0.2.1",
          "192.0.2.300",
          "2001:db8::1",
          "::ffff:192.0.2.1",
          "192.0.2.0/24",
          "192.0.2.0/33",
          "192.0.2.9 - 192.0.2.10",
          "192.0.2.10-192.0.2.9",
          "64512:1",
          "64512:70000",
          "large:1:2:3",
          "no-export",
          "0",
          "0s",
          "1.5h",
          "90",
          "721h",
          "-1s",
          "true",
          "null",
          "In",
          "in",
          "a very long text that goes on and on until it is longer than anybody would want it to be");

  private final Random random;
  private final double wrong;

  /// @param wrong how many of the values are wrong on purpose, from 0 to 1
  RandomDocuments(Random random, double wrong) {
    this.random = random;
    this.wrong = wrong;
  }

  /// A document of that kind.
  ObjectNode next(JsonSchema id) {
    return (ObjectNode) rightObject(SchemaFiles.document(id));
  }

  private JsonNode value(JsonNode unresolved) {
    JsonNode schema = SchemaFiles.resolve(unresolved);
    return random.nextDouble() < wrong ? wrongValue(schema) : right(schema);
  }

  private JsonNode right(JsonNode schema) {
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    List<String> types = types(schema);
    return switch (types.isEmpty() ? "" : types.get(random.nextInt(types.size()))) {
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "integer" -> rightNumber(schema);
      case "string" -> rightText(schema);
      case "array" -> rightList(schema);
      case "object" -> rightObject(schema);
      case "null" -> NODES.nullNode();
      default -> NODES.stringNode("whatever");
    };
  }

  /// Null now and then, where it is allowed.
  private List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    if (type.isString()) {
      return List.of(type.asString());
    }
    return type.isArray()
        ? List.of(random.nextInt(8) == 0 ? type.get(1).asString() : type.get(0).asString())
        : List.of();
  }

  private JsonNode rightNumber(JsonNode schema) {
    long least = schema.get("minimum").asLong();
    long most = schema.get("maximum").asLong();
    return NODES.numberNode(
        switch (random.nextInt(4)) {
          case 0 -> least;
          case 1 -> most;
          case 2 -> least + (long) (random.nextDouble() * (most - least));
          default -> Math.min(most, least + random.nextInt(3));
        });
  }

  private JsonNode rightText(JsonNode schema) {
    List<JsonNode> choices = new ArrayList<>();
    schema.path("examples").forEach(choices::add);
    if (schema.has("default")) {
      choices.add(schema.get("default"));
    }
    return choices.isEmpty() ? NODES.stringNode("") : choices.get(random.nextInt(choices.size()));
  }

  private JsonNode rightList(JsonNode schema) {
    ArrayNode list = SchemaFiles.JSON.createArrayNode();
    int least = schema.path("minItems").asInt(0);
    int size = least + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      JsonNode item = value(schema.get("items"));
      boolean repeats = list.valueStream().anyMatch(item::equals);
      if (!repeats || random.nextDouble() < wrong) {
        list.add(item);
      }
    }
    return list;
  }

  private JsonNode rightObject(JsonNode schema) {
    ObjectNode object = SchemaFiles.JSON.createObjectNode();
    SortedSet<String> required = new TreeSet<>();
    schema.path("required").forEach(name -> required.add(name.asString()));
    for (var field : schema.path("properties").properties()) {
      boolean there =
          required.contains(field.getKey())
              ? random.nextDouble() >= wrong / 2
              : random.nextInt(3) == 0;
      if (there) {
        object.set(field.getKey(), value(field.getValue()));
      }
    }
    if (schema.path("additionalProperties").isObject()) {
      object.set("example.org/tier", value(schema.get("additionalProperties")));
    } else if (random.nextDouble() < wrong / 4) {
      object.set(random.nextBoolean() ? "adresses" : "x", NODES.stringNode("x"));
    }
    if (random.nextDouble() >= wrong) {
      SchemaConditions.of(schema).forEach(condition -> agree(object, schema, condition));
    }
    return object;
  }

  /// Mostly: what a condition asks for is there, and what belongs to its other case is not.
  private void agree(ObjectNode object, JsonNode schema, JsonNode condition) {
    boolean holds = SchemaConditions.holds(condition.get("if"), object);
    JsonNode wanted = condition.get("then");
    List<JsonNode> choices = new ArrayList<>();
    wanted.path("anyOf").forEach(choices::add);
    List<JsonNode> cases = new ArrayList<>(List.of(wanted));
    if (holds && !choices.isEmpty()) {
      cases.add(choices.get(random.nextInt(choices.size())));
    } else {
      cases.addAll(choices);
    }
    for (JsonNode one : cases) {
      for (JsonNode required : one.path("required")) {
        String name = required.asString();
        object.remove(name);
        if (holds) {
          object.set(name, SchemaExamplesTest.smallest(schema.get("properties").get(name)));
        }
      }
    }
  }

  private JsonNode wrongValue(JsonNode schema) {
    return switch (random.nextInt(6)) {
      case 0 -> NODES.stringNode(WORDS.get(random.nextInt(WORDS.size())));
      case 1 -> NODES.numberNode(outside(schema));
      case 2 -> NODES.booleanNode(random.nextBoolean());
      case 3 -> SchemaFiles.JSON.createArrayNode().add(right(schema));
      case 4 -> SchemaFiles.JSON.createObjectNode().put("x", 1);
      default -> NODES.nullNode();
    };
  }

  private long outside(JsonNode schema) {
    return random.nextBoolean()
        ? schema.path("minimum").asLong(0) - 1
        : schema.path("maximum").asLong(1L << 40) + 1;
  }
}
