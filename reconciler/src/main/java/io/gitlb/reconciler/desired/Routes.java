// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The routes that lead to an address from one node.
///
/// A peer hears of a prefix once: where several advertisements name it, their communities are
/// united and the highest local preference counts; of a node that is cordoned it stays when one of
/// them says `onCordon: Keep`.
final class Routes {

  private Routes() {}

  /// @param advertisements those for the address and the node
  /// @param peers the node's
  /// @param node what is expected of it
  /// @return sorted; empty when no peer is to be told
  static List<BgpRoute> of(
      IpAddress address,
      List<BgpAdvertisement> advertisements,
      SortedSet<PeerName> peers,
      Outlook node) {
    // prefix → peer → what the peer is told of it
    SortedMap<IpPrefix, SortedMap<PeerName, Attributes>> told = new TreeMap<>();
    for (BgpAdvertisement ad : advertisements) {
      IpPrefix prefix = new IpPrefix(address, length(ad, address.family()));
      for (PeerName peer : peers) {
        if (ad.peers().isEmpty() || ad.peers().contains(peer)) {
          told.computeIfAbsent(prefix, _ -> new TreeMap<>())
              .merge(peer, Attributes.of(ad, node), Attributes::and);
        }
      }
    }
    List<BgpRoute> routes = new ArrayList<>();
    told.forEach((prefix, byPeer) -> routes.addAll(grouped(prefix, byPeer)));
    return routes;
  }

  /// Whether there is a peer to tell, whatever the address.
  static boolean reachesAnybody(List<BgpAdvertisement> advertisements, SortedSet<PeerName> peers) {
    return advertisements.stream()
        .anyMatch(
            ad ->
                ad.peers().isEmpty()
                    ? !peers.isEmpty()
                    : ad.peers().stream().anyMatch(peer -> peers.contains(peer)));
  }

  /// The peers that hear of an address, whatever the address.
  static SortedSet<PeerName> peersTold(
      List<BgpAdvertisement> advertisements, SortedSet<PeerName> peers) {
    SortedSet<PeerName> told = new TreeSet<>();
    for (PeerName peer : peers) {
      if (reachesAnybody(
          advertisements, Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(peer))))) {
        told.add(peer);
      }
    }
    return told;
  }

  private static int length(BgpAdvertisement ad, IpFamily family) {
    return switch (family) {
      case IPV4 -> ad.aggregationLengthIpv4();
      case IPV6 -> ad.aggregationLengthIpv6();
    };
  }

  /// Peers that are told the same share a route.
  private static List<BgpRoute> grouped(IpPrefix prefix, SortedMap<PeerName, Attributes> byPeer) {
    // what is told, as text → its peers; the text gives the order
    SortedMap<String, SortedSet<PeerName>> groups = new TreeMap<>();
    byPeer.forEach(
        (peer, attributes) ->
            groups.computeIfAbsent(attributes.toString(), _ -> new TreeSet<>()).add(peer));
    List<BgpRoute> routes = new ArrayList<>();
    for (SortedSet<PeerName> peers : groups.values()) {
      Attributes attributes = byPeer.get(peers.first());
      if (attributes != null) {
        routes.add(attributes.route(prefix, peers));
      }
    }
    return routes;
  }

  /// What a node that is cordoned means to routes of an advertisement.
  static Outlook cordoned(BgpAdvertisement advertisement) {
    return advertisement.onCordon() == OnCordon.KEEP ? Outlook.STAYING : Outlook.LEAVING;
  }

  private record Attributes(
      OptionalLong localPreference, List<Community> communities, Outlook outlook) {

    static Attributes of(BgpAdvertisement ad, Outlook node) {
      Outlook outlook = node == Outlook.LEAVING ? cordoned(ad) : Outlook.STAYING;
      return new Attributes(ad.localPreference(), ad.communities(), outlook);
    }

    Attributes and(Attributes other) {
      SortedSet<Community> united = new TreeSet<>(communities);
      united.addAll(other.communities);
      return new Attributes(
          LocalPreference.higher(localPreference, other.localPreference),
          List.copyOf(united),
          outlook == Outlook.STAYING ? outlook : other.outlook);
    }

    /// One that is leaving is marked, and has the lowest local preference at once (RFC 8326).
    BgpRoute route(IpPrefix prefix, SortedSet<PeerName> peers) {
      return switch (outlook) {
        case STAYING -> new BgpRoute(prefix, localPreference, communities, peers);
        case LEAVING ->
            new BgpRoute(
                prefix,
                OptionalLong.of(0),
                Stream.concat(communities.stream(), Stream.of(WellKnownCommunity.GRACEFUL_SHUTDOWN))
                    .toList(),
                peers,
                outlook);
      };
    }
  }
}
