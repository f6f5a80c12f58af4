// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The peers that are watched.
final class Roster {

  private final Map<NodeName, Peer> peers = new TreeMap<>();
  // Interfaces of a segment → whom this node hears there; made when asked for.
  private final Map<SortedSet<String>, SortedSet<NodeName>> reached = new HashMap<>();

  /// Exactly these are watched from now on.
  void watch(Set<NodeName> watched, Instant now) {
    peers.keySet().retainAll(watched);
    watched.forEach(node -> peers.computeIfAbsent(node, key -> new Peer(key, now)));
    reached.clear();
  }

  @Nullable Peer get(NodeName node) {
    return peers.get(node);
  }

  Optional<Peer> find(NodeName node) {
    return Optional.ofNullable(peers.get(node));
  }

  Collection<Peer> all() {
    return peers.values();
  }

  /// Whether the session's state is news.
  boolean contact(Peer peer, String interfaceName, Contact contact) {
    reached.clear();
    return peer.contact(interfaceName, contact);
  }

  /// The peers with whom a session is up on one of these interfaces.
  SortedSet<NodeName> reached(SortedSet<String> segment) {
    return reached.computeIfAbsent(
        segment,
        key -> {
          SortedSet<NodeName> nodes = new TreeSet<>();
          for (Peer peer : peers.values()) {
            if (peer.up(key)) {
              nodes.add(peer.node);
            }
          }
          return nodes;
        });
  }

  /// Own interface → the peers with whom a session is up there.
  SortedMap<String, SortedSet<NodeName>> contacts() {
    SortedMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    for (Peer peer : peers.values()) {
      for (String name : peer.liveInterfaces()) {
        contacts.computeIfAbsent(name, key -> new TreeSet<>()).add(peer.node);
      }
    }
    return contacts;
  }
}
