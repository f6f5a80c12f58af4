// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.api.Writing.Owners;
import io.gitlb.apiserver.patch.FieldOwnership;
import io.gitlb.apiserver.patch.FieldOwnership.OnConflict;
import io.gitlb.apiserver.patch.JsonPatch;
import io.gitlb.apiserver.patch.MergePatch;
import io.gitlb.apiserver.patch.StrategicMergePatch;
import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.Refusal.Cause;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.resource.ServerVersion;
import io.gitlb.apiserver.rules.Part;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// PATCH, in its four media types.
final class Patching {
  private final Writing writing;
  private final ServerVersion version;

  Patching(Writing writing, ServerVersion version) {
    this.writing = writing;
    this.version = version;
  }

  Answer<Reply> patch(Target target, ApiRequest request) {
    return switch (request.mediaType()) {
      case "application/merge-patch+json" ->
          merged(target, request, patch -> object -> MergePatch.apply(object, patch));
      case "application/strategic-merge-patch+json" ->
          merged(
              target,
              request,
              patch -> object -> StrategicMergePatch.apply(target.kind(), object, patch));
      case "application/json-patch+json" ->
          JsonTree.parseAny(request.body().bytes())
              .then(
                  operations ->
                      writing.change(
                          target,
                          request,
                          Owners.RECORD,
                          stored ->
                              JsonPatch.apply(asSpelled(target, stored), operations)
                                  .map(next -> asStored(target, next))));
      case "application/apply-patch+yaml" -> apply(target, request);
      default ->
          Answer.refused(
              Refusal.unsupportedMediaType(
                  "the body of the request was in an unknown format - accepted media types"
                      + " include: application/json-patch+json, application/merge-patch+json,"
                      + " application/strategic-merge-patch+json"));
    };
  }

  private Answer<Reply> merged(
      Target target,
      ApiRequest request,
      Function<ObjectNode, Function<ObjectNode, ObjectNode>> merge) {
    return JsonTree.parseObject(request.body().bytes())
        .then(
            patch ->
                writing.change(
                    target,
                    request,
                    Owners.RECORD,
                    stored ->
                        Answer.of(
                            asStored(
                                target, merge.apply(patch).apply(asSpelled(target, stored))))));
  }

  private static ObjectNode asSpelled(Target target, ObjectNode stored) {
    return target.kind().equals(ResourceKinds.EVENTS_NEW) ? EventSpelling.toNew(stored) : stored;
  }

  private static ObjectNode asStored(Target target, ObjectNode spelled) {
    return target.kind().equals(ResourceKinds.EVENTS_NEW) ? EventSpelling.toCore(spelled) : spelled;
  }

  private Answer<Reply> apply(Target target, ApiRequest request) {
    ResourceKind kind = target.kind();
    boolean served = kind.equals(ResourceKinds.SERVICES) && target.subresource().equals("status");
    if (!served) {
      return Answer.refused(
          Refusal.unsupportedMediaType(
              "this server supports server-side apply on services/status only, not on "
                  + target.resource()));
    }
    if (request.parameter("fieldManager").isEmpty()) {
      return Answer.refused(fieldManagerRequired());
    }
    OnConflict onConflict = request.isTrue("force") ? OnConflict.TAKE_OVER : OnConflict.REFUSE;
    FieldOwnership.Writer writer = writing.writer(Part.STATUS, request);
    return Bodies.object(request)
        .then(
            body ->
                Bodies.wrongKind(target, body)
                    .<Answer<ObjectNode>>map(Answer::refused)
                    .orElseGet(() -> inSchema(body)))
        .then(
            applied ->
                writing.change(
                    target,
                    request,
                    Owners.ALREADY_RECORDED,
                    stored -> FieldOwnership.apply(kind, stored, applied, writer, onConflict)));
  }

  /// An apply of a field that the schema does not have fails, where other writes only drop it.
  private Answer<ObjectNode> inSchema(ObjectNode body) {
    for (JsonNode ingress : body.path("status").path("loadBalancer").path("ingress")) {
      if (ingress.has("ipMode") && !version.knowsIpMode()) {
        return Answer.refused(
            Refusal.internal(
                "failed to create typed patch object (/v1, Kind=Service):"
                    + " .status.loadBalancer.ingress[].ipMode: field not declared in schema"));
      }
    }
    return Answer.of(withoutSpec(body));
  }

  private static ObjectNode withoutSpec(ObjectNode body) {
    ObjectNode applied = body.deepCopy();
    applied.remove("spec");
    return applied;
  }

  private static Refusal fieldManagerRequired() {
    return new Refusal(
        422,
        "Invalid",
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
            + " apply patch",
        new Refusal.Subject("meta.k8s.io", "PatchOptions", ""),
        List.of(
            new Cause(
                "FieldValueRequired",
                "Required value: is required for apply patch",
                "fieldManager")));
  }
}
