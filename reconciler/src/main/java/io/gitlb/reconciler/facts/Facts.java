// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.facts;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// The cluster as the ledger branch remembers it.
///
/// @param asOf when it was like this; whole seconds
/// @param view as much of it as plans and desired states depend on
/// @param speakers the nodes that have a speaker
/// @param owners address → the node that announced it on its link
public record Facts(
    Instant asOf,
    ClusterView view,
    SortedSet<NodeName> speakers,
    SnapshotMap<IpAddress, NodeName> owners) {

  /// Where all of it lies on the ledger branch.
  public static final String DIRECTORY = "facts/";

  /// The file with the time.
  public static final String AS_OF = DIRECTORY + "as-of.yaml";

  public Facts {
    speakers = Collections.unmodifiableSortedSet(new TreeSet<>(speakers));
  }
}
