// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One peer and all that it is to be told: its Adj-RIB-Out.
///
/// @param routes prefix → its attributes (1:1)
public record PeerExport(PeerSettings peer, SortedMap<IpPrefix, Attributes> routes) {

  /// @param communities sorted
  public record Attributes(OptionalLong localPreference, List<Community> communities) {

    public Attributes {
      communities = List.copyOf(communities);
    }
  }

  public PeerExport {
    routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
  }

  /// Every peer of the desired state, by name. Addresses that share an aggregate give one route;
  /// where they differ in attributes it has the higher local preference and the communities of all.
  /// A route for a peer that the state does not have is left out.
  ///
  /// @param told which addresses are announced now; the routes of the others are left out
  public static List<PeerExport> of(DesiredState desired, Predicate<IpAddress> told) {
    SortedMap<PeerName, TreeMap<IpPrefix, Attributes>> byPeer = new TreeMap<>();
    for (PeerSettings peer : desired.peers()) {
      byPeer.put(peer.name(), new TreeMap<>());
    }
    for (Announcement announcement : desired.announcements().values()) {
      if (!told.test(announcement.address())) {
        continue;
      }
      for (BgpRoute route : announcement.routes()) {
        Attributes attributes = new Attributes(route.localPreference(), route.communities());
        for (PeerName name : route.peers()) {
          TreeMap<IpPrefix, Attributes> routes = byPeer.get(name);
          if (routes != null) {
            routes.merge(route.prefix(), attributes, PeerExport::combine);
          }
        }
      }
    }
    List<PeerExport> exports = new ArrayList<>();
    for (PeerSettings peer : desired.peers()) {
      exports.add(new PeerExport(peer, byPeer.getOrDefault(peer.name(), new TreeMap<>())));
    }
    return exports;
  }

  private static Attributes combine(Attributes a, Attributes b) {
    TreeSet<Community> communities = new TreeSet<>(a.communities());
    communities.addAll(b.communities());
    return new Attributes(
        higher(a.localPreference(), b.localPreference()), List.copyOf(communities));
  }

  private static OptionalLong higher(OptionalLong a, OptionalLong b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return OptionalLong.of(Math.max(a.getAsLong(), b.getAsLong()));
  }
}
