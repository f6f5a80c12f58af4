// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The nodes that may announce the same addresses on a link, and in which order they follow the
/// first one.
///
/// Nodes in trouble come last but stay in: when all are in trouble somebody still announces. Then
/// preferred weights decide. Equals sit on a ring in the order of a hash of their names, the same
/// for all addresses, and those that follow a node on it are its successors. The first few of them,
/// in an order that depends on the address, so that not one node inherits all, are the next
/// candidates. A node is so watched by few others, however many addresses it owns.
final class Roster {

  /// Up to so many nodes, all of them are candidates.
  static final int ALL_UP_TO = 16;

  /// Candidates of an address when there are more nodes; the first four watch each other.
  static final int OF_MANY = 8;

  /// Successors among which the address chooses its order.
  static final int NEXT = 4;

  private static final Comparator<Candidate> ORDER =
      Comparator.comparingInt(Candidate::trouble)
          .thenComparing(Comparator.comparingInt(Candidate::weight).reversed())
          .thenComparingLong(Candidate::place)
          .thenComparing(Candidate::node);

  /// Equals in one list, on their ring; the best first.
  private final List<List<Candidate>> tiers = new ArrayList<>();

  private final Map<NodeName, Candidate> byNode;

  /// Those that come before all others, in the tiers that come first; none: all are equal in this.
  private final Map<NodeName, Candidate> ahead;

  Roster(List<Candidate> candidates) {
    byNode = new HashMap<>();
    ahead = Map.of();
    List<Candidate> tier = new ArrayList<>();
    for (Candidate candidate : candidates.stream().sorted(ORDER).toList()) {
      if (!tier.isEmpty() && !tier.getFirst().isLike(candidate)) {
        tiers.add(List.copyOf(tier));
        tier.clear();
      }
      tier.add(candidate);
      byNode.put(candidate.node(), candidate);
    }
    if (!tier.isEmpty()) {
      tiers.add(List.copyOf(tier));
    }
  }

  private Roster(Roster first, Roster all) {
    tiers.addAll(first.tiers);
    tiers.addAll(all.tiers);
    byNode = all.byNode;
    ahead = first.byNode;
  }

  /// The same nodes with those of another roster before all others.
  ///
  /// @param first some of these nodes or others, or none
  Roster after(Roster first) {
    return first.isEmpty() ? this : new Roster(first, this);
  }

  private Optional<Candidate> find(NodeName node) {
    return Optional.ofNullable(ahead.get(node)).or(() -> Optional.ofNullable(byNode.get(node)));
  }

  private int size() {
    return byNode.size()
        + (int) ahead.keySet().stream().filter(node -> !byNode.containsKey(node)).count();
  }

  private int turn(Candidate candidate) {
    return ahead.isEmpty() || ahead.containsKey(candidate.node()) ? 0 : 1;
  }

  /// What puts a node where it is on the lists, best first; nothing for a sound one that nobody
  /// prefers.
  List<String> why(NodeName node) {
    Optional<Candidate> candidate = find(node);
    if (candidate.isEmpty()) {
      return List.of("leaving");
    }
    List<String> why = new ArrayList<>();
    if (turn(candidate.get()) > 0) {
      why.add("no endpoint");
    }
    if (candidate.get().weight() > 0) {
      why.add("preferred " + candidate.get().weight());
    }
    Trouble.words(candidate.get().trouble()).forEach(why::add);
    return why;
  }

  boolean isEmpty() {
    return tiers.isEmpty();
  }

  boolean contains(NodeName node) {
    return find(node).isPresent();
  }

  /// The best ones, at least one.
  List<Candidate> best() {
    return tiers.getFirst();
  }

  /// Whether the node is one of the best.
  boolean isBest(NodeName node) {
    return find(node).filter(own -> turn(own) == 0 && own.isLike(best().getFirst())).isPresent();
  }

  /// The candidates of an address, best first.
  ///
  /// @param head one of the nodes
  List<NodeName> following(NodeName head, IpAddress address) {
    Candidate first = find(head).orElseThrow();
    int most = size() <= ALL_UP_TO ? size() : OF_MANY;
    List<Candidate> chosen = new ArrayList<>(most);
    chosen.add(first);
    int seen = 0;
    for (List<Candidate> tier : tiers) {
      boolean isAhead = seen < ahead.size();
      seen += tier.size();
      int start = placeAfter(tier, first);
      for (int i = 0; i < tier.size() && chosen.size() < most; i++) {
        Candidate next = tier.get((start + i) % tier.size());
        if (!next.node().equals(head) && (isAhead || !ahead.containsKey(next.node()))) {
          chosen.add(next);
        }
      }
    }
    shuffle(chosen, address);
    return chosen.stream().map(Candidate::node).toList();
  }

  /// Where on the ring of a tier those begin that follow the node.
  private static int placeAfter(List<Candidate> tier, Candidate node) {
    int low = 0;
    int high = tier.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tier.get(middle).place() <= node.place()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == tier.size() ? 0 : low;
  }

  /// The next ones in the order of the address, but never a worse one before a better one.
  private void shuffle(List<Candidate> chosen, IpAddress address) {
    int end = Math.min(chosen.size(), 1 + NEXT);
    chosen
        .subList(1, end)
        .sort(
            Comparator.comparingInt(this::turn)
                .thenComparingInt(Candidate::trouble)
                .thenComparing(Comparator.comparingInt(Candidate::weight).reversed())
                .thenComparing(
                    Comparator.comparingLong((Candidate one) -> one.score(address)).reversed())
                .thenComparing(Candidate::node));
  }
}
