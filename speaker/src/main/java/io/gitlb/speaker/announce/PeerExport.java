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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One peer and all that it is to be told: its Adj-RIB-Out.
///
/// @param routes prefix → its attributes (1:1); one object for all peers that are told the same,
///   not to be changed
public record PeerExport(PeerSettings peer, SortedMap<IpPrefix, Attributes> routes) {

  /// @param communities sorted
  public record Attributes(OptionalLong localPreference, List<Community> communities) {

    public Attributes {
      communities = List.copyOf(communities);
    }
  }

  /// Every peer of the desired state, by name. Addresses that share an aggregate give one route;
  /// where they differ in attributes it has the higher local preference and the communities of all.
  /// A route for a peer that the state does not have is left out.
  ///
  /// @param told which addresses are announced now; the routes of the others are left out
  public static List<PeerExport> of(DesiredState desired, Predicate<IpAddress> told) {
    // peers → the routes that go to exactly these (1:N); there are few such groups
    Map<SortedSet<PeerName>, List<BgpRoute>> groups = new LinkedHashMap<>();
    for (Announcement announcement : desired.announcements().values()) {
      if (told.test(announcement.address())) {
        for (BgpRoute route : announcement.routes()) {
          groups.computeIfAbsent(route.peers(), _ -> new ArrayList<>()).add(route);
        }
      }
    }
    // the groups of a peer → its routes (1:1)
    Map<List<SortedSet<PeerName>>, SortedMap<IpPrefix, Attributes>> shared = new HashMap<>();
    List<PeerExport> exports = new ArrayList<>();
    for (PeerSettings peer : desired.peers()) {
      List<SortedSet<PeerName>> own =
          groups.keySet().stream().filter(group -> group.contains(peer.name())).toList();
      exports.add(new PeerExport(peer, shared.computeIfAbsent(own, one -> merged(one, groups))));
    }
    return exports;
  }

  private static SortedMap<IpPrefix, Attributes> merged(
      List<SortedSet<PeerName>> own, Map<SortedSet<PeerName>, List<BgpRoute>> groups) {
    SortedMap<IpPrefix, Attributes> routes = new TreeMap<>();
    for (SortedSet<PeerName> group : own) {
      for (BgpRoute route : groups.getOrDefault(group, List.of())) {
        Attributes attributes = new Attributes(route.localPreference(), route.communities());
        routes.merge(route.prefix(), attributes, PeerExport::combine);
      }
    }
    return Collections.unmodifiableSortedMap(routes);
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
