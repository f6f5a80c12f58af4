// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The peers with a session.
///
/// @param omitted such a peer → the prefixes that it does not have all the same (1:1)
record RoutePeers(SortedMap<PeerName, SnapshotMap<IpPrefix, Omission>> omitted) {

  static RoutePeers of(List<PeerStatus> all) {
    SortedMap<PeerName, SnapshotMap<IpPrefix, Omission>> omitted = new TreeMap<>();
    for (PeerStatus peer : all) {
      if (peer.state() == State.ESTABLISHED) {
        omitted.put(peer.name(), peer.omitted());
      }
    }
    return new RoutePeers(omitted);
  }

  boolean haveAll() {
    return omitted.values().stream().allMatch(SnapshotMap::isEmpty);
  }

  /// Why one does not have a route of an address.
  Optional<String> fault(BgpRoute route) {
    return route.peers().stream()
        .flatMap(name -> Optional.ofNullable(omitted.get(name)).stream())
        .flatMap(without -> without.find(route.prefix()).stream())
        .map(Omission::label)
        .findFirst();
  }

  /// Those that have a route of an address, sorted.
  List<PeerName> having(Announcement announcement) {
    SortedSet<PeerName> having = new TreeSet<>();
    for (BgpRoute route : announcement.routes()) {
      for (PeerName name : route.peers()) {
        SnapshotMap<IpPrefix, Omission> without = omitted.get(name);
        if (without != null && !without.containsKey(route.prefix())) {
          having.add(name);
        }
      }
    }
    return List.copyOf(having);
  }
}
