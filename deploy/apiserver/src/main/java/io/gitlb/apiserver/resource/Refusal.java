// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Why a request is refused: the content of a Kubernetes `Status` object with status `Failure`.
///
/// @param code HTTP status code
/// @param reason machine-readable word, as the Kubernetes API spells it
/// @param message one sentence for people
/// @param subject what the refusal is about
/// @param causes single reasons, for 409 and 422
public record Refusal(
    int code, String reason, String message, Subject subject, List<Cause> causes) {

  public Refusal {
    causes = List.copyOf(causes);
  }

  /// What a refusal is about; empty strings where it is about nothing in particular.
  ///
  /// @param kind plural name of the kind, or its kind for 422, as the API does
  public record Subject(String group, String kind, String name) {
    static final Subject NONE = new Subject("", "", "");
  }

  /// One reason among several.
  ///
  /// @param field where in the object, such as `spec.ports[0].port`
  public record Cause(String reason, String message, String field) {}

  private static Refusal plain(int code, String reason, String message) {
    return new Refusal(code, reason, message, Subject.NONE, List.of());
  }

  private static Refusal about(
      int code, String reason, ResourceKind kind, String name, String why) {
    Subject subject = new Subject(kind.group(), kind.plural(), name);
    String message = "%s \"%s\" %s".formatted(kind.qualifiedPlural(), name, why);
    return new Refusal(code, reason, message, subject, List.of());
  }

  public static Refusal notFound(ResourceKind kind, String name) {
    return about(404, "NotFound", kind, name, "not found");
  }

  /// No such path.
  public static Refusal noSuchPath() {
    return plain(404, "NotFound", "the server could not find the requested resource");
  }

  public static Refusal alreadyExists(ResourceKind kind, String name) {
    return about(409, "AlreadyExists", kind, name, "already exists");
  }

  public static Refusal forbidden(ResourceKind kind, String name, String why) {
    return about(403, "Forbidden", kind, name, "is forbidden: " + why);
  }

  /// The object is not at the version (or of the identity) that the client believes.
  public static Refusal conflict(ResourceKind kind, String name, String why) {
    return new Refusal(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": %s"
            .formatted(kind.qualifiedPlural(), name, why),
        new Subject(kind.group(), kind.plural(), name),
        List.of());
  }

  /// Another field manager owns what was applied.
  public static Refusal applyConflict(ResourceKind kind, String name, List<Cause> causes) {
    String list =
        causes.stream()
            .map(cause -> cause.message() + ": " + cause.field())
            .reduce((left, right) -> left + ", " + right)
            .orElse("");
    String message =
        "Apply failed with %d conflict%s: %s"
            .formatted(causes.size(), causes.size() == 1 ? "" : "s", list);
    return new Refusal(
        409, "Conflict", message, new Subject(kind.group(), kind.plural(), name), causes);
  }

  /// The object breaks rules of its kind; all of them are named at once.
  public static Refusal invalid(ResourceKind kind, String name, List<Cause> causes) {
    String list =
        causes.stream()
            .map(cause -> cause.field() + ": " + cause.message())
            .reduce((left, right) -> left + ", " + right)
            .orElse("");
    return new Refusal(
        422,
        "Invalid",
        "%s \"%s\" is invalid: %s".formatted(kind.kind(), name, list),
        new Subject(kind.group(), kind.kind(), name),
        causes);
  }

  public static Refusal badRequest(String message) {
    return plain(400, "BadRequest", message);
  }

  public static Refusal unauthorized() {
    return plain(401, "Unauthorized", "Unauthorized");
  }

  public static Refusal methodNotAllowed() {
    return plain(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  public static Refusal unsupportedMediaType(String message) {
    return plain(415, "UnsupportedMediaType", message);
  }

  public static Refusal bodyTooLarge(int limitBytes) {
    return plain(413, "RequestEntityTooLarge", "Request entity too large: limit is " + limitBytes);
  }

  /// The version asked for is no longer in the history, or a page token outlived its snapshot.
  public static Refusal expired(String message) {
    return plain(410, "Expired", message);
  }

  /// The version asked for does not exist yet.
  public static Refusal versionInFuture(long asked, long current) {
    return new Refusal(
        504,
        "Timeout",
        "Timeout: Too large resource version: %d, current: %d".formatted(asked, current),
        Subject.NONE,
        List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")));
  }

  public static Refusal internal(String message) {
    return plain(500, "InternalError", "Internal error occurred: " + message);
  }

  /// What a fault knob answers.
  public static Refusal injected(int code) {
    String reason =
        switch (code) {
          case 403 -> "Forbidden";
          case 429 -> "TooManyRequests";
          case 500 -> "InternalError";
          case 503 -> "ServiceUnavailable";
          case 504 -> "Timeout";
          default -> "Unknown";
        };
    return plain(code, reason, "refused by a fault knob of the stand-in");
  }

  /// The `Status` object that the client reads.
  public ObjectNode toStatus() {
    ObjectNode status = JsonTree.object();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure").put("message", message).put("reason", reason);
    ObjectNode details = JsonTree.object();
    putUnlessEmpty(details, "name", subject.name());
    putUnlessEmpty(details, "group", subject.group());
    putUnlessEmpty(details, "kind", subject.kind());
    if (!causes.isEmpty()) {
      ArrayNode list = details.putArray("causes");
      for (Cause cause : causes) {
        ObjectNode entry = list.addObject();
        putUnlessEmpty(entry, "reason", cause.reason());
        putUnlessEmpty(entry, "message", cause.message());
        putUnlessEmpty(entry, "field", cause.field());
      }
    }
    if (code == 429 || code == 504) {
      details.put("retryAfterSeconds", 1);
    }
    if (!details.isEmpty()) {
      status.set("details", details);
    }
    return status.put("code", code);
  }

  private static void putUnlessEmpty(ObjectNode node, String field, String value) {
    if (!value.isEmpty()) {
      node.put(field, value);
    }
  }
}
