// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;

/// A route for the Adj-RIB-Out of the named peers. The node itself is the next hop.
///
/// @param localPreference unsigned 32 bits; for peers of the own AS
/// @param communities sorted; of a route that is leaving, GRACEFUL_SHUTDOWN is among them
/// @param peers at least one
public record BgpRoute(
    IpPrefix prefix,
    OptionalLong localPreference,
    List<Community> communities,
    SortedSet<PeerName> peers,
    Outlook outlook)
    implements Comparable<BgpRoute> {

  private static final Comparator<BgpRoute> ORDER =
      Comparator.comparing(BgpRoute::prefix)
          .thenComparing(route -> route.peers().toString())
          .thenComparing(route -> route.communities().toString())
          .thenComparingLong(route -> route.localPreference().orElse(-1))
          .thenComparing(BgpRoute::outlook);

  public BgpRoute {
    communities = communities.stream().distinct().sorted().toList();
    peers = FixedSortedSet.copyOf(peers);
    if (peers.isEmpty()) {
      throw new IllegalArgumentException("a route goes to at least one peer");
    }
  }

  /// One that stays.
  public BgpRoute(
      IpPrefix prefix,
      OptionalLong localPreference,
      List<Community> communities,
      SortedSet<PeerName> peers) {
    this(prefix, localPreference, communities, peers, Outlook.STAYING);
  }

  /// The same, its peers the object that another route has where that is equal: each of thousands
  /// of routes may go to the same hundred peers.
  BgpRoute sharing(BgpRoute other) {
    return peers.equals(other.peers)
        ? new BgpRoute(prefix, localPreference, communities, other.peers, outlook)
        : this;
  }

  @Override
  public int compareTo(BgpRoute other) {
    return ORDER.compare(this, other);
  }
}
