// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Finds the names of the refs in a proven delivery. Nothing else of it is looked at, nothing is
/// built from it, and what cannot be read is no error: an empty answer means "look at the branch".
final class PushedRefs {

  /// Repositories have fewer; what is beyond would only cost memory.
  private static final int MOST_REFS = 1_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(WebhookReceiver.MOST_BODY_BYTES)
                  .maxStringLength(WebhookReceiver.MOST_BODY_BYTES)
                  .maxNestingDepth(64)
                  .maxNumberLength(64)
                  .maxNameLength(256)
                  .build())
          .build();

  /// GitHub, GitLab, Gitea, Forgejo and the generic form: whole names.
  private static final String REF = "/ref";

  /// Bitbucket Data Center: whole names.
  private static final Pattern CHANGED_ID = Pattern.compile("/changes/\\d+/(ref/id|refId)");

  /// Bitbucket Cloud: names of branches and tags, before and after.
  private static final Pattern CHANGED_NAME = Pattern.compile("/push/changes/\\d+/(old|new)/name");

  private PushedRefs() {}

  /// @param body JSON, or anything else
  /// @return whole names; empty when there is none to be found
  static SortedSet<String> in(byte[] body) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      return read(parser);
    } catch (JacksonException _) {
      return new TreeSet<>();
    }
  }

  private static SortedSet<String> read(JsonParser parser) {
    SortedSet<String> refs = new TreeSet<>();
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.VALUE_STRING && isCandidate(parser.currentName())) {
        String path = parser.streamReadContext().pathAsPointer().toString();
        if (path.equals(REF) || CHANGED_ID.matcher(path).matches()) {
          refs.add(parser.getString());
        } else if (CHANGED_NAME.matcher(path).matches()) {
          refs.add("refs/heads/" + parser.getString());
        }
      }
      if (refs.size() > MOST_REFS) {
        return new TreeSet<>();
      }
    }
    return refs;
  }

  private static boolean isCandidate(String name) {
    return switch (name) {
      case "ref", "id", "refId", "name" -> true;
      case null, default -> false;
    };
  }
}
