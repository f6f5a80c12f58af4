// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// On documents by chance the schemas and the reader agree, as [SchemaAgreement] says.
class SchemaRandomTest {

  private static final int DOCUMENTS_A_ROUND = 800;

  static List<JsonSchema> schemas() {
    return JsonSchema.all();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void schemaAndReaderAgreeOnAnyDocument(JsonSchema id) {
    int rounds = Integer.getInteger("gitlb.random.rounds", 1);
    SortedSet<String> accepted = new TreeSet<>();
    int refused = 0;
    for (int i = 0; i < DOCUMENTS_A_ROUND * rounds; i++) {
      long seed = 5_003L * i + 17;
      Random random = new Random(seed);
      double wrong = List.of(0.0, 0.0, 0.05, 0.3).get(i % 4);
      ObjectNode document = new RandomDocuments(random, wrong).next(id);
      try {
        SchemaAgreement.check(document);
      } catch (AssertionError e) {
        fail("seed " + seed + ": " + e.getMessage(), e);
      }
      if (SchemaAgreement.problems(document).isEmpty()) {
        collect("", document, accepted);
      } else {
        refused++;
      }
    }
    assertTrue(refused > DOCUMENTS_A_ROUND / 8, "wrong documents were tried: " + refused);
    SortedSet<String> never = everyField(id);
    never.removeAll(accepted);
    assertEquals(Set.of(), never, "fields that were in no document that the reader took");
  }

  /// Paths of all fields that are there with something in them.
  private static void collect(String path, JsonNode node, SortedSet<String> paths) {
    for (var field : node.properties()) {
      if (!field.getValue().isNull()) {
        paths.add(path + field.getKey());
        collect(path + field.getKey() + ".", field.getValue(), paths);
      }
    }
    node.values().stream().filter(_ -> node.isArray()).forEach(item -> collect(path, item, paths));
  }

  private static SortedSet<String> everyField(JsonSchema id) {
    SortedSet<String> fields = new TreeSet<>(List.of("apiVersion", "kind"));
    SchemaShape.of(id)
        .forEach(
            (path, shape) -> {
              String field = path.replace(".[]", "");
              if (!field.isEmpty()) {
                fields.add(field);
              }
              if (shape.endsWith(": labels")) {
                fields.add(field + ".example.org/tier");
              }
            });
    return fields;
  }
}
