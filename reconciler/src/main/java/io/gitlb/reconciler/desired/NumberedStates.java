// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.List;
import java.util.Optional;

/// The desired states as they were handed out last, with their generations.
///
/// The numbers come from one counter for all nodes, one number a hand-out, so that the generations
/// of different nodes compare: the higher one was built later. A node's generation moves on only
/// when its content or the members differ, so that a commit that does not concern a node does not
/// reach it.
///
/// @param states node → its state
/// @param counter the last number of the epoch that was given out; 0 before the first. It goes on
///   while nodes come and go, so one that comes back is never given a number again
/// @param content what the states were made of
/// @param terms address → since when its list of candidates counts; begins anew with the epoch
/// @param members as they are in every state
/// @param named the cluster and the epoch of all states; empty before the first
public record NumberedStates(
    SnapshotMap<NodeName, DesiredState> states,
    long counter,
    DesiredContent content,
    SnapshotMap<IpAddress, Generation> terms,
    List<Member> members,
    Optional<Named> named) {

  /// Nothing was handed out yet.
  public static final NumberedStates NONE =
      new NumberedStates(
          SnapshotMap.empty(),
          0,
          DesiredContent.EMPTY,
          SnapshotMap.empty(),
          List.of(),
          Optional.empty());

  public NumberedStates {
    members = List.copyOf(members);
  }

  /// What makes all states other ones.
  public record Named(String clusterUid, long epoch) {}

  /// What names the states beside their content.
  ///
  /// @param configCommit in force
  /// @param ledgerCommit holds every record that the content names
  /// @param epoch at least 1
  public record Stamp(String clusterUid, String configCommit, String ledgerCommit, long epoch) {}

  /// The states of the next hand-out; these very ones when nothing has changed for any node.
  ///
  /// @param all every node with a speaker
  public NumberedStates next(DesiredContent wanted, List<Member> all, Stamp stamp) {
    boolean sameEpoch = named.filter(last -> last.epoch() == stamp.epoch()).isPresent();
    Generation generation = new Generation(stamp.epoch(), (sameEpoch ? counter : 0) + 1);
    SnapshotMap<IpAddress, Generation> since = terms(wanted, sameEpoch, generation);
    Optional<Named> now = Optional.of(new Named(stamp.clusterUid(), stamp.epoch()));
    SnapshotMap<NodeName, DesiredState> next = states;
    for (NodeName node : states.keySet()) {
      if (!wanted.nodes().containsKey(node)) {
        next = next.without(node);
      }
    }
    StateMaker maker = new StateMaker(generation, stamp, since, all);
    boolean allAnew = !named.equals(now) || !members.equals(all);
    if (allAnew) {
      for (NodeName node : wanted.nodes().keySet()) {
        next = next.with(node, maker.make(node, wanted.nodes().get(node), before(node, sameEpoch)));
      }
    } else {
      for (Change<NodeName, NodeContent> change : wanted.nodes().changesSince(content.nodes())) {
        if (change.after().isPresent()) {
          NodeName node = change.key();
          next = next.with(node, maker.make(node, change.after().get(), before(node, true)));
        }
      }
    }
    return allAnew || !next.changesSince(states).isEmpty()
        ? new NumberedStates(next, generation.number(), wanted, since, all, now)
        : this;
  }

  /// What the node has, to go on from; nothing when all terms are other ones.
  private Optional<Before> before(NodeName node, boolean sameEpoch) {
    return sameEpoch
        ? content
            .nodes()
            .find(node)
            .flatMap(was -> states.find(node).map(state -> new Before(was, state)))
        : Optional.empty();
  }

  /// A list of candidates that is another one counts from now on.
  private SnapshotMap<IpAddress, Generation> terms(
      DesiredContent wanted, boolean sameEpoch, Generation generation) {
    SnapshotMap<IpAddress, Generation> next = sameEpoch ? terms : SnapshotMap.empty();
    SnapshotMap<IpAddress, List<NodeName>> before =
        sameEpoch ? content.candidates() : SnapshotMap.empty();
    for (Change<IpAddress, List<NodeName>> change : wanted.candidates().changesSince(before)) {
      next =
          change.after().isEmpty()
              ? next.without(change.key())
              : change.after().equals(change.before()) ? next : next.with(change.key(), generation);
    }
    return next;
  }

  /// A node's content and the state that was made of it.
  record Before(NodeContent content, DesiredState state) {}
}
