// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.gitlb.schema.model.ConfigFile;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the published schemas say of a document, by a validator that is not ours.
final class SchemaVerdict {

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

  private static final Schema BUNDLE = REGISTRY.getSchema(SchemaFiles.bundle());

  // kind and apiVersion → the schema of its file (1:1)
  private static final Map<String, Schema> ALONE = alone();

  private SchemaVerdict() {}

  private static Map<String, Schema> alone() {
    Map<String, Schema> schemas = new TreeMap<>();
    for (JsonSchema id : JsonSchema.all()) {
      String text = SchemaFiles.text(id.file());
      if (!text.isEmpty()) {
        schemas.put(
            id.kind() + " " + id.apiVersion(), REGISTRY.getSchema(SchemaFiles.JSON.readTree(text)));
      }
    }
    return schemas;
  }

  /// Why a document does not fit; empty when it does. The bundle and the kind's own file agree.
  static List<String> of(JsonNode document) {
    List<String> bundle = errors(BUNDLE, document);
    Schema own =
        ALONE.get(
            document.path("kind").asString("") + " " + document.path("apiVersion").asString(""));
    if (own != null) {
      assertEquals(
          bundle.isEmpty(),
          errors(own, document).isEmpty(),
          () -> "bundle and own file differ on " + document + ": " + bundle);
    }
    return bundle;
  }

  private static List<String> errors(Schema schema, JsonNode document) {
    return schema.validate(document).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  /// Every document of a file as the schemas see it.
  static List<JsonNode> documents(ConfigFile file) {
    List<JsonNode> documents = new ArrayList<>();
    YamlDocuments.read(file).documents().forEach(tree -> documents.add(json(tree)));
    return documents;
  }

  private static JsonNode json(YamlTree tree) {
    return switch (tree) {
      case YamlTree.Scalar scalar -> json(scalar);
      case YamlTree.Sequence sequence -> {
        ArrayNode array = SchemaFiles.JSON.createArrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case YamlTree.Mapping mapping -> {
        ObjectNode object = SchemaFiles.JSON.createObjectNode();
        mapping.entries().values().forEach(entry -> object.set(entry.key(), json(entry.value())));
        yield object;
      }
    };
  }

  private static JsonNode json(YamlTree.Scalar scalar) {
    var nodes = SchemaFiles.JSON.getNodeFactory();
    return switch (scalar.kind()) {
      case TEXT -> nodes.stringNode(scalar.text());
      case WHOLE_NUMBER -> nodes.numberNode(new java.math.BigInteger(scalar.text()));
      case DECIMAL_NUMBER -> decimal(scalar.text());
      case TRUTH_VALUE -> nodes.booleanNode(scalar.text().equals("true"));
      case NULL -> nodes.nullNode();
    };
  }

  /// YAML also has infinities and "not a number", which no schema of ours takes either.
  private static JsonNode decimal(String text) {
    var nodes = SchemaFiles.JSON.getNodeFactory();
    try {
      return nodes.numberNode(new BigDecimal(text));
    } catch (NumberFormatException _) {
      return nodes.numberNode(0.5);
    }
  }
}
