// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/// What changes on links and in BGP.
final class WireChanges {

  private WireChanges() {}

  /// Addresses of layer 2 that change hands.
  static List<OwnerChange> owners(Future before, Future after) {
    SortedMap<IpAddress, NodeName> was = owners(before.content());
    SortedMap<IpAddress, NodeName> is = owners(after.content());
    SortedSet<IpAddress> addresses = new TreeSet<>(was.keySet());
    addresses.addAll(is.keySet());
    return addresses.stream()
        .map(
            address ->
                new OwnerChange(
                    address,
                    Optional.ofNullable(was.get(address)),
                    Optional.ofNullable(is.get(address))))
        .filter(change -> !change.before().equals(change.after()))
        .toList();
  }

  /// The first of the candidates announces.
  private static SortedMap<IpAddress, NodeName> owners(DesiredContent content) {
    SortedMap<IpAddress, NodeName> owners = new TreeMap<>();
    content
        .placed()
        .forEach(
            (address, nodes) ->
                content
                    .nodes()
                    .find(nodes.first())
                    .flatMap(node -> node.announcements().find(address))
                    .flatMap(Announcement::layer2)
                    .ifPresent(layer2 -> owners.put(address, layer2.candidates().getFirst())));
    return owners;
  }

  /// @param peer who hears of it
  private record Told(PeerName peer, IpPrefix prefix) implements Comparable<Told> {

    @Override
    public int compareTo(Told other) {
      int byPeer = peer.compareTo(other.peer);
      return byPeer != 0 ? byPeer : prefix.compareTo(other.prefix);
    }
  }

  /// Prefixes that peers hear of otherwise.
  static List<RouteChange> routes(Future before, Future after) {
    Map<PeerName, PeerName> names = renamed(sessions(before.content()), sessions(after.content()));
    SortedMap<Told, SortedMap<NodeName, String>> was = new TreeMap<>();
    told(before.content())
        .forEach(
            (told, nodes) ->
                was.put(
                    new Told(names.getOrDefault(told.peer(), told.peer()), told.prefix()), nodes));
    SortedMap<Told, SortedMap<NodeName, String>> is = told(after.content());
    List<RouteChange> changes = new ArrayList<>();
    SortedSet<Told> all = new TreeSet<>(was.keySet());
    all.addAll(is.keySet());
    for (Told told : all) {
      SortedMap<NodeName, String> one = was.getOrDefault(told, Collections.emptySortedMap());
      SortedMap<NodeName, String> other = is.getOrDefault(told, Collections.emptySortedMap());
      if (!one.equals(other)) {
        changes.add(
            new RouteChange(
                told.peer(),
                told.prefix(),
                kind(one, other),
                new TreeSet<>(one.keySet()),
                new TreeSet<>(other.keySet())));
      }
    }
    return changes;
  }

  private static RouteChange.Kind kind(
      SortedMap<NodeName, String> was, SortedMap<NodeName, String> is) {
    if (was.isEmpty()) {
      return RouteChange.Kind.ADDED;
    }
    if (is.isEmpty()) {
      return RouteChange.Kind.WITHDRAWN;
    }
    return was.keySet().equals(is.keySet())
        ? RouteChange.Kind.OTHER_ATTRIBUTES
        : RouteChange.Kind.OTHER_NODES;
  }

  /// Peer and prefix → node → with which attributes.
  private static SortedMap<Told, SortedMap<NodeName, String>> told(DesiredContent content) {
    SortedMap<Told, SortedMap<NodeName, String>> told = new TreeMap<>();
    for (Map.Entry<NodeName, NodeContent> node : content.nodes().entrySet()) {
      for (Announcement announcement : node.getValue().announcements().values()) {
        for (BgpRoute route : announcement.routes()) {
          String attributes = route.localPreference() + " " + route.communities();
          for (PeerName peer : route.peers()) {
            told.computeIfAbsent(new Told(peer, route.prefix()), _ -> new TreeMap<>())
                // Addresses of one aggregate tell of it together.
                .merge(node.getKey(), attributes, WireChanges::lower);
          }
        }
      }
    }
    return told;
  }

  private static String lower(String one, String other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /// Sessions that come, go or are reset. Where no node with a speaker is known, peers that all
  /// nodes would have are compared by their documents.
  static List<SessionChange> sessions(Future before, Future after) {
    SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> was = sessions(before.content());
    SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> is = sessions(after.content());
    renamed(was, is)
        .forEach((old, name) -> was.put(name, Optional.ofNullable(was.remove(old)).orElseThrow()));
    SortedMap<SessionChange.Kind, SortedMap<PeerName, SortedSet<NodeName>>> found = new TreeMap<>();
    BiConsumer<SessionChange.Kind, Map.Entry<PeerName, NodeName>> add =
        (kind, session) ->
            found
                .computeIfAbsent(kind, _ -> new TreeMap<>())
                .computeIfAbsent(session.getKey(), _ -> new TreeSet<>())
                .add(session.getValue());
    was.forEach(
        (peer, nodes) ->
            nodes.forEach(
                (node, settings) -> {
                  PeerSettings now = is.getOrDefault(peer, Collections.emptySortedMap()).get(node);
                  if (now == null) {
                    add.accept(SessionChange.Kind.CLOSED, Map.entry(peer, node));
                  } else if (!now.keepsSessionOf(settings)) {
                    add.accept(SessionChange.Kind.RESET, Map.entry(peer, node));
                  }
                }));
    is.forEach(
        (peer, nodes) ->
            nodes.keySet().stream()
                .filter(
                    node -> !was.getOrDefault(peer, Collections.emptySortedMap()).containsKey(node))
                .forEach(node -> add.accept(SessionChange.Kind.OPENED, Map.entry(peer, node))));
    return found.entrySet().stream()
        .flatMap(
            kind ->
                kind.getValue().entrySet().stream()
                    .map(peer -> new SessionChange(peer.getKey(), kind.getKey(), peer.getValue())))
        .collect(Collectors.toList());
  }

  /// Peers that have another name now and are the same else: their sessions go on, so nobody hears
  /// of it. Name before → name after (1:1).
  private static SortedMap<PeerName, PeerName> renamed(
      SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> was,
      SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> is) {
    SortedMap<PeerName, PeerName> renamed = new TreeMap<>();
    SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> fresh = new TreeMap<>(is);
    fresh.keySet().removeAll(was.keySet());
    was.forEach(
        (old, nodes) -> {
          if (!is.containsKey(old)) {
            fresh.keySet().stream()
                .filter(name -> goOn(nodes, is.getOrDefault(name, Collections.emptySortedMap())))
                .findFirst()
                .ifPresent(
                    name -> {
                      renamed.put(old, name);
                      fresh.remove(name);
                    });
          }
        });
    return renamed;
  }

  private static boolean goOn(
      SortedMap<NodeName, PeerSettings> was, SortedMap<NodeName, PeerSettings> is) {
    return was.keySet().equals(is.keySet())
        && was.entrySet().stream()
            .allMatch(
                node ->
                    Optional.ofNullable(is.get(node.getKey()))
                        .filter(now -> now.keepsSessionOf(node.getValue()))
                        .isPresent());
  }

  /// Peer → node → what the node is told of the session.
  private static SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> sessions(
      DesiredContent content) {
    SortedMap<PeerName, SortedMap<NodeName, PeerSettings>> sessions = new TreeMap<>();
    content
        .nodes()
        .forEach(
            (node, its) ->
                its.peers()
                    .forEach(
                        peer ->
                            sessions
                                .computeIfAbsent(peer.name(), _ -> new TreeMap<>())
                                .put(node, peer)));
    return sessions;
  }
}
