// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// The routes that go to exactly the same peers. Immutable.
///
/// @param number its own, of all groups that there ever were
/// @param routes prefix → what is wanted of its route (1:1)
record RouteGroup(int number, SortedSet<PeerName> peers, SnapshotMap<IpPrefix, Tally> routes) {

  /// What the route of a prefix has here; empty: there is none.
  Optional<Attributes> attributes(IpPrefix prefix) {
    return routes.find(prefix).map(Tally::merged);
  }

  /// The next version in the making.
  static final class Edit {

    private final RouteGroup before;

    // prefix that was touched → what is wanted now; empty: nothing (1:1)
    private final SortedMap<IpPrefix, Optional<Tally>> touched = new TreeMap<>();

    // Most routes are alike, and nobody shares most of them.
    private final Map<Attributes, Optional<Tally>> kinds = new HashMap<>();

    Edit(RouteGroup before) {
      this.before = before;
    }

    int number() {
      return before.number;
    }

    private Optional<Tally> now(IpPrefix prefix) {
      Optional<Tally> found = touched.get(prefix);
      return found == null ? before.routes.find(prefix) : found;
    }

    void add(BgpRoute route) {
      Attributes attributes = Attributes.of(route);
      Optional<Tally> now = now(route.prefix());
      touched.put(
          route.prefix(),
          now.isPresent()
              ? Optional.of(now.get().plus(attributes))
              : kinds.computeIfAbsent(attributes, one -> Optional.of(Tally.of(one))));
    }

    /// @param route one that was added
    void remove(BgpRoute route) {
      Attributes attributes = Attributes.of(route);
      touched.put(
          route.prefix(),
          now(route.prefix())
              .filter(tally -> !tally.isLast(attributes))
              .map(tally -> tally.minus(attributes)));
    }

    SortedMap<IpPrefix, Optional<Tally>> touched() {
      return Collections.unmodifiableSortedMap(touched);
    }

    RouteGroup after() {
      return new RouteGroup(before.number, before.peers, Edits.applied(before.routes, touched));
    }
  }
}
