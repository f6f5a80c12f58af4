// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who watches whom.
public final class WatchGraph {

  /// Up to so many members everybody watches everybody.
  public static final int FULL_MESH = 16;

  /// Beyond, so many candidates of an address count.
  public static final int DEPTH = 4;

  private WatchGraph() {}

  /// The peers whose claims and liveness this node follows.
  ///
  /// Beyond a full mesh a node follows the first four candidates of each of its addresses, also
  /// when it comes later in the list or is no longer in it: it may hold the address from an older
  /// term and must hear who relieves it.
  ///
  /// @param members every node with a speaker
  /// @param contests the layer-2 addresses of this node's state
  public static SortedSet<NodeName> of(
      NodeName self, SortedSet<NodeName> members, Contests contests) {
    SortedSet<NodeName> watched = new TreeSet<>();
    if (members.size() <= FULL_MESH) {
      watched.addAll(members);
    } else {
      for (Contest contest : contests.byAddress().values()) {
        watched.addAll(head(contest));
      }
      watched.retainAll(members);
    }
    watched.remove(self);
    return watched;
  }

  /// The candidates that count when there are more members than a full mesh has.
  static List<NodeName> head(Contest contest) {
    List<NodeName> all = contest.candidates();
    return all.subList(0, Math.min(DEPTH, all.size()));
  }
}
