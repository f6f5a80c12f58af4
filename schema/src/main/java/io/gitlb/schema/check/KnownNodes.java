// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known of the cluster's nodes while definitions are checked. It decides about warnings
/// only: a commit is right or wrong whatever nodes there are today.
public sealed interface KnownNodes {

  /// Nothing: only the repository is at hand.
  record Unknown() implements KnownNodes {}

  /// All of them.
  ///
  /// @param labels node → its labels
  record Labelled(SortedMap<NodeName, SortedMap<String, String>> labels) implements KnownNodes {

    public Labelled {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
  }

  /// Whether it is certain that no node is selected.
  ///
  /// @param selectors one must match; empty means every node
  default boolean isNone(List<LabelSelector> selectors) {
    if (!Selecting.canSelect(selectors)) {
      return true;
    }
    return switch (this) {
      case Unknown _ -> false;
      case Labelled(var labels) ->
          !selectors.isEmpty()
              && labels.values().stream()
                  .noneMatch(of -> selectors.stream().anyMatch(one -> one.matches(of)));
    };
  }
}
