// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.apiserver.patch.FieldOwnership.OnConflict;
import io.gitlb.apiserver.patch.FieldOwnership.Writer;
import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKinds;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Server-side apply against a dumb model: per manager, the conditions that it applied last. Shared
/// conditions have one value, so that no manager takes a part of one from another.
class FieldOwnershipTest {
  private static final int ROUNDS = 40 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int STEPS = 30;

  /// Condition type → status, as one manager applied them last.
  private static ObjectNode document(Map<String, String> conditions) {
    ObjectNode document = JsonTree.object();
    ArrayNode list = JsonTree.child(document, "status").putArray("conditions");
    conditions.forEach((type, status) -> list.addObject().put("type", type).put("status", status));
    if (conditions.isEmpty()) {
      document.remove("status");
    }
    return document;
  }

  private static Map<String, String> conditionsOf(JsonNode object) {
    Map<String, String> conditions = new TreeMap<>();
    for (JsonNode condition : object.path("status").path("conditions")) {
      conditions.put(JsonTree.text(condition, "type"), JsonTree.text(condition, "status"));
    }
    return conditions;
  }

  @Test
  void appliesOfManyManagersGiveWhatTheModelGives() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 4711L + round;
      Random random = new Random(seed);
      ObjectNode live = JsonTree.object();
      Map<String, Map<String, String>> applied = new TreeMap<>();
      Map<String, String> expected = new TreeMap<>();
      for (int step = 0; step < STEPS; step++) {
        String manager = "m" + random.nextInt(3);
        Map<String, String> wanted = new TreeMap<>();
        for (String shared : List.of("A", "B", "C")) {
          if (random.nextBoolean()) {
            wanted.put(shared, "True");
          }
        }
        if (random.nextBoolean()) {
          wanted.put("Of-" + manager, random.nextBoolean() ? "True" : "False");
        }
        live = apply(live, manager, wanted);
        model(applied, expected, manager, wanted);
        assertEquals(expected, conditionsOf(live), "seed " + seed + ", step " + step);
      }
    }
  }

  private static ObjectNode apply(ObjectNode live, String manager, Map<String, String> wanted) {
    return switch (FieldOwnership.apply(
        ResourceKinds.SERVICES,
        live,
        document(wanted),
        new Writer(manager, "status", "2026-01-01T00:00:00Z"),
        OnConflict.REFUSE)) {
      case Answer.Given<ObjectNode>(ObjectNode next) -> next;
      case Answer.Refused<ObjectNode>(var refusal) -> throw new AssertionError(refusal);
    };
  }

  /// What the manager dropped goes unless another still has it; what it applies wins.
  private static void model(
      Map<String, Map<String, String>> applied,
      Map<String, String> expected,
      String manager,
      Map<String, String> wanted) {
    applied.put(manager, wanted);
    expected.putAll(wanted);
    expected
        .keySet()
        .removeIf(type -> applied.values().stream().noneMatch(one -> one.containsKey(type)));
  }

  @Test
  void aSetOfFieldsIsReadAsItIsWritten() {
    ObjectNode service = JsonTree.object();
    ObjectNode metadata = service.putObject("metadata");
    metadata.putObject("labels").put("a", "1").put("b", "2");
    metadata.putArray("finalizers").add("example.com/x");
    ObjectNode port = service.putObject("spec").putArray("ports").addObject();
    port.put("port", 80).put("protocol", "TCP").put("name", "http");
    JsonTree.child(service, "spec").putObject("selector").put("app", "web");
    FieldSet fields = FieldSet.of(ResourceKinds.SERVICES, service);
    ObjectNode written = fields.toJson();
    assertEquals(
        """
        {"f:metadata":{"f:finalizers":{"v:\\"example.com/x\\"":{}},\
        "f:labels":{"f:a":{},"f:b":{}}},\
        "f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":\
        {"f:name":{},"f:port":{},"f:protocol":{},".":{}}},"f:selector":{}}}""",
        written.toString());
    assertEquals(fields, FieldSet.fromJson(written));
  }
}
