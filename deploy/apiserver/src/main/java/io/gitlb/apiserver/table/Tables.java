// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.table;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKind;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects as a `Table` of group `meta.k8s.io`.
public final class Tables {
  private Tables() {}

  /// What a row carries of its object.
  public enum IncludeObject {
    NOTHING,
    METADATA,
    WHOLE
  }

  /// @param metadata of the list, such as its version
  public static ObjectNode of(
      ResourceKind kind,
      List<? extends JsonNode> objects,
      ObjectNode metadata,
      IncludeObject include,
      Instant now) {
    ObjectNode table = JsonTree.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.set("metadata", metadata);
    List<Columns.Column> columns = Columns.of(kind);
    ArrayNode definitions = table.putArray("columnDefinitions");
    for (Columns.Column column : columns) {
      boolean isName = column.heading().equals("Name");
      definitions
          .addObject()
          .put("name", column.heading())
          .put("type", "string")
          .put("format", isName ? "name" : "")
          .put("description", "")
          .put("priority", column.width() == Columns.Width.WIDE ? 1 : 0);
    }
    ArrayNode rows = table.putArray("rows");
    for (JsonNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      columns.forEach(column -> cells.add(column.cell().of(object, now)));
      switch (include) {
        case NOTHING -> {}
        case METADATA -> row.set("object", metadataOnly(object));
        case WHOLE -> row.set("object", object);
      }
    }
    return table;
  }

  private static ObjectNode metadataOnly(JsonNode object) {
    ObjectNode partial =
        JsonTree.object().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
    partial.set("metadata", object.path("metadata"));
    return partial;
  }
}
