// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.List;
import java.util.Optional;

/// The desired states as they were handed out last, with their generations.
///
/// The numbers come from one counter for all nodes, one number a hand-out, so that the generations
/// of different nodes compare: the higher one was built later. A node's generation moves on only
/// when its content differs, so that a commit that does not concern a node does not reach it.
///
/// @param states node → its state
/// @param counter the last number of the epoch that was given out; 0 before the first. It goes on
///   while nodes come and go, so one that comes back is never given a number again
/// @param content what the states were made of
/// @param named the cluster and the epoch of all states; empty before the first
public record NumberedStates(
    SnapshotMap<NodeName, DesiredState> states,
    long counter,
    SnapshotMap<NodeName, NodeContent> content,
    Optional<Named> named) {

  /// Nothing was handed out yet.
  public static final NumberedStates NONE =
      new NumberedStates(SnapshotMap.empty(), 0, SnapshotMap.empty(), Optional.empty());

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
    Generation generation = new Generation(stamp.epoch(), counterOf(stamp.epoch()) + 1);
    SnapshotMap<NodeName, DesiredState> next = states;
    boolean changed = !named.equals(now);
    for (NodeName node : states.keySet()) {
      if (!wanted.nodes().containsKey(node)) {
        next = next.without(node);
        changed = true;
      }
    }
    for (Change<NodeName, NodeContent> change : wanted.nodes().changesSince(before)) {
      if (change.after().isPresent()) {
        NodeName node = change.key();
        next = next.with(node, state(node, generation, change.after().get(), stamp));
        changed = true;
      }
    }
    return changed ? new NumberedStates(next, generation.number(), wanted.nodes(), now) : this;
  }

  /// The last number of the epoch; 0 when it has none yet.
  private long counterOf(long epoch) {
    return named.filter(last -> last.epoch() == epoch).isPresent() ? counter : 0;
  }

  private static DesiredState state(
      NodeName node, Generation generation, NodeContent wanted, Stamp stamp) {
    return new DesiredState(
        node,
        stamp.clusterUid(),
        generation,
        stamp.configCommit(),
        stamp.ledgerCommit(),
        wanted.announcements(),
        wanted.peers(),
        List.of());
  }
}
