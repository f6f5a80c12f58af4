// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which pools an advertisement is for: the union of names and selectors; all pools when both are
/// empty.
public record PoolSelection(SortedSet<PoolName> names, List<LabelSelector> selectors) {

  /// Every pool.
  public static final PoolSelection ALL =
      new PoolSelection(Collections.emptySortedSet(), List.of());

  public PoolSelection {
    names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    selectors = List.copyOf(selectors);
  }

  /// Whether the advertisement is for this pool.
  public boolean selects(AddressPool pool) {
    return (names.isEmpty() && selectors.isEmpty())
        || names.contains(pool.name())
        || selectors.stream().anyMatch(selector -> selector.matches(pool.labels()));
  }
}
