// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The folder `json`: the bundle, which people write, and one file a kind and apiVersion that is
/// cut out of it.
final class SchemaFiles {

  static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Surefire starts in the module's directory.
  private static final Path FOLDER = Path.of("json").toAbsolutePath();

  private static final String LOCAL = "#/definitions/";

  private static final JsonNode BUNDLE = JSON.readTree(read(FOLDER.resolve(JsonSchema.BUNDLE)));

  private SchemaFiles() {}

  static JsonNode bundle() {
    return BUNDLE;
  }

  /// One definition of the bundle, with what refers to another one replaced by that one.
  static JsonNode resolve(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null ? node : resolve(definition(reference.asString()));
  }

  /// The definition of a whole document.
  static JsonNode document(JsonSchema id) {
    return definition(LOCAL + name(id));
  }

  private static String name(JsonSchema id) {
    return id.kind() + "." + id.apiVersion().replace(".io/", ".");
  }

  private static JsonNode definition(String reference) {
    if (!reference.startsWith(LOCAL)) {
      throw new AssertionError("not a reference within the file: " + reference);
    }
    JsonNode found = BUNDLE.get("definitions").get(reference.substring(LOCAL.length()));
    if (found == null) {
      throw new AssertionError("no definition for " + reference);
    }
    return found;
  }

  /// What the file of one kind and apiVersion shall hold: its definition and those that it needs.
  static String cutOut(JsonSchema id) {
    ObjectNode file = JSON.createObjectNode();
    file.set("$schema", BUNDLE.get("$schema"));
    file.put("$comment", "SPDX-License-Identifier: Apache-2.0. Cut out of " + JsonSchema.BUNDLE);
    document(id).properties().forEach(entry -> file.set(entry.getKey(), entry.getValue()));
    SortedMap<String, JsonNode> needed = new TreeMap<>();
    collect(document(id), needed);
    ObjectNode definitions = file.putObject("definitions");
    needed.forEach(definitions::set);
    return JSON.writeValueAsString(file).replace(System.lineSeparator(), "\n") + "\n";
  }

  private static void collect(JsonNode node, SortedMap<String, JsonNode> needed) {
    references(
        node,
        reference -> {
          JsonNode definition = definition(reference);
          if (needed.put(reference.substring(LOCAL.length()), definition) == null) {
            collect(definition, needed);
          }
        });
  }

  /// Every `$ref` in a schema.
  static void references(JsonNode node, Consumer<String> seen) {
    node.properties()
        .forEach(
            entry -> {
              if (entry.getKey().equals("$ref")) {
                seen.accept(entry.getValue().asString());
              }
            });
    node.forEach(child -> references(child, seen));
  }

  /// Names of all files below the folder.
  static List<String> names() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The text of a file below the folder; empty when it is missing.
  static String text(String name) {
    Path file = FOLDER.resolve(name);
    return Files.exists(file) ? read(file) : "";
  }

  static void write(String name, String text) {
    try {
      Files.createDirectories(FOLDER.resolve(name).getParent());
      Files.writeString(FOLDER.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
