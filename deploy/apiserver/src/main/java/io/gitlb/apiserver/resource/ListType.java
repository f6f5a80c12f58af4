// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.List;

/// How the elements of a list (or the entries of a map) are told apart when somebody changes a part
/// of it. What no table entry names is atomic for a list and granular for a map.
public sealed interface ListType {

  /// Elements are objects with a key.
  ///
  /// @param patchKey field that a strategic merge patch goes by
  /// @param applyKeys fields that server-side apply goes by
  record Keyed(String patchKey, List<String> applyKeys) implements ListType {
    public Keyed {
      applyKeys = List.copyOf(applyKeys);
    }
  }

  /// Elements are plain values, each at most once.
  record SetOfValues() implements ListType {}

  /// A map that is owned and replaced as a whole.
  record AtomicMap() implements ListType {}
}
