// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKind.Trait;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.rules.ObjectRules;
import io.gitlb.apiserver.store.Edit;
import io.gitlb.apiserver.store.ObjectStore;
import io.gitlb.apiserver.store.StoredObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// DELETE. An object with finalizers is only marked; a namespace takes its content with it.
final class Deleting {
  private static final Set<String> KEPT_NAMESPACES =
      Set.of("default", "kube-system", "kube-public", "kube-node-lease");

  private final ObjectStore store;
  private final ObjectRules rules;
  private final InstantSource clock;

  Deleting(ObjectStore store, ObjectRules rules, InstantSource clock) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
  }

  Answer<Reply> delete(Target target, ApiRequest request) {
    ResourceKind kind = target.kind();
    if (kind.equals(ResourceKinds.NAMESPACES) && KEPT_NAMESPACES.contains(target.name())) {
      return Answer.refused(
          Refusal.forbidden(kind, target.name(), "this namespace may not be deleted"));
    }
    ObjectView view = ObjectView.of(kind, request, clock);
    return Bodies.object(request)
        .then(options -> deleteOne(kind, target.key(), options, request))
        .map(
            object -> {
              boolean marked = !object.tree().path("metadata").path("finalizers").isEmpty();
              boolean whole =
                  marked
                      || kind.has(Trait.DELETE_RETURNS_OBJECT)
                      || kind.equals(ResourceKinds.NAMESPACES);
              return whole
                  ? Reply.json(200, view.object(object))
                  : Reply.json(200, success(kind, object));
            });
  }

  Answer<Reply> deleteCollection(Target target, ApiRequest request) {
    ResourceKind kind = ResourceKinds.stored(target.kind());
    return Selection.of(target.kind(), target.namespace(), request)
        .map(
            selection -> {
              List<StoredObject> gone = new ArrayList<>();
              for (StoredObject object : store.list(kind, target.namespace()).objects()) {
                if (selection.matches(object)
                    && deleteOne(kind, object.key(), JsonTree.object(), request)
                        instanceof Answer.Given<StoredObject>(var last)) {
                  gone.add(last);
                }
              }
              ObjectNode metadata =
                  JsonTree.object().put("resourceVersion", Long.toString(store.version()));
              return Reply.json(200, ObjectView.of(kind, request, clock).list(metadata, gone));
            });
  }

  private static ObjectNode success(ResourceKind kind, StoredObject object) {
    ObjectNode status = JsonTree.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    ObjectNode details = status.put("status", "Success").putObject("details");
    details.put("name", object.key().name());
    if (!kind.group().isEmpty()) {
      details.put("group", kind.group());
    }
    details.put("kind", kind.plural());
    details.put("uid", JsonTree.text(object.tree(), "metadata", "uid"));
    return status;
  }

  private Answer<StoredObject> deleteOne(
      ResourceKind target, ObjectKey key, JsonNode options, ApiRequest request) {
    ResourceKind kind = ResourceKinds.stored(target);
    return store.atomically(
        () -> {
          Answer<StoredObject> answer =
              store.edit(
                  kind,
                  key,
                  present ->
                      present
                          .map(object -> deletion(target, object, options, request))
                          .orElseGet(() -> Answer.refused(Refusal.notFound(target, key.name()))));
          if (answer instanceof Answer.Given<StoredObject> && !request.isDryRun()) {
            if (kind.equals(ResourceKinds.NAMESPACES)) {
              deleteContent(key.name(), request);
            }
            finishNamespace(kind.equals(ResourceKinds.NAMESPACES) ? key.name() : key.namespace());
          }
          return answer;
        });
  }

  private Answer<Edit> deletion(
      ResourceKind kind, StoredObject object, JsonNode options, ApiRequest request) {
    JsonNode wanted = options.path("preconditions");
    for (String field : List.of("uid", "resourceVersion")) {
      String value = JsonTree.text(wanted, field);
      String present = JsonTree.text(object.tree(), "metadata", field);
      if (!value.isEmpty() && !value.equals(present)) {
        return Answer.refused(
            Refusal.conflict(
                kind,
                object.key().name(),
                "Precondition failed: %s in precondition: %s, in object meta: %s"
                    .formatted(field, value, present)));
      }
    }
    ObjectNode last = object.tree().deepCopy();
    if (request.isDryRun()) {
      return Answer.of(new Edit.Pretend(last));
    }
    ObjectNode metadata = JsonTree.child(last, "metadata");
    boolean isNamespace = kind.equals(ResourceKinds.NAMESPACES);
    if (metadata.path("finalizers").isEmpty() && !isNamespace) {
      rules.stored(ResourceKinds.stored(kind), object.tree(), JsonTree.object());
      return Answer.of(new Edit.Remove(last));
    }
    if (!metadata.has("deletionTimestamp")) {
      metadata.put("deletionTimestamp", ObjectRules.timestamp(clock.instant()));
      metadata.put("deletionGracePeriodSeconds", 0);
    }
    if (isNamespace) {
      JsonTree.child(last, "status").put("phase", "Terminating");
    }
    return Answer.of(new Edit.Put(last));
  }

  private void deleteContent(String namespace, ApiRequest request) {
    for (ResourceKind kind : ResourceKinds.all()) {
      if (kind.isNamespaced() && !kind.equals(ResourceKinds.EVENTS_NEW)) {
        for (StoredObject object : store.list(kind, namespace).objects()) {
          var _ = deleteOne(kind, object.key(), JsonTree.object(), request);
        }
      }
    }
  }

  /// A namespace that is going and has become empty is gone.
  void finishNamespace(String name) {
    ObjectKey key = new ObjectKey("", name);
    boolean going =
        store
            .get(ResourceKinds.NAMESPACES, key)
            .filter(namespace -> namespace.tree().path("metadata").has("deletionTimestamp"))
            .isPresent();
    if (!going) {
      return;
    }
    boolean empty =
        ResourceKinds.all().stream()
            .filter(ResourceKind::isNamespaced)
            .map(ResourceKinds::stored)
            .allMatch(kind -> store.list(kind, name).objects().isEmpty());
    if (empty) {
      var _ =
          store.edit(
              ResourceKinds.NAMESPACES,
              key,
              present ->
                  present
                      .<Answer<Edit>>map(
                          object -> Answer.of(new Edit.Remove(object.tree().deepCopy())))
                      .orElseGet(
                          () -> Answer.refused(Refusal.notFound(ResourceKinds.NAMESPACES, name))));
    }
  }
}
