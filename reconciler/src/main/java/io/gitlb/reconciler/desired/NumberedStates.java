// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.Optional;

/// The desired states as they were handed out last, with their generations. A node's generation
/// counts up only when its content differs, so that a commit that does not concern a node does not
/// reach it.
///
/// @param states node → its state
/// @param departed node → the last generation of one that is gone and may come back
/// @param content what the states were made of
/// @param named the cluster and the epoch of all states; empty before the first
public record NumberedStates(
    SnapshotMap<NodeName, DesiredState> states,
    SnapshotMap<NodeName, Generation> departed,
    SnapshotMap<NodeName, NodeContent> content,
    Optional<Named> named) {

  /// Nothing was handed out yet.
  public static final NumberedStates NONE =
      new NumberedStates(
          SnapshotMap.empty(), SnapshotMap.empty(), SnapshotMap.empty(), Optional.empty());

  /// What makes all states other ones.
  public record Named(String clusterUid, long epoch) {}

  /// What names the states beside their content.
  ///
  /// @param configCommit in force
  /// @param ledgerCommit holds every record that the content names
  /// @param epoch at least 1
  public record Stamp(String clusterUid, String configCommit, String ledgerCommit, long epoch) {}

  /// The states of the next hand-out; these very ones when nothing has changed for any node.
  public NumberedStates next(DesiredContent wanted, Stamp stamp) {
    Optional<Named> now = Optional.of(new Named(stamp.clusterUid(), stamp.epoch()));
    SnapshotMap<NodeName, NodeContent> before = named.equals(now) ? content : SnapshotMap.empty();
    SnapshotMap<NodeName, DesiredState> next = states;
    SnapshotMap<NodeName, Generation> gone = departed;
    boolean changed = !named.equals(now);
    for (DesiredState state : states.values()) {
      if (!wanted.nodes().containsKey(state.node())) {
        next = next.without(state.node());
        gone = gone.with(state.node(), state.generation());
        changed = true;
      }
    }
    for (Change<NodeName, NodeContent> change : wanted.nodes().changesSince(before)) {
      if (change.after().isPresent()) {
        NodeName node = change.key();
        next = next.with(node, state(node, change.after().get(), stamp));
        gone = gone.without(node);
        changed = true;
      }
    }
    return changed ? new NumberedStates(next, gone, wanted.nodes(), now) : this;
  }

  /// One more than the node's last number of the epoch.
  private long number(NodeName node, Stamp stamp) {
    return states
        .find(node)
        .map(DesiredState::generation)
        .or(() -> departed.find(node))
        .filter(generation -> generation.epoch() == stamp.epoch())
        .map(generation -> generation.number() + 1)
        .orElse(1L);
  }

  private DesiredState state(NodeName node, NodeContent wanted, Stamp stamp) {
    return new DesiredState(
        node,
        stamp.clusterUid(),
        new Generation(stamp.epoch(), number(node, stamp)),
        stamp.configCommit(),
        stamp.ledgerCommit(),
        wanted.announcements(),
        wanted.peers());
  }
}
