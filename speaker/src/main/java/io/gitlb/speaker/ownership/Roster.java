// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Duration;
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

  /// For so long a question says that this node hears others.
  static final Duration ASKED = Duration.ofSeconds(2);

  // What comes sooner says nothing new.
  private static final Duration ASKED_PACE = Duration.ofMillis(200);

  // Interface → since when there is contact with nobody there, at the latest (1:1).
  private final Map<String, Instant> alone = new HashMap<>();
  // Interface → when somebody asked there last (1:1).
  private final Map<String, Instant> asked = new HashMap<>();
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
  boolean contact(Peer peer, String interfaceName, Contact contact, Instant now) {
    reached.clear();
    boolean news = peer.contact(interfaceName, contact, now);
    if (isAnybodyUp(interfaceName)) {
      alone.remove(interfaceName);
    } else {
      alone.putIfAbsent(interfaceName, now);
    }
    return news;
  }

  private boolean isAnybodyUp(String interfaceName) {
    for (Peer peer : peers.values()) {
      if (peer.sessions.isUp(interfaceName)) {
        return true;
      }
    }
    return false;
  }

  /// Somebody asked there for what is announced.
  ///
  /// @return whether that says something: there is contact with no member there since before that
  boolean asked(String interfaceName, Instant when) {
    Instant since = alone.get(interfaceName);
    if (since == null
        && when.isAfter(Instant.MIN)
        && !peers.isEmpty()
        && !isAnybodyUp(interfaceName)) {
      // A session that was never up has nothing to tell.
      alone.put(interfaceName, when);
    }
    Instant before = asked.getOrDefault(interfaceName, Instant.MIN);
    if (since == null
        || !when.isAfter(since)
        || (before.isAfter(since) && when.isBefore(before.plus(ASKED_PACE)))) {
      return false;
    }
    asked.put(interfaceName, when);
    return true;
  }

  /// The peers with whom a session is up on one of these interfaces.
  SortedSet<NodeName> reached(SortedSet<String> segment) {
    return reached.computeIfAbsent(
        segment,
        key -> {
          SortedSet<NodeName> nodes = new TreeSet<>();
          for (Peer peer : peers.values()) {
            if (peer.sessions.isUp(key)) {
              nodes.add(peer.node);
            }
          }
          return nodes;
        });
  }

  /// Own interface → the peers with whom a session is up there; where there are none, this node
  /// itself while it is asked there.
  SortedMap<String, SortedSet<NodeName>> contacts(NodeName self, Instant now) {
    SortedMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    for (Peer peer : peers.values()) {
      for (String name : peer.sessions.up()) {
        contacts.computeIfAbsent(name, key -> new TreeSet<>()).add(peer.node);
      }
    }
    alone.forEach(
        (name, since) -> {
          Instant when = asked.getOrDefault(name, since);
          if (when.isAfter(since) && now.isBefore(when.plus(ASKED))) {
            contacts.computeIfAbsent(name, _ -> new TreeSet<>()).add(self);
          }
        });
    return contacts;
  }
}
