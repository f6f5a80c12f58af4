// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// All that a plan depends on; the same input gives the same plan.
///
/// @param configCommit the commit that the definitions are of, 40 hexadecimal digits
/// @param previousCommit the accepted commit before it: an address that these definitions take away
///   is held under that one
/// @param now the time of the pass
public record PlanInput(
    Definitions definitions,
    String configCommit,
    Optional<String> previousCommit,
    Ledger ledger,
    ClusterView view,
    SpeakerFacts speakers,
    Instant now) {

  /// What the speakers told.
  ///
  /// @param announced addresses that at least one speaker announces
  /// @param withdrawn addresses of records that are releasing and that every speaker that had them
  ///   has acknowledged to be without
  public record SpeakerFacts(SortedSet<IpAddress> announced, SortedSet<IpAddress> withdrawn) {

    /// Nothing was heard.
    public static final SpeakerFacts NONE =
        new SpeakerFacts(Collections.emptySortedSet(), Collections.emptySortedSet());

    public SpeakerFacts {
      announced = Collections.unmodifiableSortedSet(new TreeSet<>(announced));
      withdrawn = Collections.unmodifiableSortedSet(new TreeSet<>(withdrawn));
    }
  }
}
