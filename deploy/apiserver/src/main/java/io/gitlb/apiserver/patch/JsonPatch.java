// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON patch, RFC 6902, with JSON pointers, RFC 6901.
public final class JsonPatch {
  /// The API's own limit.
  private static final int MOST_OPERATIONS = 10_000;

  private JsonPatch() {}

  /// The target after all operations, or a refusal when one of them cannot be done; the target
  /// itself is left alone.
  public static Answer<ObjectNode> apply(ObjectNode target, JsonNode operations) {
    if (!operations.isArray() || operations.size() > MOST_OPERATIONS) {
      return Answer.refused(
          Refusal.badRequest("a JSON patch is a list of at most " + MOST_OPERATIONS));
    }
    ObjectNode result = target.deepCopy();
    for (JsonNode operation : operations) {
      Optional<Refusal> problem = perform(result, operation);
      if (problem.isPresent()) {
        return Answer.refused(problem.get());
      }
    }
    return Answer.of(result);
  }

  private static Optional<Refusal> perform(ObjectNode root, JsonNode operation) {
    List<String> path = tokens(JsonTree.text(operation, "path"));
    List<String> from = tokens(JsonTree.text(operation, "from"));
    JsonNode value = operation.path("value");
    String name = JsonTree.text(operation, "op");
    boolean done =
        switch (name) {
          case "add" -> add(root, path, value.deepCopy());
          case "remove" -> remove(root, path);
          case "replace" -> replace(root, path, value.deepCopy());
          case "copy" -> exists(root, from) && add(root, path, find(root, from).deepCopy());
          case "move" -> move(root, from, path);
          case "test" -> find(root, path).equals(value);
          default -> false;
        };
    return done
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request: cannot %s %s"
                    .formatted(name, JsonTree.text(operation, "path")),
                new Refusal.Subject("", "", ""),
                List.of()));
  }

  private static List<String> tokens(String pointer) {
    List<String> tokens = new ArrayList<>();
    String[] parts = pointer.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      tokens.add(parts[i].replace("~1", "/").replace("~0", "~"));
    }
    return tokens;
  }

  private static JsonNode find(JsonNode root, List<String> path) {
    JsonNode found = root;
    for (String token : path) {
      found = found.isArray() ? found.path(index(token)) : found.path(token);
    }
    return found;
  }

  private static boolean exists(JsonNode root, List<String> path) {
    return !find(root, path).isMissingNode();
  }

  private static int index(String token) {
    return token.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(token) : -1;
  }

  private static JsonNode parent(JsonNode root, List<String> path) {
    return find(root, path.subList(0, Math.max(0, path.size() - 1)));
  }

  private static boolean add(ObjectNode root, List<String> path, JsonNode value) {
    if (path.isEmpty() || value.isMissingNode()) {
      return false;
    }
    String last = path.getLast();
    return switch (parent(root, path)) {
      case ObjectNode object -> {
        object.set(last, value);
        yield true;
      }
      case ArrayNode list -> {
        int at = last.equals("-") ? list.size() : index(last);
        if (at < 0 || at > list.size()) {
          yield false;
        }
        list.insert(at, value);
        yield true;
      }
      default -> false;
    };
  }

  private static boolean remove(ObjectNode root, List<String> path) {
    if (path.isEmpty() || !exists(root, path)) {
      return false;
    }
    String last = path.getLast();
    return switch (parent(root, path)) {
      case ObjectNode object -> !object.remove(last).isMissingNode();
      case ArrayNode list -> {
        list.remove(index(last));
        yield true;
      }
      default -> false;
    };
  }

  private static boolean replace(ObjectNode root, List<String> path, JsonNode value) {
    if (path.isEmpty() || !exists(root, path)) {
      return false;
    }
    String last = path.getLast();
    return switch (parent(root, path)) {
      case ObjectNode object -> {
        object.set(last, value);
        yield true;
      }
      case ArrayNode list -> {
        list.set(index(last), value);
        yield true;
      }
      default -> false;
    };
  }

  private static boolean move(ObjectNode root, List<String> from, List<String> path) {
    JsonNode value = find(root, from).deepCopy();
    return remove(root, from) && add(root, path, value);
  }
}
