// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The peers with a session, and which routes they have. Thousands of routes go to the same peers,
/// and most peers have the same: who has a route is found for all of these at once. For one piece
/// of work.
final class RoutePeers {

  /// The route is on its way to a peer, which may not read.
  static final String WAITING = "Waiting";

  // peer with a session → the routes that have gone to it (1:1)
  private final SortedMap<PeerName, SnapshotMap<IpPrefix, RouteAttributes>> told = new TreeMap<>();

  // peer with a session → the prefixes that it does not get at all (1:1)
  private final SortedMap<PeerName, SnapshotMap<IpPrefix, Omission>> omitted = new TreeMap<>();

  // the peers of a route → those of them with a session, by what they have (1:1)
  private final IdentityHashMap<SortedSet<PeerName>, List<Alike>> groups = new IdentityHashMap<>();

  // groups → their peers, sorted (1:1)
  private final Map<List<Alike>, List<PeerName>> joined = new HashMap<>();

  /// Peers that have the same. Each is only equal to itself.
  private static final class Alike {

    private final SnapshotMap<IpPrefix, RouteAttributes> told;
    private final List<PeerName> peers = new ArrayList<>();

    Alike(SnapshotMap<IpPrefix, RouteAttributes> told) {
      this.told = told;
    }
  }

  private RoutePeers() {}

  static RoutePeers of(List<PeerStatus> all) {
    RoutePeers peers = new RoutePeers();
    for (PeerStatus peer : all) {
      if (peer.state() == State.ESTABLISHED) {
        peers.told.put(peer.name(), peer.told());
        peers.omitted.put(peer.name(), peer.omitted());
      }
    }
    return peers;
  }

  /// Peer with a session → the routes that have gone to it (1:1).
  SortedMap<PeerName, SnapshotMap<IpPrefix, RouteAttributes>> told() {
    return told;
  }

  /// Peer with a session → the prefixes that it does not get at all (1:1).
  SortedMap<PeerName, SnapshotMap<IpPrefix, Omission>> omitted() {
    return omitted;
  }

  /// Why peers with a session do not have a route of an address; empty: there is none among those
  /// that should.
  Optional<String> fault(BgpRoute route) {
    if (groups.computeIfAbsent(route.peers(), this::group).isEmpty()) {
      return Optional.empty();
    }
    return route.peers().stream()
        .flatMap(name -> Optional.ofNullable(omitted.get(name)).stream())
        .flatMap(without -> without.find(route.prefix()).stream())
        .map(Omission::label)
        .findFirst()
        .or(() -> Optional.of(WAITING));
  }

  /// Those that have a route of an address, sorted.
  List<PeerName> having(Announcement announcement) {
    if (announcement.routes().size() == 1) {
      return having(announcement.routes().getFirst());
    }
    SortedSet<PeerName> having = new TreeSet<>();
    announcement.routes().forEach(route -> having.addAll(having(route)));
    return List.copyOf(having);
  }

  private List<PeerName> having(BgpRoute route) {
    List<Alike> having = new ArrayList<>();
    for (Alike alike : groups.computeIfAbsent(route.peers(), this::group)) {
      if (alike.told.containsKey(route.prefix())) {
        having.add(alike);
      }
    }
    return joined.computeIfAbsent(having, RoutePeers::join);
  }

  private List<Alike> group(SortedSet<PeerName> names) {
    IdentityHashMap<SnapshotMap<IpPrefix, RouteAttributes>, Alike> byTold = new IdentityHashMap<>();
    List<Alike> all = new ArrayList<>();
    for (PeerName name : names) {
      SnapshotMap<IpPrefix, RouteAttributes> routes = told.get(name);
      if (routes != null) {
        byTold
            .computeIfAbsent(
                routes,
                one -> {
                  Alike fresh = new Alike(one);
                  all.add(fresh);
                  return fresh;
                })
            .peers
            .add(name);
      }
    }
    return all;
  }

  private static List<PeerName> join(List<Alike> groups) {
    // A copy is the same object where it is passed on, thousands of times.
    return List.copyOf(groups.stream().flatMap(alike -> alike.peers.stream()).sorted().toList());
  }
}
