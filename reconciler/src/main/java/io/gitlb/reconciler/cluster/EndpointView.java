// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Where a Service has endpoints that serve; terminating ones that still serve count.
///
/// @param total the number of serving endpoints on all nodes
/// @param nodes the nodes that have at least one
public record EndpointView(int total, SortedSet<NodeName> nodes) {

  /// No endpoint serves.
  public static final EndpointView NONE = new EndpointView(0, Collections.emptySortedSet());

  public EndpointView {
    nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
  }
}
