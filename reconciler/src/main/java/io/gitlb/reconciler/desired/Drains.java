// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The world without a node, for those who ask what would become of its addresses.
public final class Drains {

  private Drains() {}

  /// The same input without the node, its speaker and the endpoints on it. Who then announces what
  /// is found out like everything else, by [DesiredStates].
  public static DesiredInput without(NodeName node, DesiredInput input) {
    SortedSet<NodeName> speakers = new TreeSet<>(input.speakers());
    speakers.remove(node);
    return new DesiredInput(
        input.definitions(),
        input.frozen(),
        input.ledger(),
        without(node, input.view()),
        speakers,
        input.owners(),
        input.intended(),
        input.links(),
        input.moves());
  }

  private static ClusterView without(NodeName node, ClusterView view) {
    SnapshotMap<ServiceRef, EndpointView> endpoints = view.endpoints();
    for (Map.Entry<ServiceRef, EndpointView> entry : view.endpoints().entrySet()) {
      if (entry.getValue().nodes().contains(node)) {
        endpoints = endpoints.with(entry.getKey(), without(node, entry.getValue()));
      }
    }
    return new ClusterView(
        view.clusterUid(),
        view.services(),
        view.nodes().without(node),
        endpoints,
        view.namespaceLabels(),
        view.addresses(),
        view.deleted());
  }

  /// How many there are on a node is not known: one at least.
  private static EndpointView without(NodeName node, EndpointView endpoints) {
    SortedSet<NodeName> others = new TreeSet<>(endpoints.nodes());
    others.remove(node);
    return others.isEmpty()
        ? EndpointView.NONE
        : new EndpointView(Math.max(others.size(), endpoints.total() - 1), others);
  }
}
