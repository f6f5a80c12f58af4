// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the way from one table to the next once for all sessions that go it: of a hundred peers
/// that are told the same, one costs work and octets.
///
/// One owner, no locks. Each event loop has its own, which costs the work of a way once a loop; so
/// no loop ever waits for what another one works out.
public final class UpdateGroups {

  /// How many ways of one kind of sessions are remembered: they go the same one within moments of
  /// each other, but for a few changes in a row that find some of them still busy.
  private static final int MOST_WAYS = 8;

  private static final int MOST_KINDS = 256;

  /// How much the UPDATEs of all may hold: whole tables of 10,000 routes of twenty kinds.
  private static final int MOST_OCTETS = 1 << 20;

  // What makes sessions of one kind → their ways, the newest first (1:N); the kind that was asked
  // for longest ago first.
  private final Map<WireTerms, Deque<Way>> kinds = new LinkedHashMap<>(16, 0.75f, true);

  private int octets;

  private record Way(SnapshotMap<IpPrefix, RouteAttributes> from, Difference difference) {

    /// A table follows from what was desired, so that and the terms are enough.
    boolean leads(Table start, SnapshotMap<IpPrefix, RouteAttributes> end) {
      return isSame(from, start.desired()) && isSame(difference.after().desired(), end);
    }

    /// Identity is meant: to compare 10,000 routes would cost what is to be saved.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
      return a == b;
    }
  }

  /// @param desired where it leads to
  Difference between(
      WireTerms terms, Table before, SnapshotMap<IpPrefix, RouteAttributes> desired) {
    Deque<Way> ways = kinds.computeIfAbsent(terms, _ -> new ArrayDeque<>());
    for (Way way : ways) {
      if (way.leads(before, desired)) {
        return way.difference();
      }
    }
    Difference difference = Difference.between(terms, before, desired);
    ways.addFirst(new Way(before.desired(), difference));
    octets += difference.octets();
    if (ways.size() > MOST_WAYS) {
      octets -= ways.removeLast().difference().octets();
    }
    forgetKinds();
    return difference;
  }

  /// That asked for now stays in any case.
  private void forgetKinds() {
    Iterator<Deque<Way>> oldest = kinds.values().iterator();
    while (kinds.size() > 1 && (kinds.size() > MOST_KINDS || octets > MOST_OCTETS)) {
      octets -= oldest.next().stream().mapToInt(way -> way.difference().octets()).sum();
      oldest.remove();
    }
  }
}
