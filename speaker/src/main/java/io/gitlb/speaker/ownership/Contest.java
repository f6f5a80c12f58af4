// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import java.util.List;

/// Who may hold an address.
///
/// @param term the generation with which this list began to count
/// @param candidates best first
public record Contest(Generation term, List<NodeName> candidates) {

  public Contest {
    candidates = List.copyOf(candidates);
  }

  /// The place of a node, 0 being the best; as large as can be when it is no candidate.
  public int position(NodeName node) {
    int index = candidates.indexOf(node);
    return index < 0 ? Integer.MAX_VALUE : index;
  }

  /// Whether one node comes before another: by its place, or by its name when neither has one.
  boolean isBefore(NodeName one, NodeName other) {
    int order = Integer.compare(position(one), position(other));
    return order < 0 || (order == 0 && one.compareTo(other) < 0);
  }
}
