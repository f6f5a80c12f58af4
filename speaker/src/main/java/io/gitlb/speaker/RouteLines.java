// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The routes of the state in force, with the peers that have each and those that do not and why.
final class RouteLines {

  private static final Comparator<Key> ORDER =
      Comparator.comparing(Key::prefix).thenComparing(key -> key.attributes().toString());

  private record Key(IpPrefix prefix, Attributes attributes) {}

  /// Peers that are alike to a route.
  ///
  /// @param fault why they do not have it; empty: they do
  private record Part(SortedSet<PeerName> peers, Optional<String> fault) {}

  /// What makes peers of the same routes alike.
  ///
  /// @param told empty: there is no session
  private record Kind(
      Optional<SnapshotMap<IpPrefix, RouteAttributes>> told,
      SnapshotMap<IpPrefix, Omission> omitted) {

    private static final Kind WITHOUT_SESSION = new Kind(Optional.empty(), SnapshotMap.empty());

    /// The entries of thousands of routes would take longer than to compare what is shared.
    @Override
    public int hashCode() {
      return Objects.hash(told.map(SnapshotMap::size), omitted.size());
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Kind kind && told.equals(kind.told) && omitted.equals(kind.omitted);
    }
  }

  private record Having(SortedSet<PeerName> told, SnapshotMap<PeerName, String> untold) {}

  // Route → the peers that are to have it (1:N). There may be 10,000 routes to a hundred peers, so
  // what many of them have in common is one object.
  private final SortedMap<Key, List<Part>> lines = new TreeMap<>(ORDER);

  private RouteLines() {}

  /// Sorted by prefix; peers that are told the same share a line.
  static List<RouteLine> of(SpeakerView view) {
    RouteLines lines = new RouteLines();
    view.applied().ifPresent(state -> lines.add(state, view));
    return lines.all();
  }

  private void add(DesiredState state, SpeakerView view) {
    SortedMap<PeerName, PeerStatus> peers = new TreeMap<>();
    view.peers().forEach(peer -> peers.put(peer.name(), peer));
    Map<IpAddress, Placement.Reason> withheld = view.withheld();
    IdentityHashMap<Map<IpPrefix, Attributes>, Map<Kind, SortedSet<PeerName>>> kinds =
        new IdentityHashMap<>();
    for (PeerExport export : PeerExport.of(state, address -> !withheld.containsKey(address))) {
      PeerName name = export.peer().name();
      kinds
          .computeIfAbsent(export.routes(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(kind(peers.get(name)), _ -> new TreeSet<>())
          .add(name);
    }
    kinds.forEach((routes, alike) -> alike.forEach((kind, names) -> add(routes, kind, names)));
    SortedSet<IpPrefix> told = new TreeSet<>();
    lines.keySet().forEach(key -> told.add(key.prefix()));
    withheld.forEach(
        (address, reason) ->
            state.announcements().find(address).stream()
                .flatMap(announcement -> announcement.routes().stream())
                .filter(route -> !told.contains(route.prefix()))
                .forEach(route -> withhold(route, reason)));
  }

  private static Kind kind(@Nullable PeerStatus peer) {
    return peer != null && peer.state() == State.ESTABLISHED
        ? new Kind(Optional.of(peer.told()), peer.omitted())
        : Kind.WITHOUT_SESSION;
  }

  private void add(Map<IpPrefix, Attributes> routes, Kind kind, SortedSet<PeerName> names) {
    SortedSet<PeerName> peers = FixedSortedSet.copyOf(names);
    // Why not → the part that says so (1:1).
    Map<Optional<String>, Part> parts = new HashMap<>();
    routes.forEach(
        (prefix, attributes) ->
            put(
                new Key(prefix, attributes),
                parts.computeIfAbsent(fault(kind, prefix), why -> new Part(peers, why))));
  }

  private static Optional<String> fault(Kind kind, IpPrefix prefix) {
    if (kind.told().isEmpty()) {
      return Optional.of("NotEstablished");
    }
    return kind.told().get().containsKey(prefix)
        ? Optional.empty()
        : Optional.of(kind.omitted().find(prefix).map(Omission::label).orElse(RoutePeers.WAITING));
  }

  private void withhold(BgpRoute route, Placement.Reason reason) {
    put(
        new Key(route.prefix(), Attributes.of(route)),
        new Part(route.peers(), Optional.of(reason.label())));
  }

  private void put(Key key, Part part) {
    lines.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(part);
  }

  private List<RouteLine> all() {
    Map<List<Part>, Having> kinds = new HashMap<>();
    List<RouteLine> all = new ArrayList<>();
    lines.forEach(
        (key, parts) -> {
          Having having = kinds.computeIfAbsent(parts, RouteLines::having);
          Attributes attributes = key.attributes();
          all.add(
              new RouteLine(
                  key.prefix(),
                  attributes.localPreference(),
                  attributes.communities(),
                  having.told(),
                  having.untold()));
        });
    return all;
  }

  private static Having having(List<Part> parts) {
    SortedSet<PeerName> told = new TreeSet<>();
    SortedMap<PeerName, String> untold = new TreeMap<>();
    for (Part part : parts) {
      part.fault()
          .ifPresentOrElse(
              why -> part.peers().forEach(peer -> untold.put(peer, why)),
              () -> told.addAll(part.peers()));
    }
    return new Having(FixedSortedSet.copyOf(told), SnapshotMap.copyOf(untold));
  }
}
