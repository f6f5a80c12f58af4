// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.store.StoredObject;
import io.gitlb.apiserver.table.Tables;
import io.gitlb.apiserver.table.Tables.IncludeObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// How a client wants to see objects: as they are, as the other group's Events, or as a table.
sealed interface ObjectView {

  /// One object.
  byte[] object(StoredObject object);

  /// A list.
  ///
  /// @param metadata of the list
  byte[] list(ObjectNode metadata, List<StoredObject> objects);

  /// The view that a request asks for.
  static ObjectView of(ResourceKind kind, ApiRequest request, InstantSource clock) {
    if (request.header("accept").contains("as=Table")) {
      IncludeObject include =
          switch (request.parameter("includeObject")) {
            case "None" -> IncludeObject.NOTHING;
            case "Object" -> IncludeObject.WHOLE;
            default -> IncludeObject.METADATA;
          };
      return new AsTable(kind, include, clock);
    }
    return new AsIs(kind);
  }

  /// Whole objects.
  record AsIs(ResourceKind kind) implements ObjectView {
    @Override
    public byte[] object(StoredObject object) {
      return kind.equals(ResourceKinds.EVENTS_NEW)
          ? JsonTree.bytes(EventSpelling.toNew(object.tree()))
          : object.text();
    }

    @Override
    public byte[] list(ObjectNode metadata, List<StoredObject> objects) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      String head =
          "{\"kind\":\"%sList\",\"apiVersion\":\"%s\",\"metadata\":"
              .formatted(kind.kind(), kind.apiVersion());
      text.writeBytes(head.getBytes(StandardCharsets.UTF_8));
      text.writeBytes(JsonTree.bytes(metadata));
      text.writeBytes(",\"items\":[".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < objects.size(); i++) {
        if (i > 0) {
          text.write(',');
        }
        text.writeBytes(object(objects.get(i)));
      }
      text.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
      return text.toByteArray();
    }
  }

  /// Rows for `kubectl get`.
  record AsTable(ResourceKind kind, IncludeObject include, InstantSource clock)
      implements ObjectView {
    @Override
    public byte[] object(StoredObject object) {
      ObjectNode metadata =
          JsonTree.object().put("resourceVersion", Long.toString(object.version()));
      return list(metadata, List.of(object));
    }

    @Override
    public byte[] list(ObjectNode metadata, List<StoredObject> objects) {
      return JsonTree.bytes(
          Tables.of(
              kind,
              objects.stream().map(StoredObject::tree).toList(),
              metadata,
              include,
              clock.instant()));
    }
  }
}
