// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.PeerName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// In which ways an address may be announced, whatever the health of anything.
///
/// @param interfaces on layer 2: none for all interfaces; empty when not on layer 2 at all
/// @param peers the BGP peers that are told of it
record Ways(Optional<SortedSet<String>> interfaces, SortedSet<PeerName> peers) {

  static final Ways NONE = new Ways(Optional.empty(), Collections.emptySortedSet());

  Ways {
    interfaces = interfaces.map(names -> Collections.unmodifiableSortedSet(new TreeSet<>(names)));
    peers = Collections.unmodifiableSortedSet(new TreeSet<>(peers));
  }

  /// Those of both.
  Ways and(Ways other) {
    SortedSet<PeerName> allPeers = new TreeSet<>(peers);
    allPeers.addAll(other.peers);
    if (interfaces.isEmpty() || other.interfaces.isEmpty()) {
      return new Ways(interfaces.or(() -> other.interfaces), allPeers);
    }
    SortedSet<String> names = new TreeSet<>();
    if (!isEverywhere() && !other.isEverywhere()) {
      names.addAll(interfaces.get());
      names.addAll(other.interfaces.get());
    }
    return new Ways(Optional.of(names), allPeers);
  }

  private boolean isEverywhere() {
    return interfaces.filter(names -> names.isEmpty()).isPresent();
  }

  /// What these ways have and the others have not, in words; empty when there is nothing.
  Optional<String> lackingIn(Ways others) {
    SortedSet<PeerName> lost = new TreeSet<>(peers);
    lost.removeAll(others.peers);
    Optional<String> routes =
        lost.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "by BGP to "
                    + lost.stream().map(PeerName::value).collect(Collectors.joining(", ")));
    Optional<String> links = linksLackingIn(others);
    return links.isPresent() && routes.isPresent()
        ? Optional.of(links.get() + " and " + routes.get())
        : links.or(() -> routes);
  }

  private Optional<String> linksLackingIn(Ways others) {
    if (interfaces.isEmpty() || others.isEverywhere()) {
      return Optional.empty();
    }
    if (others.interfaces.isEmpty()) {
      return Optional.of("on layer 2");
    }
    if (isEverywhere()) {
      return Optional.of(
          "on layer 2 on other interfaces than " + String.join(", ", others.interfaces.get()));
    }
    SortedSet<String> lost = new TreeSet<>(interfaces.get());
    lost.removeAll(others.interfaces.get());
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of("on layer 2 on " + String.join(", ", lost));
  }
}
