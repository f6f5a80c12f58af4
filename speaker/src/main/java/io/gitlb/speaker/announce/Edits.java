// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.SnapshotMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Changes many entries of a snapshot.
public final class Edits {

  private Edits() {}

  /// Costs in proportion to the edits. What is equal already stays the same object.
  ///
  /// @param edits key → its value from now on; empty: it goes (1:1)
  public static <K extends Comparable<? super K>, V> SnapshotMap<K, V> applied(
      SnapshotMap<K, V> before, SortedMap<K, Optional<V>> edits) {
    if (before.isEmpty()) {
      SortedMap<K, V> all = new TreeMap<>();
      edits.forEach((key, value) -> value.ifPresent(one -> all.put(key, one)));
      return SnapshotMap.copyOf(all);
    }
    SnapshotMap<K, V> after = before;
    for (Map.Entry<K, Optional<V>> edit : edits.entrySet()) {
      Optional<V> value = edit.getValue();
      if (value.isEmpty()) {
        after = after.without(edit.getKey());
      } else if (!value.equals(after.find(edit.getKey()))) {
        after = after.with(edit.getKey(), value.get());
      }
    }
    return after;
  }
}
