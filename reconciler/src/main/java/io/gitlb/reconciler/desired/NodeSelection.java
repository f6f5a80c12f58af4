// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.schema.value.LabelSelector;
import java.util.List;
import java.util.SortedMap;

/// The rule that all selectors of advertisements and peers follow: one must match, none at all
/// matches everything.
final class NodeSelection {

  private NodeSelection() {}

  static boolean selects(List<LabelSelector> selectors, NodeView node) {
    return selects(selectors, node.labels());
  }

  static boolean selects(List<LabelSelector> selectors, SortedMap<String, String> labels) {
    return selectors.isEmpty() || selectors.stream().anyMatch(selector -> selector.matches(labels));
  }
}
