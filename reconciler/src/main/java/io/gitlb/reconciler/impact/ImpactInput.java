// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// All that the impact of a change depends on.
///
/// @param before the definitions that the change starts from
/// @param after the definitions that it ends at
/// @param frozen config commit → its definitions, for the records that are held under it already
/// @param ledger as committed
/// @param view the cluster, live or as facts remember it
/// @param sight how much of the cluster the view shows
/// @param speakers the nodes that have a speaker
/// @param owners address → the node that announces it on its link
/// @param approvals what of the change is approved already
public record ImpactInput(
    Stage before,
    Stage after,
    SortedMap<String, Definitions> frozen,
    Ledger ledger,
    ClusterView view,
    Sight sight,
    SortedSet<NodeName> speakers,
    SnapshotMap<IpAddress, NodeName> owners,
    Approvals approvals,
    Instant now) {

  public ImpactInput {
    frozen = Collections.unmodifiableSortedMap(new TreeMap<>(frozen));
    speakers = Collections.unmodifiableSortedSet(new TreeSet<>(speakers));
  }

  /// One configuration.
  ///
  /// @param commit 40 hexadecimal digits
  public record Stage(String commit, Definitions definitions) {}

  /// Judges what may be let go.
  public interface Approvals {

    /// Nothing is approved.
    Approvals NONE = _ -> Collections.emptySortedSet();

    /// The addresses that are let go.
    ///
    /// @param held every record that is held when the change is in force
    SortedSet<IpAddress> released(List<AllocationRecord> held);
  }

  /// How much of the cluster the view shows.
  public enum Sight {
    /// All of it: a Service that is not in the view is gone.
    WHOLE,
    /// As much as facts remember: a Service that is not in the view may be live all the same.
    REMEMBERED
  }
}
