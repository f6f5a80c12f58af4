// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who comes first on the list of each address.
///
/// The present owner stays first while no other node is better off, and so does, before anybody
/// announces, the one that came first on the list that was handed out. Every other address is open:
/// it goes to the one of the best nodes that has the fewest addresses, rendezvous hashing deciding
/// among those. Open addresses are chosen for in their order once all the others are settled, so
/// that the outcome depends on nothing but the input.
final class Spread {

  /// address → the node that comes first
  private final Map<IpAddress, NodeName> heads = new HashMap<>();

  /// node → how many addresses it comes first for
  private final Map<NodeName, Integer> loads = new HashMap<>();

  private final SortedSet<IpAddress> open = new TreeSet<>();

  private SnapshotMap<IpAddress, NodeName> owners = SnapshotMap.empty();
  private SnapshotMap<IpAddress, List<NodeName>> intended = SnapshotMap.empty();

  /// @param owners address → who announces it now
  /// @param intended address → the candidates that were handed out, best first
  void follow(
      SnapshotMap<IpAddress, NodeName> owners, SnapshotMap<IpAddress, List<NodeName>> intended) {
    this.owners = owners;
    this.intended = intended;
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
    NodeName head = heads.remove(address);
    if (head != null) {
      loads.merge(head, -1, Integer::sum);
    }
  }

  /// Settles a released address; an open one gets any node for now.
  NodeName settle(IpAddress address, Roster roster) {
    Optional<NodeName> head =
        owners
            .find(address)
            .filter(roster::isBest)
            .or(() -> intended.find(address).map(List::getFirst).filter(roster::isBest));
    if (head.isEmpty()) {
      open.add(address);
      return roster.best().getFirst().node();
    }
    take(address, head.get());
    return head.get();
  }

  /// Chooses for an open address.
  NodeName choose(IpAddress address, Roster roster) {
    NodeName head =
        roster.best().stream()
            .min(
                Comparator.comparingInt((Candidate one) -> loads.getOrDefault(one.node(), 0))
                    .thenComparing(
                        Comparator.comparingLong((Candidate one) -> one.score(address)).reversed())
                    .thenComparing(Candidate::node))
            .orElseThrow()
            .node();
    take(address, head);
    return head;
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
