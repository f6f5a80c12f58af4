// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

  // Route → peer → why the peer does not have it; empty: it does.
  private final SortedMap<Key, SortedMap<PeerName, Optional<String>>> lines = new TreeMap<>(ORDER);

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
    for (PeerExport export : PeerExport.of(state, address -> !withheld.containsKey(address))) {
      PeerName name = export.peer().name();
      export
          .routes()
          .forEach(
              (prefix, attributes) ->
                  put(new Key(prefix, attributes), name, fault(peers.get(name), prefix)));
    }
    SortedSet<IpPrefix> told = new TreeSet<>();
    lines.keySet().forEach(key -> told.add(key.prefix()));
    withheld.forEach(
        (address, reason) ->
            state.announcements().find(address).stream()
                .flatMap(announcement -> announcement.routes().stream())
                .filter(route -> !told.contains(route.prefix()))
                .forEach(route -> withhold(route, reason)));
  }

  private void withhold(BgpRoute route, Placement.Reason reason) {
    Attributes attributes = new Attributes(route.localPreference(), route.communities());
    for (PeerName peer : route.peers()) {
      put(new Key(route.prefix(), attributes), peer, Optional.of(reason.label()));
    }
  }

  private void put(Key key, PeerName peer, Optional<String> fault) {
    lines.computeIfAbsent(key, _ -> new TreeMap<>()).put(peer, fault);
  }

  private static Optional<String> fault(@Nullable PeerStatus peer, IpPrefix prefix) {
    return peer == null || peer.state() != State.ESTABLISHED
        ? Optional.of("NotEstablished")
        : Optional.ofNullable(peer.omitted().get(prefix)).map(Omission::label);
  }

  private List<RouteLine> all() {
    List<RouteLine> all = new ArrayList<>();
    lines.forEach(
        (key, faults) -> {
          SortedSet<PeerName> told = new TreeSet<>();
          SortedMap<PeerName, String> untold = new TreeMap<>();
          faults.forEach(
              (peer, fault) ->
                  fault.ifPresentOrElse(why -> untold.put(peer, why), () -> told.add(peer)));
          Attributes attributes = key.attributes();
          all.add(
              new RouteLine(
                  key.prefix(),
                  attributes.localPreference(),
                  attributes.communities(),
                  told,
                  untold));
        });
    return all;
  }
}
