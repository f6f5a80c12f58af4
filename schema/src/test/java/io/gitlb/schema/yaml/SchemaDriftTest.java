// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The schemas have the fields that the reader has, in every kind, apiVersion and level, each of
/// the same type, range and need.
class SchemaDriftTest {

  static List<JsonSchema> schemas() {
    return JsonSchema.all();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void fieldsAreThoseOfTheReader(JsonSchema id) {
    SortedMap<String, String> reader = ReaderShape.of(id, path -> SchemaShape.fields(id, path));
    SortedMap<String, String> schema = SchemaShape.of(id);
    assertTrue(reader.size() > 15, "the reader was asked");
    SortedSet<String> differences = new TreeSet<>();
    SortedSet<String> paths = new TreeSet<>(reader.keySet());
    paths.addAll(schema.keySet());
    for (String path : paths) {
      String wanted = reader.getOrDefault(path, "no such field");
      String said = schema.getOrDefault(path, "no such field");
      if (!wanted.equals(said)) {
        differences.add("%s: reader: %s; schema: %s".formatted(path, wanted, said));
      }
    }
    assertEquals("", String.join("\n", differences));
  }
}
