// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who comes first on the list of each address.
///
/// The present owner stays first while no other node is better off, unless one that is as good is
/// to take the address over for the sake of balance; and so does, before anybody announces, the one
/// that came first on the list that was handed out. Every other address is open: it goes to the one
/// of the best nodes that has the fewest addresses, rendezvous hashing deciding among those. Open
/// addresses are chosen for in their order once all the others are settled, so that the outcome
/// depends on nothing but the input.
final class Spread {

  /// address → the node that comes first
  private final Map<IpAddress, NodeName> heads = new HashMap<>();

  /// node → how many addresses it comes first for
  private final Map<NodeName, Integer> loads = new HashMap<>();

  private final SortedSet<IpAddress> open = new TreeSet<>();

  /// address that moves for the sake of balance → the nodes that suit it best
  private final SortedMap<IpAddress, List<Candidate>> movable = new TreeMap<>();

  private SnapshotMap<IpAddress, NodeName> owners = SnapshotMap.empty();
  private SnapshotMap<IpAddress, List<NodeName>> intended = SnapshotMap.empty();
  private SnapshotMap<IpAddress, NodeName> moves = SnapshotMap.empty();

  /// @param owners address → who announces it now
  /// @param intended address → the candidates that were handed out, best first
  /// @param moves address → the node that is to take it over
  void follow(
      SnapshotMap<IpAddress, NodeName> owners,
      SnapshotMap<IpAddress, List<NodeName>> intended,
      SnapshotMap<IpAddress, NodeName> moves) {
    this.owners = owners;
    this.intended = intended;
    this.moves = moves;
  }

  /// Whether the address is to go to another node than its owner.
  boolean isMoving(IpAddress address) {
    return moves.containsKey(address);
  }

  /// Who announces the address on its link, or did last.
  Optional<NodeName> owner(IpAddress address) {
    return owners.find(address);
  }

  /// The addresses that were chosen for and are not settled; they are to be looked at again.
  SortedSet<IpAddress> open() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(open));
  }

  /// The address counts for nobody any more.
  void release(IpAddress address) {
    open.remove(address);
    movable.remove(address);
    NodeName head = heads.remove(address);
    if (head != null) {
      loads.merge(head, -1, Integer::sum);
    }
  }

  /// Settles a released address; an open one gets any node for now.
  NodeName settle(IpAddress address, Roster roster, Rebalance rebalance) {
    Optional<NodeName> head =
        moves
            .find(address)
            .filter(roster::isBest)
            .or(() -> owners.find(address).filter(roster::isBest))
            .or(() -> intended.find(address).map(List::getFirst).filter(roster::isBest));
    if (head.isEmpty()) {
      open.add(address);
      return roster.best().getFirst().node();
    }
    take(address, head.get());
    if (rebalance == Rebalance.GRADUAL) {
      movable.put(address, roster.best());
    }
    return head.get();
  }

  /// Chooses for an open address.
  NodeName choose(IpAddress address, Roster roster, Rebalance rebalance) {
    NodeName head =
        roster.best().stream()
            .min(
                Comparator.comparingInt((Candidate one) -> load(one.node()))
                    .thenComparing(
                        Comparator.comparingLong((Candidate one) -> one.score(address)).reversed())
                    .thenComparing(Candidate::node))
            .orElseThrow()
            .node();
    take(address, head);
    if (rebalance == Rebalance.GRADUAL) {
      movable.put(address, roster.best());
    }
    return head;
  }

  /// The move that helps balance most: the one between the nodes that differ most in their
  /// addresses, by two at least, so that no move is ever undone by another; of several addresses
  /// the lowest.
  ///
  /// @param willing the nodes that may be asked to take an address over
  Optional<BalanceMove> move(SortedSet<NodeName> willing) {
    IdentityHashMap<List<Candidate>, Optional<NodeName>> idlest = new IdentityHashMap<>();
    Optional<BalanceMove> found = Optional.empty();
    int most = 1;
    for (Map.Entry<IpAddress, List<Candidate>> entry : movable.entrySet()) {
      IpAddress address = entry.getKey();
      NodeName from = heads.get(address);
      Optional<NodeName> to =
          idlest.computeIfAbsent(entry.getValue(), best -> idlest(best, willing));
      if (from != null
          && to.isPresent()
          && owners.find(address).equals(Optional.of(from))
          && load(from) - load(to.get()) > most) {
        most = load(from) - load(to.get());
        found = Optional.of(new BalanceMove(address, from, to.get()));
      }
    }
    return found;
  }

  private Optional<NodeName> idlest(List<Candidate> best, SortedSet<NodeName> willing) {
    return best.stream()
        .map(Candidate::node)
        .filter(node -> willing.contains(node))
        .min(Comparator.comparingInt(this::load).thenComparing(Comparator.naturalOrder()));
  }

  private int load(NodeName node) {
    return loads.getOrDefault(node, 0);
  }

  private void take(IpAddress address, NodeName head) {
    heads.put(address, head);
    loads.merge(head, 1, Integer::sum);
  }

  /// Whether the address was found to be open.
  boolean isOpen(IpAddress address) {
    return open.contains(address);
  }
}
