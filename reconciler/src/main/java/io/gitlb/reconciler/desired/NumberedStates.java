// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The desired states as they were handed out last, with their generations. A node's generation
/// counts up only when its content differs, so that a commit that does not concern a node does not
/// reach it.
///
/// @param states node → its state
/// @param departed node → the last generation of one that is gone and may come back
public record NumberedStates(
    SortedMap<NodeName, DesiredState> states, SortedMap<NodeName, Generation> departed) {

  /// Nothing was handed out yet.
  public static final NumberedStates NONE =
      new NumberedStates(Collections.emptySortedMap(), Collections.emptySortedMap());

  public NumberedStates {
    states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
    departed = Collections.unmodifiableSortedMap(new TreeMap<>(departed));
  }

  /// What names the states beside their content.
  ///
  /// @param configCommit in force
  /// @param ledgerCommit holds every record that the content names
  /// @param epoch at least 1
  public record Stamp(String clusterUid, String configCommit, String ledgerCommit, long epoch) {}

  /// The states of the next hand-out.
  public NumberedStates next(DesiredContent content, Stamp stamp) {
    SortedMap<NodeName, DesiredState> next = new TreeMap<>();
    content.nodes().forEach((node, wanted) -> next.put(node, next(node, wanted, stamp)));
    SortedMap<NodeName, Generation> gone = new TreeMap<>(departed);
    states.forEach((node, state) -> gone.put(node, state.generation()));
    gone.keySet().removeAll(next.keySet());
    return new NumberedStates(next, gone);
  }

  private DesiredState next(NodeName node, NodeContent wanted, Stamp stamp) {
    DesiredState last = states.get(node);
    boolean same =
        last != null
            && last.generation().epoch() == stamp.epoch()
            && last.announcements().equals(wanted.announcements())
            && last.peers().equals(wanted.peers())
            && last.clusterUid().equals(stamp.clusterUid());
    return last != null && same ? last : state(node, wanted, stamp, number(node, stamp));
  }

  /// One more than the node's last number of the epoch.
  private long number(NodeName node, Stamp stamp) {
    DesiredState last = states.get(node);
    Generation generation = last == null ? departed.get(node) : last.generation();
    return generation == null || generation.epoch() != stamp.epoch() ? 1 : generation.number() + 1;
  }

  private static DesiredState state(NodeName node, NodeContent wanted, Stamp stamp, long number) {
    return new DesiredState(
        node,
        stamp.clusterUid(),
        new Generation(stamp.epoch(), number),
        stamp.configCommit(),
        stamp.ledgerCommit(),
        wanted.announcements(),
        wanted.peers());
  }
}
