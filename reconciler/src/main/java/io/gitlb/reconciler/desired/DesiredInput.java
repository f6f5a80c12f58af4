// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// All that the desired states depend on.
///
/// @param definitions those in force
/// @param frozen config commit → its definitions, for the records that are held under it; a commit
///   that is missing is stood in for by those in force
/// @param ledger as committed: nothing that has no record is announced
/// @param speakers the nodes that have a speaker
/// @param owners address → the node that announces it on its link now, or did last
/// @param intended address → its candidates as they were handed out last, best first
/// @param links node → what it reaches; a node that is missing is taken to reach everything
/// @param moves address → the node that is to take it over for the sake of balance
public record DesiredInput(
    Definitions definitions,
    SortedMap<String, Definitions> frozen,
    Ledger ledger,
    ClusterView view,
    SortedSet<NodeName> speakers,
    SnapshotMap<IpAddress, NodeName> owners,
    SnapshotMap<IpAddress, List<NodeName>> intended,
    SnapshotMap<NodeName, NodeLinks> links,
    SnapshotMap<IpAddress, NodeName> moves) {

  /// Of nodes that reach everything, with nothing to balance.
  public DesiredInput(
      Definitions definitions,
      SortedMap<String, Definitions> frozen,
      Ledger ledger,
      ClusterView view,
      SortedSet<NodeName> speakers,
      SnapshotMap<IpAddress, NodeName> owners,
      SnapshotMap<IpAddress, List<NodeName>> intended) {
    this(
        definitions,
        frozen,
        ledger,
        view,
        speakers,
        owners,
        intended,
        SnapshotMap.empty(),
        SnapshotMap.empty());
  }

  /// Before anything was handed out.
  public DesiredInput(
      Definitions definitions,
      SortedMap<String, Definitions> frozen,
      Ledger ledger,
      ClusterView view,
      SortedSet<NodeName> speakers,
      SnapshotMap<IpAddress, NodeName> owners) {
    this(definitions, frozen, ledger, view, speakers, owners, SnapshotMap.empty());
  }

  public DesiredInput {
    frozen = Collections.unmodifiableSortedMap(new TreeMap<>(frozen));
    speakers = Collections.unmodifiableSortedSet(new TreeSet<>(speakers));
  }
}
