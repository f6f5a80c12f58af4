// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/// A route for the Adj-RIB-Out of the named peers. The node itself is the next hop.
///
/// @param localPreference unsigned 32 bits; for peers of the own AS
/// @param communities sorted
/// @param peers at least one
public record BgpRoute(
    IpPrefix prefix,
    OptionalLong localPreference,
    List<Community> communities,
    SortedSet<PeerName> peers)
    implements Comparable<BgpRoute> {

  private static final Comparator<BgpRoute> ORDER =
      Comparator.comparing(BgpRoute::prefix)
          .thenComparing(route -> route.peers().toString())
          .thenComparing(route -> route.communities().toString())
          .thenComparingLong(route -> route.localPreference().orElse(-1));

  public BgpRoute {
    communities = communities.stream().distinct().sorted().toList();
    peers = Collections.unmodifiableSortedSet(new TreeSet<>(peers));
    if (peers.isEmpty()) {
      throw new IllegalArgumentException("a route goes to at least one peer");
    }
  }

  @Override
  public int compareTo(BgpRoute other) {
    return ORDER.compare(this, other);
  }
}
