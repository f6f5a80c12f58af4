// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the liveness sessions with one peer say, by own interface.
final class Sessions {

  private final TreeMap<String, Contact> contacts = new TreeMap<>();
  private final Set<String> wasUp = new HashSet<>();
  // Interface → since when the peer is heard there and does not hear this node (1:1).
  private final Map<String, Instant> heardSince = new HashMap<>();

  /// @return whether that is news
  boolean put(String interfaceName, Contact contact, Instant now) {
    if (contact == Contact.UP) {
      wasUp.add(interfaceName);
    }
    if (contact == Contact.HEARD) {
      heardSince.putIfAbsent(interfaceName, now);
    } else {
      heardSince.remove(interfaceName);
    }
    return contacts.put(interfaceName, contact) != contact;
  }

  /// Whether one is up on any interface.
  boolean isUp() {
    return contacts.containsValue(Contact.UP);
  }

  /// Whether one is up on one of these interfaces.
  boolean isUp(SortedSet<String> interfaces) {
    for (String name : interfaces) {
      if (isUp(name)) {
        return true;
      }
    }
    return false;
  }

  boolean isUp(String interfaceName) {
    return contacts.get(interfaceName) == Contact.UP;
  }

  /// Whether one was up on one of these interfaces at any time.
  boolean wasUp(SortedSet<String> interfaces) {
    return interfaces.stream().anyMatch(wasUp::contains);
  }

  /// The interfaces on which one is up.
  SortedSet<String> up() {
    SortedSet<String> live = new TreeSet<>();
    contacts.forEach(
        (name, contact) -> {
          if (contact == Contact.UP) {
            live.add(name);
          }
        });
    return live;
  }

  /// Whether the peer's liveness packets get here, whether it hears this node or not.
  boolean isHeard() {
    return contacts.values().stream().anyMatch(contact -> contact != Contact.DOWN);
  }

  /// Whether what the peer sends gets here, and what is sent to it does not get there.
  ///
  /// @param before and has done so since then
  boolean isHeardOnly(SortedSet<String> interfaces, Instant before) {
    for (String name : interfaces) {
      Instant since = heardSince.get(name);
      if (since != null && !since.isAfter(before)) {
        return true;
      }
    }
    return false;
  }
}
