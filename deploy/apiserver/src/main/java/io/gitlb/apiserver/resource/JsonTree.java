// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading, writing and walking JSON trees; the one place that knows the mapper. Trees that are
/// stored are never changed: whoever wants to change one copies it first.
public final class JsonTree {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private JsonTree() {}

  /// A new, empty object.
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// A new, empty list.
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /// The tree of a JSON text, of any type.
  public static Answer<JsonNode> parseAny(byte[] text) {
    try {
      return Answer.of(MAPPER.readTree(text));
    } catch (JacksonException malformed) {
      return Answer.refused(
          Refusal.badRequest("the body is not JSON: " + malformed.getOriginalMessage()));
    }
  }

  /// The tree of a JSON text that must be an object.
  public static Answer<ObjectNode> parseObject(byte[] text) {
    return parseAny(text)
        .then(
            node ->
                node instanceof ObjectNode object
                    ? Answer.of(object)
                    : Answer.refused(Refusal.badRequest("the body is not a JSON object")));
  }

  /// The JSON text in UTF-8, without white space.
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /// The text at a path of field names; empty when there is none. Numbers and booleans are written
  /// out.
  public static String text(JsonNode node, String... path) {
    JsonNode found = at(node, Arrays.asList(path));
    return found.isValueNode() && !found.isNull() ? found.asString() : "";
  }

  /// The node at a path of field names; a missing node when there is none.
  public static JsonNode at(JsonNode node, List<String> path) {
    JsonNode found = node;
    for (String field : path) {
      found = found.path(field);
    }
    return found;
  }

  /// The number at a path; 0 when there is none.
  public static int number(JsonNode node, String field) {
    return node.path(field).asInt(0);
  }

  /// The object under a field, made when it is missing or no object.
  public static ObjectNode child(ObjectNode node, String field) {
    return node.path(field) instanceof ObjectNode present ? present : node.putObject(field);
  }

  /// The texts of a list; empty when there is no list.
  public static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list) {
      texts.add(item.asString(""));
    }
    return texts;
  }

  /// Sets a list of texts, or removes the field when it is empty.
  public static void putTexts(ObjectNode node, String field, List<String> texts) {
    if (texts.isEmpty()) {
      node.remove(field);
      return;
    }
    ArrayNode list = node.putArray(field);
    texts.forEach(list::add);
  }

  /// Whether a value is there: neither missing nor null nor an empty text.
  public static boolean isSet(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return !value.isMissingNode()
        && !value.isNull()
        && !(value.isString() && value.asString("").isEmpty());
  }
}
