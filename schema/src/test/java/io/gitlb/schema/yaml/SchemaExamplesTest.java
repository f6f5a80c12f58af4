// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the schemas suggest is right: an example is taken by the reader, a default is what the
/// reader does without the field.
class SchemaExamplesTest {

  /// To the reader a field that is null.
  private static final JsonNode ABSENT = SchemaFiles.JSON.getNodeFactory().nullNode();

  static List<JsonSchema> schemas() {
    return JsonSchema.all();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void defaultsAreThoseOfTheReader(JsonSchema id) {
    int defaults = 0;
    for (String path : SchemaShape.of(id).keySet()) {
      JsonNode schema = at(id, path);
      if (schema.has("default") && !path.contains("[]")) {
        assertEquals(
            read(with(id, path, ABSENT)), read(with(id, path, schema.get("default"))), path);
        defaults++;
      }
      boolean open =
          List.of(
                  "spec.quota",
                  "spec.peerASN",
                  "spec.localASN",
                  "spec.ttlSecurity",
                  "spec.maxPoolAddresses")
              .contains(path);
      String type = schema.path("type").toString();
      if (type.contains("boolean")
          || (type.contains("integer") && type.contains("null") && !open)) {
        assertTrue(schema.has("default"), () -> path + " does not say what holds without it");
      }
    }
    assertTrue(defaults > 0 || !id.kind().startsWith("B"), "defaults were tried");
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void examplesAreTakenByTheReader(JsonSchema id) {
    for (String path : SchemaShape.of(id).keySet()) {
      if (!path.contains("[]")) {
        JsonNode schema = at(id, path);
        schema.path("examples").forEach(example -> read(with(id, path, example)));
        schema
            .path("items")
            .path("examples")
            .forEach(
                example -> read(with(id, path, SchemaFiles.JSON.createArrayNode().add(example))));
      }
    }
  }

  /// The definitions of a document that must be right by itself.
  private static Definitions read(ObjectNode document) {
    Reading reading = new Reading();
    assertEquals(
        List.of(),
        reading.read(new ConfigFile("a.json", document.toString())).stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .toList(),
        document::toString);
    return reading.definitions();
  }

  /// The smallest document of that kind, with this value at this path.
  private static ObjectNode with(JsonSchema id, String path, JsonNode value) {
    ObjectNode document = (ObjectNode) smallest(SchemaFiles.document(id));
    ObjectNode at = document;
    JsonNode schema = SchemaFiles.document(id);
    List<String> steps = new ArrayList<>(List.of(path.split("\\.")));
    String last = steps.removeLast();
    for (String step : steps) {
      schema = SchemaFiles.resolve(schema.get("properties").get(step));
      if (!at.has(step)) {
        at.set(step, smallest(schema));
      }
      at = (ObjectNode) at.get(step);
    }
    at.set(last, value);
    for (JsonNode condition : SchemaConditions.of(schema)) {
      if (!SchemaConditions.holds(condition.get("if"), at)) {
        // The field stands for those that were put there because it was not.
        at.remove(SchemaConditions.asked(condition.get("then")));
      }
    }
    return document;
  }

  /// The smallest right value; of a mapping, with what it must have.
  static JsonNode smallest(JsonNode unresolved) {
    JsonNode schema = SchemaFiles.resolve(unresolved);
    for (String right : List.of("const", "default", "minimum")) {
      if (schema.has(right)) {
        return schema.get(right);
      }
    }
    if (schema.has("examples")) {
      return schema.get("examples").get(0);
    }
    if (schema.has("items")) {
      return SchemaFiles.JSON.createArrayNode().add(smallest(schema.get("items")));
    }
    ObjectNode object = SchemaFiles.JSON.createObjectNode();
    SortedSet<String> needed = SchemaConditions.required(schema);
    needed.addAll(SchemaConditions.oneOf(schema));
    needed.forEach(name -> object.set(name, smallest(schema.get("properties").get(name))));
    return object;
  }

  private static JsonNode at(JsonSchema id, String path) {
    JsonNode node = SchemaFiles.document(id);
    for (String step : path.isEmpty() ? List.<String>of() : List.of(path.split("\\."))) {
      node =
          SchemaFiles.resolve(
              step.equals("[]") ? node.get("items") : node.get("properties").get(step));
    }
    return node;
  }
}
