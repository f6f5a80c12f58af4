// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.Refusal.Cause;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKind.Trait;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.resource.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of any object that is created or changed.
public final class ObjectRules {
  private static final Pattern DNS_SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern DNS_LABEL_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final int SUBDOMAIN_LENGTH = 253;
  private static final int LABEL_LENGTH = 63;

  /// What clients cannot change.
  private static final List<String> FIXED_METADATA =
      List.of(
          "name",
          "namespace",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generation",
          "generateName",
          "resourceVersion",
          "managedFields");

  private final ServiceRules services;

  /// @param nodePortRange where node ports of Services come from
  public ObjectRules(PortRange nodePortRange, ServerVersion version) {
    this.services = new ServiceRules(nodePortRange, version);
  }

  /// The CIDRs that cluster IPs come from.
  public static List<String> serviceRanges() {
    return ServiceAllocations.RANGES;
  }

  /// The object to store for a new one. The body is changed in place.
  public Answer<ObjectNode> onCreate(
      ResourceKind kind, ObjectKey key, ObjectNode body, Instant now) {
    tidy(kind, body);
    ObjectNode metadata = JsonTree.child(body, "metadata");
    metadata.put("name", key.name());
    if (kind.isNamespaced()) {
      metadata.put("namespace", key.namespace());
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", timestamp(now));
    metadata.remove(
        List.of(
            "resourceVersion",
            "generation",
            "managedFields",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink"));
    if (kind.has(Trait.GENERATION)) {
      metadata.put("generation", 1);
    }
    if (kind.has(Trait.STATUS) && !kind.has(Trait.STATUS_ON_CREATE)) {
      body.remove("status");
    }
    return checkName(kind, key.name())
        .then(
            _ ->
                switch (kind.plural()) {
                  case "services" -> services.onCreate(body);
                  case "namespaces" -> Answer.of(newNamespace(body));
                  case "secrets" -> Answer.of(newSecret(body));
                  default -> Answer.of(body);
                });
  }

  /// The object to store for a changed one. The proposal is changed in place.
  public Answer<ObjectNode> onUpdate(
      ResourceKind kind, Part part, JsonNode old, ObjectNode proposed) {
    tidy(kind, proposed);
    ObjectNode metadata = JsonTree.child(proposed, "metadata");
    for (String field : FIXED_METADATA) {
      copyOrRemove(old.path("metadata"), metadata, field);
    }
    switch (part) {
      case STATUS -> keepAllBut(old, proposed, List.of("metadata", "status"));
      case MAIN -> {
        if (kind.has(Trait.STATUS)) {
          copyOrRemove(old, proposed, "status");
        }
      }
    }
    Answer<ObjectNode> ruled = Answer.of(proposed);
    if (kind.equals(ResourceKinds.SERVICES)) {
      ruled =
          switch (part) {
            case MAIN -> services.onUpdate(old, proposed);
            case STATUS -> services.onStatusUpdate(proposed);
          };
    }
    if (kind.equals(ResourceKinds.SECRETS)) {
      encoded(proposed);
    }
    return ruled.map(next -> countGeneration(kind, part, old, next));
  }

  /// Something is really stored or gone.
  ///
  /// @param before an empty object for a new one
  /// @param after an empty object for a deleted one
  public void stored(ResourceKind kind, JsonNode before, JsonNode after) {
    if (kind.equals(ResourceKinds.SERVICES)) {
      services.stored(before, after);
    }
  }

  /// A time as object metadata spell it: whole seconds.
  public static String timestamp(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static ObjectNode countGeneration(
      ResourceKind kind, Part part, JsonNode old, ObjectNode next) {
    if (kind.has(Trait.GENERATION) && part == Part.MAIN && !sameButMetadata(old, next)) {
      int before = JsonTree.number(old.path("metadata"), "generation");
      JsonTree.child(next, "metadata").put("generation", before + 1);
    }
    return next;
  }

  private static boolean sameButMetadata(JsonNode old, ObjectNode next) {
    ObjectNode left = ((ObjectNode) old).deepCopy();
    ObjectNode right = next.deepCopy();
    left.remove(List.of("metadata", "status"));
    right.remove(List.of("metadata", "status"));
    return left.equals(right);
  }

  private static void keepAllBut(JsonNode old, ObjectNode proposed, List<String> changeable) {
    List<String> names = List.copyOf(proposed.propertyNames());
    names.stream().filter(name -> !changeable.contains(name)).forEach(proposed::remove);
    old.propertyNames().stream()
        .filter(name -> !changeable.contains(name))
        .forEach(name -> proposed.set(name, old.path(name).deepCopy()));
  }

  private static void copyOrRemove(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field).deepCopy());
    } else {
      to.remove(field);
    }
  }

  /// What a typed server would not even see: nulls, and empty lists in the metadata.
  private static void tidy(ResourceKind kind, ObjectNode body) {
    body.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    dropNulls(body);
    ObjectNode metadata = JsonTree.child(body, "metadata");
    for (String field : List.of("labels", "annotations", "finalizers", "ownerReferences")) {
      if (metadata.has(field) && metadata.path(field).isEmpty()) {
        metadata.remove(field);
      }
    }
  }

  private static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.removeIf(JsonNode::isNull);
    }
    node.forEach(ObjectRules::dropNulls);
  }

  private static Answer<String> checkName(ResourceKind kind, String name) {
    boolean strict = kind.has(Trait.RFC_1035_NAME);
    Pattern pattern = strict ? DNS_LABEL_1035 : DNS_SUBDOMAIN;
    int limit = strict ? LABEL_LENGTH : SUBDOMAIN_LENGTH;
    if (name.length() <= limit && pattern.matcher(name).matches()) {
      return Answer.of(name);
    }
    String rule =
        strict
            ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                + " with a letter and end with an alphanumeric character, at most 63 long"
            : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                + " '-' or '.', and start and end with one, at most 253 long";
    return Answer.refused(
        Refusal.invalid(
            kind,
            name,
            List.of(
                new Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"%s\": %s".formatted(name, rule),
                    "metadata.name"))));
  }

  private static ObjectNode newNamespace(ObjectNode body) {
    ObjectNode metadata = JsonTree.child(body, "metadata");
    JsonTree.child(metadata, "labels")
        .put("kubernetes.io/metadata.name", JsonTree.text(metadata, "name"));
    JsonTree.putTexts(JsonTree.child(body, "spec"), "finalizers", List.of("kubernetes"));
    JsonTree.child(body, "status").put("phase", "Active");
    return body;
  }

  /// Plain text that a Secret was given goes to its data, encoded, and is never shown again.
  private static ObjectNode encoded(ObjectNode secret) {
    JsonNode plain = secret.path("stringData");
    secret.remove("stringData");
    plain.forEachEntry(
        (name, value) -> {
          byte[] bytes = value.asString("").getBytes(StandardCharsets.UTF_8);
          JsonTree.child(secret, "data").put(name, Base64.getEncoder().encodeToString(bytes));
        });
    return secret;
  }

  private static ObjectNode newSecret(ObjectNode body) {
    if (!JsonTree.isSet(body, "type")) {
      body.put("type", "Opaque");
    }
    return encoded(body);
  }
}
