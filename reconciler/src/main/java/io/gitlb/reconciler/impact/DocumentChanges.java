// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.SourcePlace;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What differs between two configurations, document by document. Where a document stands, and how
/// it is written, does not matter.
final class DocumentChanges {

  private DocumentChanges() {}

  static List<DocumentChange> between(Definitions before, Definitions after) {
    SortedMap<String, Definition> was = byIdentity(before);
    SortedMap<String, Definition> is = byIdentity(after);
    List<DocumentChange> changes = new ArrayList<>();
    was.forEach(
        (identity, document) -> {
          Definition now = is.get(identity);
          if (now == null) {
            changes.add(change(DocumentChange.Kind.REMOVED, document));
          } else if (!saysTheSame(document, now)) {
            changes.add(change(DocumentChange.Kind.CHANGED, now));
          }
        });
    is.forEach(
        (identity, document) -> {
          if (!was.containsKey(identity)) {
            changes.add(change(DocumentChange.Kind.ADDED, document));
          }
        });
    return changes;
  }

  private static DocumentChange change(DocumentChange.Kind action, Definition document) {
    return new DocumentChange(action, document.kind(), document.documentName());
  }

  private static SortedMap<String, Definition> byIdentity(Definitions definitions) {
    SortedMap<String, Definition> documents = new TreeMap<>();
    definitions.all().forEach(one -> documents.put(one.kind() + "/" + one.documentName(), one));
    return documents;
  }

  /// Whether two documents differ in nothing but their place.
  static boolean saysTheSame(Definition one, Definition other) {
    if (!one.getClass().equals(other.getClass())) {
      return false;
    }
    try {
      for (RecordComponent component : one.getClass().getRecordComponents()) {
        boolean counts = !component.getType().equals(SourcePlace.class);
        if (counts
            && !component.getAccessor().invoke(one).equals(component.getAccessor().invoke(other))) {
          return false;
        }
      }
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every definition is a public record", e);
    }
  }
}
