// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.resource.JsonTree;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One entry of `metadata.managedFields`: who owns which places.
///
/// @param manager name that the client gave itself
/// @param operation `Apply` or `Update`; the same manager's two are different owners
/// @param subresource empty for the main resource
/// @param time when it last changed, as the object writes it
record FieldOwner(
    String manager, Operation operation, String subresource, String time, FieldSet fields) {

  enum Operation {
    APPLY("Apply"),
    UPDATE("Update");

    private final String word;

    Operation(String word) {
      this.word = word;
    }
  }

  boolean isSameOwnerAs(FieldOwner other) {
    return manager.equals(other.manager)
        && operation == other.operation
        && subresource.equals(other.subresource);
  }

  FieldOwner withFields(FieldSet others) {
    return new FieldOwner(manager, operation, subresource, time, others);
  }

  static List<FieldOwner> read(JsonNode object) {
    List<FieldOwner> owners = new ArrayList<>();
    for (JsonNode entry : object.path("metadata").path("managedFields")) {
      boolean applied = JsonTree.text(entry, "operation").equals(Operation.APPLY.word);
      owners.add(
          new FieldOwner(
              JsonTree.text(entry, "manager"),
              applied ? Operation.APPLY : Operation.UPDATE,
              JsonTree.text(entry, "subresource"),
              JsonTree.text(entry, "time"),
              FieldSet.fromJson(entry.path("fieldsV1"))));
    }
    return owners;
  }

  /// Writes the owners into an object; those that own nothing are left out.
  static void write(ObjectNode object, String apiVersion, List<FieldOwner> owners) {
    ArrayNode list = JsonTree.array();
    for (FieldOwner owner : owners) {
      if (owner.fields.isEmpty()) {
        continue;
      }
      ObjectNode entry = list.addObject();
      entry.put("manager", owner.manager).put("operation", owner.operation.word);
      entry.put("apiVersion", apiVersion).put("time", owner.time).put("fieldsType", "FieldsV1");
      entry.set("fieldsV1", owner.fields.toJson());
      if (!owner.subresource.isEmpty()) {
        entry.put("subresource", owner.subresource);
      }
    }
    ObjectNode metadata = JsonTree.child(object, "metadata");
    if (list.isEmpty()) {
      metadata.remove("managedFields");
    } else {
      metadata.set("managedFields", list);
    }
  }
}
