// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/// Where the next page of a list begins, opaque to clients.
///
/// @param version of the list's first page; all pages show that version
/// @param lastKey last object of the page before
record PageToken(long version, ObjectKey lastKey) {

  String write() {
    ObjectNode token = JsonTree.object();
    token.put("v", version).put("ns", lastKey.namespace()).put("n", lastKey.name());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(JsonTree.bytes(token));
  }

  static Answer<PageToken> read(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return Answer.refused(Refusal.badRequest("continue key is not valid"));
    }
    return JsonTree.parseObject(bytes)
        .map(
            token ->
                new PageToken(
                    token.path("v").asLong(0),
                    new ObjectKey(JsonTree.text(token, "ns"), JsonTree.text(token, "n"))));
  }
}
