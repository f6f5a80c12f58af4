// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// What goes back.
public sealed interface Reply {

  /// A whole document.
  @SuppressWarnings("ArrayRecordComponent") // written out once, never compared
  record Document(int code, String mediaType, byte[] content) implements Reply {}

  /// A watch: events until it ends.
  record Events(EventFeed feed) implements Reply {}

  static Reply json(int code, JsonNode document) {
    return new Document(code, "application/json", JsonTree.bytes(document));
  }

  static Reply json(int code, byte[] document) {
    return new Document(code, "application/json", document);
  }

  static Reply text(String text) {
    return new Document(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply refused(Refusal refusal) {
    return json(refusal.code(), refusal.toStatus());
  }
}
