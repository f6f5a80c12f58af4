// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads the documents that clients send, JSON or YAML by their media type.
final class Bodies {
  private Bodies() {}

  /// The document of a POST, PUT or apply; one that is empty is an empty object.
  static Answer<ObjectNode> object(ApiRequest request) {
    byte[] bytes = request.body().bytes();
    if (bytes.length == 0) {
      return Answer.of(JsonTree.object());
    }
    return switch (request.mediaType()) {
      case "", "application/json", "application/x-www-form-urlencoded", "text/plain" ->
          JsonTree.parseObject(bytes);
      case "application/yaml", "application/apply-patch+yaml" -> jsonOrYaml(bytes);
      case "application/vnd.kubernetes.protobuf" ->
          Answer.refused(
              Refusal.unsupportedMediaType(
                  "this server reads no protobuf, which commands such as kubectl create namespace"
                      + " send; use kubectl apply --validate=false -f FILE"));
      default ->
          Answer.refused(
              Refusal.unsupportedMediaType(
                  "the body of the request was in an unknown format - accepted media types"
                      + " include: application/json, application/yaml"));
    };
  }

  /// JSON is YAML too; the JSON parser is far quicker.
  private static Answer<ObjectNode> jsonOrYaml(byte[] bytes) {
    return bytes[0] == '{' ? JsonTree.parseObject(bytes) : yaml(bytes);
  }

  private static Answer<ObjectNode> yaml(byte[] bytes) {
    LoadSettings settings =
        LoadSettings.builder().setMaxAliasesForCollections(0).setLabel("request body").build();
    try {
      Object document =
          new Load(settings).loadFromInputStream(new java.io.ByteArrayInputStream(bytes));
      return toTree(document) instanceof ObjectNode object
          ? Answer.of(object)
          : Answer.refused(Refusal.badRequest("the body is not a YAML mapping"));
    } catch (YamlEngineException malformed) {
      return Answer.refused(Refusal.badRequest("the body is not YAML: " + malformed.getMessage()));
    }
  }

  private static JsonNode toTree(@org.jspecify.annotations.Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> nodes.nullNode();
      case java.util.Map<?, ?> map -> {
        ObjectNode object = nodes.objectNode();
        map.forEach((key, item) -> object.set(String.valueOf(key), toTree(item)));
        yield object;
      }
      case Iterable<?> list -> {
        tools.jackson.databind.node.ArrayNode array = nodes.arrayNode();
        list.forEach(item -> array.add(toTree(item)));
        yield array;
      }
      case Boolean bool -> nodes.booleanNode(bool);
      case Integer number -> nodes.numberNode(number.intValue());
      case Long number -> nodes.numberNode(number.longValue());
      case Double number -> nodes.numberNode(number.doubleValue());
      default -> nodes.stringNode(String.valueOf(value));
    };
  }

  /// A document must be of the kind of its path, when it says what it is.
  static Optional<Refusal> wrongKind(Target target, ObjectNode body) {
    String apiVersion = JsonTree.text(body, "apiVersion");
    String kind = JsonTree.text(body, "kind");
    boolean wrong =
        (!apiVersion.isEmpty() && !apiVersion.equals(target.kind().apiVersion()))
            || (!kind.isEmpty() && !kind.equals(target.kind().kind()));
    return wrong
        ? Optional.of(
            Refusal.badRequest(
                "the object provided (%s %s) is not the %s %s that the path names"
                    .formatted(apiVersion, kind, target.kind().apiVersion(), target.kind().kind())))
        : Optional.empty();
  }
}
