// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The knobs over HTTP, for processes other than the test's own: a POST to `/_faults` with any of
/// `{"stall": true, "dropWatches": true, "failNext": {"requests": 3, "code": 503}, "delayMillis":
/// 50, "forgetHistory": true, "refuseWrites": true, "clear": true}`. From this machine only.
final class FaultPath {
  private FaultPath() {}

  static Answer<Reply> handle(ApiRequest request, Faults faults) {
    if (!request.remote().isLoopbackAddress()) {
      return Answer.refused(Refusal.noSuchPath());
    }
    if (!request.method().equals("POST")) {
      return Answer.refused(Refusal.methodNotAllowed());
    }
    return JsonTree.parseObject(request.body().bytes()).then(knobs -> turn(knobs, faults));
  }

  private static Answer<Reply> turn(ObjectNode knobs, Faults faults) {
    if (isTrue(knobs, "clear")) {
      faults.clear();
    }
    if (knobs.has("stall")) {
      if (isTrue(knobs, "stall")) {
        faults.stall();
      } else {
        faults.resume();
      }
    }
    if (knobs.has("refuseWrites")) {
      if (isTrue(knobs, "refuseWrites")) {
        faults.refuseWrites();
      } else {
        faults.acceptWrites();
      }
    }
    if (isTrue(knobs, "dropWatches")) {
      faults.dropWatches();
    }
    if (isTrue(knobs, "forgetHistory")) {
      faults.forgetHistory();
    }
    if (knobs.has("delayMillis")) {
      faults.delay(Duration.ofMillis(JsonTree.number(knobs, "delayMillis")));
    }
    JsonNode failNext = knobs.path("failNext");
    int code = failNext.path("code").asInt(503);
    int requests = JsonTree.number(failNext, "requests");
    if (code < 400 || code > 599 || requests < 0) {
      return Answer.refused(
          Refusal.badRequest("failNext takes requests of 0 or more and a code of 400 to 599"));
    }
    if (!failNext.isMissingNode()) {
      faults.failNext(requests, code);
    }
    return Answer.of(Reply.json(200, JsonTree.object().put("turned", true)));
  }

  private static boolean isTrue(JsonNode knobs, String name) {
    return knobs.path(name).asBoolean(false);
  }
}
