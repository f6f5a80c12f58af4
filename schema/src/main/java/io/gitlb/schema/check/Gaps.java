// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a commit has that could not be read. Its absence from the definitions proves nothing, so
/// that one broken pool does not make every reference to it a problem too.
///
/// @param broken kind → names of definitions that could not be read
/// @param files paths of files that may hold further documents
public record Gaps(SortedMap<String, SortedSet<String>> broken, SortedSet<String> files) {

  /// Everything was read.
  public static final Gaps NONE =
      new Gaps(Collections.emptySortedMap(), Collections.emptySortedSet());

  public Gaps {
    SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
    broken.forEach(
        (kind, names) -> copy.put(kind, Collections.unmodifiableSortedSet(new TreeSet<>(names))));
    broken = Collections.unmodifiableSortedMap(copy);
    files = Collections.unmodifiableSortedSet(new TreeSet<>(files));
  }

  /// Whether a document of that kind and name may be there.
  boolean mayHold(String kind, String name) {
    return !files.isEmpty()
        || broken.getOrDefault(kind, Collections.emptySortedSet()).contains(name);
  }

  /// Whether there may be documents of that kind that are not in the definitions.
  boolean mayHold(String kind) {
    return !files.isEmpty() || broken.containsKey(kind);
  }
}
