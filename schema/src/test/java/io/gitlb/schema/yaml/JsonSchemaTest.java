// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.gitlb.schema.model.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The published schemas as files: complete, of the draft that editors know, and one with another.
/// What they say is held to the reader by [SchemaDriftTest] and [SchemaRandomTest].
class JsonSchemaTest {

  private static final String DRAFT_7 = "http://json-schema.org/draft-07/schema#";

  /// Writes the files anew instead of comparing them: `-Dgitlb.schemas.write=true`.
  private static final boolean WRITE = Boolean.getBoolean("gitlb.schemas.write");

  private static final Path EXAMPLES = Path.of("..", "examples-repo").toAbsolutePath().normalize();

  @Test
  void everyKindAndApiVersionHasItsFileAndThereIsNoOther() {
    Stream<String> expected =
        Stream.concat(
            Stream.of(JsonSchema.BUNDLE), JsonSchema.all().stream().map(JsonSchema::file));
    assertEquals(expected.sorted().toList(), SchemaFiles.names());
  }

  @Test
  void theFileOfAKindIsCutOutOfTheBundle() {
    for (JsonSchema id : JsonSchema.all()) {
      String expected = SchemaFiles.cutOut(id);
      if (WRITE) {
        SchemaFiles.write(id.file(), expected);
      }
      assertTrue(
          expected.equals(SchemaFiles.text(id.file())),
          () -> "json/" + id.file() + " is old; write it anew with -Dgitlb.schemas.write=true");
    }
  }

  @Test
  void theJarHasTheFiles() {
    assertEquals(SchemaFiles.text(JsonSchema.BUNDLE), JsonSchema.bundle());
    JsonSchema.all().forEach(id -> assertEquals(SchemaFiles.text(id.file()), id.text()));
  }

  @Test
  void everyFileIsDraft7AndNeedsNoOtherOne() {
    var draft7 =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(SchemaLocation.of(DRAFT_7));
    for (String name : SchemaFiles.names()) {
      JsonNode schema = SchemaFiles.JSON.readTree(SchemaFiles.text(name));
      assertEquals(DRAFT_7, schema.get("$schema").asString(), name);
      assertEquals(List.of(), draft7.validate(schema), name);
      JsonNode definitions = schema.path("definitions");
      SchemaFiles.references(
          schema,
          reference ->
              assertTrue(
                  reference.startsWith("#/definitions/")
                      && definitions.has(reference.substring("#/definitions/".length())),
                  () -> name + " refers to " + reference));
    }
  }

  @Test
  void theBundleListsAndPicksEveryKindInEveryApiVersion() {
    JsonNode bundle = SchemaFiles.bundle();
    assertEquals(
        sorted(JsonSchema.all().stream().map(JsonSchema::kind)),
        strings(bundle.at("/properties/kind/enum")));
    assertEquals(
        sorted(JsonSchema.all().stream().map(JsonSchema::apiVersion)),
        strings(bundle.at("/properties/apiVersion/enum")));
    SortedSet<String> picked = new TreeSet<>();
    for (JsonNode branch : bundle.get("allOf")) {
      JsonNode header = branch.at("/if/properties");
      String version = header.at("/apiVersion/const").asString();
      if (header.has("kind")) {
        picked.add(header.at("/kind/const").asString() + " " + version);
      } else {
        assertEquals(
            sorted(
                JsonSchema.all().stream()
                    .filter(id -> id.apiVersion().equals(version))
                    .map(JsonSchema::kind)),
            strings(branch.at("/then/properties/kind/enum")),
            version);
      }
    }
    assertEquals(
        sorted(JsonSchema.all().stream().map(id -> id.kind() + " " + id.apiVersion())), picked);
  }

  private static SortedSet<String> sorted(Stream<String> texts) {
    return new TreeSet<>(texts.toList());
  }

  private static SortedSet<String> strings(JsonNode array) {
    SortedSet<String> texts = new TreeSet<>();
    array.forEach(item -> texts.add(item.asString()));
    return texts;
  }

  /// It is what an editor shows when the pointer rests on a field.
  @Test
  void everyFieldIsDescribed() {
    List<String> silent = new ArrayList<>();
    SchemaFiles.bundle()
        .get("definitions")
        .properties()
        .forEach(entry -> undescribed(entry.getKey(), entry.getValue(), silent));
    assertEquals(List.of(), silent);
  }

  private static void undescribed(String path, JsonNode node, List<String> silent) {
    for (var field : node.path("properties").properties()) {
      JsonNode found = SchemaFiles.resolve(field.getValue());
      if (found.path("description").asString("").isBlank()) {
        silent.add(path + "." + field.getKey());
      }
      undescribed(path + "." + field.getKey(), field.getValue(), silent);
    }
    JsonNode items = node.path("items");
    if (!items.isMissingNode()) {
      undescribed(path + "[]", items, silent);
    }
  }

  @Test
  void theExamplesFitAndNameTheSchemaThatTheyFit() {
    List<ConfigFile> files = new ArrayList<>(ExampleFiles.ofDemoCluster());
    files.addAll(ExampleFiles.toCopyFrom());
    for (ConfigFile file : files) {
      String root = file.path().startsWith("clusters/") ? "../../" : "../";
      String modeline = "# yaml-language-server: $schema=" + root + ".schemas/" + JsonSchema.BUNDLE;
      SchemaVerdict.documents(file)
          .forEach(document -> assertEquals(List.of(), SchemaVerdict.of(document), file.path()));
      // The YAML language server takes the comment for the document that it stands in, not the
      // file.
      for (String document : file.text().split("(?m)^---$")) {
        boolean comment = document.lines().allMatch(line -> line.isBlank() || line.startsWith("#"));
        assertTrue(comment || document.contains("\n" + modeline + "\n"), file.path());
      }
    }
  }

  /// A fork of the examples has only what is in their folder.
  @Test
  void theCopyBesideTheExamplesIsTheBundle() {
    Path copy = EXAMPLES.resolve(".schemas").resolve(JsonSchema.BUNDLE);
    if (WRITE) {
      SchemaFiles.write(copy.toString(), SchemaFiles.text(JsonSchema.BUNDLE));
    }
    assertTrue(
        SchemaFiles.text(JsonSchema.BUNDLE).equals(SchemaFiles.read(copy)),
        "examples-repo/.schemas is old; write it anew with -Dgitlb.schemas.write=true");
  }

  @Test
  void pathsAreThoseOfCollectionsOfSchemas() {
    assertEquals(
        Set.of(
            "metallb.io/bgppeer_v1beta1.json",
            "metallb.io/bgppeer_v1beta2.json",
            "gitlb.io/bgppeer_v1.json"),
        Set.copyOf(
            JsonSchema.all().stream()
                .filter(id -> id.kind().equals("BGPPeer"))
                .map(JsonSchema::file)
                .toList()));
  }
}
