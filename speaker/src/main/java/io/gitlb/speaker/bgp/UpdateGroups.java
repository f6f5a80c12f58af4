// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Makes the way from one table to the next once for all sessions that go it: of a hundred peers
/// that are told the same, one costs work and octets. From any thread.
public final class UpdateGroups {

  /// How many ways are remembered: sessions go the same one within moments of each other. A few
  /// kinds of sessions, and a few changes in a row that find some of them still busy.
  private static final int REMEMBERED = 8;

  // The newest first.
  private final Deque<Way> ways = new ArrayDeque<>();

  private record Way(
      WireTerms terms, SnapshotMap<IpPrefix, RouteAttributes> from, Difference difference) {

    /// A table follows from what was desired, so that and the terms are enough.
    boolean leads(WireTerms by, Table start, SnapshotMap<IpPrefix, RouteAttributes> end) {
      return isSame(from, start.desired())
          && isSame(difference.after().desired(), end)
          && terms.equals(by);
    }

    /// Identity is meant: to compare 10,000 routes would cost what is to be saved.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
      return a == b;
    }
  }

  /// @param desired where it leads to
  synchronized Difference between(
      WireTerms terms, Table before, SnapshotMap<IpPrefix, RouteAttributes> desired) {
    for (Way way : ways) {
      if (way.leads(terms, before, desired)) {
        return way.difference();
      }
    }
    Difference difference = Difference.between(terms, before, desired);
    ways.addFirst(new Way(terms, before.desired(), difference));
    if (ways.size() > REMEMBERED) {
      ways.removeLast();
    }
    return difference;
  }
}
