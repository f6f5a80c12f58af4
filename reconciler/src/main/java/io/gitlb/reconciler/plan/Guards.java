// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// What protects live addresses beyond the rules of allocation, and what a person has let go.
///
/// @param cuts address that somebody has → why the definitions would no longer announce it as they
///   did before; it is held
/// @param approved addresses that an Approval releases: the definitions take effect for them
public record Guards(SnapshotMap<IpAddress, Refusal> cuts, SortedSet<IpAddress> approved) {

  /// Nothing beyond the rules.
  public static final Guards NONE = new Guards(SnapshotMap.empty(), Collections.emptySortedSet());

  public Guards {
    approved = Collections.unmodifiableSortedSet(new TreeSet<>(approved));
  }
}
