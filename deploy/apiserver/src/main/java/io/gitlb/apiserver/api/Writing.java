// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.patch.FieldOwnership;
import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.Refusal.Cause;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKind.Trait;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.rules.ObjectRules;
import io.gitlb.apiserver.rules.Part;
import io.gitlb.apiserver.store.Edit;
import io.gitlb.apiserver.store.ObjectStore;
import io.gitlb.apiserver.store.StoredObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// POST and PUT, and what every change has in common.
final class Writing {
  private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int GENERATED_LETTERS = 5;

  private final ObjectStore store;
  private final ObjectRules rules;
  private final InstantSource clock;

  Writing(ObjectStore store, ObjectRules rules, InstantSource clock) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
  }

  Answer<Reply> create(Target target, ApiRequest request) {
    return document(target, request)
        .then(
            body -> {
              String named = JsonTree.text(body, "metadata", "name");
              String prefix = JsonTree.text(body, "metadata", "generateName");
              if (named.isEmpty() && prefix.isEmpty()) {
                return Answer.refused(
                    Refusal.invalid(
                        target.kind(),
                        "",
                        List.of(
                            new Cause(
                                "FieldValueRequired",
                                "Required value: name or generateName is required",
                                "metadata.name"))));
              }
              String name = named.isEmpty() ? prefix + randomSuffix() : named;
              return create(target, request, new ObjectKey(target.namespace(), name), body);
            });
  }

  private static String randomSuffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < GENERATED_LETTERS; i++) {
      suffix.append(
          NAME_LETTERS.charAt(ThreadLocalRandom.current().nextInt(NAME_LETTERS.length())));
    }
    return suffix.toString();
  }

  private Answer<Reply> create(Target target, ApiRequest request, ObjectKey key, ObjectNode body) {
    return store
        .edit(
            ResourceKinds.stored(target.kind()),
            key,
            present ->
                present.isPresent()
                    ? Answer.refused(Refusal.alreadyExists(target.kind(), key.name()))
                    : newObject(target, request, key, body))
        .map(object -> Reply.json(201, view(target, request).object(object)));
  }

  private Answer<Edit> newObject(
      Target target, ApiRequest request, ObjectKey key, ObjectNode body) {
    ResourceKind kind = ResourceKinds.stored(target.kind());
    if (kind.isNamespaced()) {
      Optional<Refusal> problem = namespaceProblem(target, key);
      if (problem.isPresent()) {
        return Answer.refused(problem.get());
      }
    }
    ObjectNode own = body.deepCopy();
    return rules
        .onCreate(kind, key, own, clock.instant())
        .map(
            next -> {
              recordOwner(kind, Part.MAIN, request, JsonTree.object(), next);
              return finish(kind, request, JsonTree.object(), next);
            });
  }

  private Optional<Refusal> namespaceProblem(Target target, ObjectKey key) {
    Optional<StoredObject> namespace =
        store.get(ResourceKinds.NAMESPACES, new ObjectKey("", key.namespace()));
    if (namespace.isEmpty()) {
      return Optional.of(Refusal.notFound(ResourceKinds.NAMESPACES, key.namespace()));
    }
    boolean terminating = namespace.get().tree().path("metadata").has("deletionTimestamp");
    return terminating
        ? Optional.of(
            Refusal.forbidden(
                target.kind(),
                key.name(),
                "unable to create new content in namespace %s because it is being terminated"
                    .formatted(key.namespace())))
        : Optional.empty();
  }

  Answer<Reply> replace(Target target, ApiRequest request) {
    return document(target, request)
        .then(
            body -> {
              String named = JsonTree.text(body, "metadata", "name");
              if (!named.isEmpty() && !named.equals(target.name())) {
                return Answer.refused(
                    Refusal.badRequest(
                        "the name of the object (%s) does not match the name on the URL (%s)"
                            .formatted(named, target.name())));
              }
              boolean mayCreate =
                  target.kind().has(Trait.CREATE_ON_PUT)
                      && target.subresource().isEmpty()
                      && store.get(ResourceKinds.stored(target.kind()), target.key()).isEmpty();
              if (mayCreate) {
                return create(target, request, target.key(), body);
              }
              boolean unversioned = JsonTree.text(body, "metadata", "resourceVersion").isEmpty();
              if (target.kind().has(Trait.VERSION_ON_PUT) && unversioned) {
                return Answer.refused(versionRequired(target));
              }
              return change(target, request, Owners.RECORD, _ -> Answer.of(body.deepCopy()));
            });
  }

  private static Refusal versionRequired(Target target) {
    return Refusal.invalid(
        target.kind(),
        target.name(),
        List.of(
            new Cause(
                "FieldValueInvalid",
                "Invalid value: 0: must be specified for an update",
                "metadata.resourceVersion")));
  }

  /// Whether a change has seen to the record of field owners itself.
  enum Owners {
    RECORD,
    ALREADY_RECORDED
  }

  /// Changes an object that exists.
  ///
  /// @param proposal from a stored object, not to be changed, to what it is to become
  Answer<Reply> change(
      Target target,
      ApiRequest request,
      Owners owners,
      Function<ObjectNode, Answer<ObjectNode>> proposal) {
    ResourceKind kind = ResourceKinds.stored(target.kind());
    return store
        .edit(
            kind,
            target.key(),
            present ->
                present
                    .map(old -> changed(target, request, owners, old, proposal))
                    .orElseGet(
                        () -> Answer.refused(Refusal.notFound(target.kind(), target.name()))))
        .map(object -> Reply.json(200, view(target, request).object(object)));
  }

  private Answer<Edit> changed(
      Target target,
      ApiRequest request,
      Owners owners,
      StoredObject present,
      Function<ObjectNode, Answer<ObjectNode>> proposal) {
    ResourceKind kind = ResourceKinds.stored(target.kind());
    Part part = target.subresource().equals("status") ? Part.STATUS : Part.MAIN;
    ObjectNode old = present.tree();
    return proposal
        .apply(old)
        .then(proposed -> checkIdentity(target, old, proposed))
        .then(
            proposed -> {
              JsonNode applied = proposed.path("metadata").path("managedFields");
              return rules
                  .onUpdate(kind, part, old, proposed)
                  .map(
                      next -> {
                        switch (owners) {
                          case RECORD -> recordOwner(kind, part, request, old, next);
                          case ALREADY_RECORDED -> putOwners(next, applied);
                        }
                        return finish(kind, request, old, next);
                      });
            });
  }

  private static void putOwners(ObjectNode next, JsonNode owners) {
    ObjectNode metadata = JsonTree.child(next, "metadata");
    if (owners.isEmpty()) {
      metadata.remove("managedFields");
    } else {
      metadata.set("managedFields", owners);
    }
  }

  /// What is stored under another version, or another object of that name, is not what the client
  /// means.
  private static Answer<ObjectNode> checkIdentity(
      Target target, ObjectNode old, ObjectNode proposed) {
    String version = JsonTree.text(proposed, "metadata", "resourceVersion");
    if (!version.isEmpty()
        && !version.equals("0")
        && !version.equals(JsonTree.text(old, "metadata", "resourceVersion"))) {
      return Answer.refused(
          Refusal.conflict(
              target.kind(),
              target.name(),
              "the object has been modified; please apply your changes to the latest version and"
                  + " try again"));
    }
    String uid = JsonTree.text(proposed, "metadata", "uid");
    String present = JsonTree.text(old, "metadata", "uid");
    return uid.isEmpty() || uid.equals(present)
        ? Answer.of(proposed)
        : Answer.refused(
            Refusal.conflict(
                target.kind(),
                target.name(),
                "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                    .formatted(uid, present)));
  }

  private void recordOwner(
      ResourceKind kind, Part part, ApiRequest request, JsonNode old, ObjectNode next) {
    if (kind.has(Trait.FIELD_OWNERS)) {
      FieldOwnership.recordUpdate(kind, old, next, writer(part, request));
    }
  }

  /// Who writes through a request.
  FieldOwnership.Writer writer(Part part, ApiRequest request) {
    return new FieldOwnership.Writer(
        request.fieldManager(),
        part == Part.STATUS ? "status" : "",
        ObjectRules.timestamp(clock.instant()));
  }

  private Edit finish(ResourceKind kind, ApiRequest request, JsonNode old, ObjectNode next) {
    if (request.isDryRun()) {
      return new Edit.Pretend(next);
    }
    JsonNode metadata = next.path("metadata");
    if (metadata.has("deletionTimestamp") && metadata.path("finalizers").isEmpty()) {
      rules.stored(kind, old, JsonTree.object());
      return new Edit.Remove(next);
    }
    rules.stored(kind, old, next);
    return new Edit.Put(next);
  }

  private Answer<ObjectNode> document(Target target, ApiRequest request) {
    return Bodies.object(request)
        .then(
            body ->
                Bodies.wrongKind(target, body)
                    .<Answer<ObjectNode>>map(Answer::refused)
                    .orElseGet(() -> Answer.of(body)))
        .then(body -> checkNamespace(target, body))
        .map(
            body ->
                target.kind().equals(ResourceKinds.EVENTS_NEW) ? EventSpelling.toCore(body) : body);
  }

  private static Answer<ObjectNode> checkNamespace(Target target, ObjectNode body) {
    String given = JsonTree.text(body, "metadata", "namespace");
    if (target.kind().isNamespaced() && target.namespace().isEmpty()) {
      return Answer.refused(Refusal.methodNotAllowed());
    }
    return given.isEmpty() || given.equals(target.namespace())
        ? Answer.of(body)
        : Answer.refused(
            Refusal.badRequest(
                "the namespace of the provided object does not match the namespace sent on the"
                    + " request"));
  }

  ObjectView view(Target target, ApiRequest request) {
    return ObjectView.of(target.kind(), request, clock);
  }
}
