// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What plan and desired state need to know of a node.
///
/// @param labels label key → value
/// @param addresses its own addresses, sorted
/// @param podCidrs sorted
public record NodeView(
    NodeName name,
    SortedMap<String, String> labels,
    List<IpAddress> addresses,
    List<IpPrefix> podCidrs,
    Readiness readiness,
    Network network,
    Scheduling scheduling) {

  /// Kubernetes' label that takes a node out of load balancing.
  public static final String EXCLUDE_LABEL =
      "node.kubernetes.io/exclude-from-external-load-balancers";

  public NodeView {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    addresses = addresses.stream().sorted().toList();
    podCidrs = podCidrs.stream().sorted().toList();
  }

  /// The condition Ready; a node without it is not ready.
  public enum Readiness {
    READY,
    NOT_READY
  }

  /// The condition NetworkUnavailable; a node without it is available.
  public enum Network {
    AVAILABLE,
    UNAVAILABLE
  }

  /// `spec.unschedulable`.
  public enum Scheduling {
    SCHEDULABLE,
    CORDONED
  }

  /// Whether the exclude label is set, to whatever value.
  public boolean isExcluded() {
    return labels.containsKey(EXCLUDE_LABEL);
  }
}
