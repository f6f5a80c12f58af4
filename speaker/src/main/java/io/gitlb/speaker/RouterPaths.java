// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bfd.session.RouterPath;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The paths to the BGP peers that ask for BFD. Peers of one path share its session, on the terms
/// of the first of them by name.
///
/// @param users path → who uses it (1:N)
/// @param settings path → how it is to be watched (1:1)
/// @param overruled path → its users who ask for something else than that (1:N)
record RouterPaths(
    SortedMap<RouterPath, SortedSet<PeerName>> users,
    SortedMap<RouterPath, BfdSettings> settings,
    SortedMap<RouterPath, SortedSet<PeerName>> overruled) {

  static final RouterPaths NONE =
      new RouterPaths(
          Collections.emptySortedMap(), Collections.emptySortedMap(), Collections.emptySortedMap());

  /// @param isOnLink whether one of this node's links leads to the address
  static RouterPaths of(Collection<PeerSettings> peers, Predicate<IpAddress> isOnLink) {
    SortedMap<RouterPath, SortedSet<PeerName>> users = new TreeMap<>();
    SortedMap<RouterPath, BfdSettings> settings = new TreeMap<>();
    SortedMap<RouterPath, SortedSet<PeerName>> overruled = new TreeMap<>();
    for (PeerSettings peer : new TreeSet<>(peers)) {
      peer.extras()
          .bfd()
          .ifPresent(
              bfd -> {
                RouterPath path = path(peer, isOnLink);
                users.computeIfAbsent(path, _ -> new TreeSet<>()).add(peer.name());
                BfdSettings first = settings.putIfAbsent(path, bfd);
                if (first != null && !first.equals(bfd)) {
                  overruled.computeIfAbsent(path, _ -> new TreeSet<>()).add(peer.name());
                }
              });
    }
    return new RouterPaths(users, settings, overruled);
  }

  /// Whose BFD profile the path is watched by, where not all agree; for people.
  Optional<String> disagreement(RouterPath path) {
    return Optional.ofNullable(overruled.get(path))
        .map(
            others ->
                "watched as the BFDProfile of peer %s says; that of %s says something else"
                    .formatted(users.getOrDefault(path, others).first(), inWords(others)));
  }

  private static String inWords(SortedSet<PeerName> peers) {
    return peers.stream().map(PeerName::value).collect(Collectors.joining(" and "));
  }

  /// Whether it matters for one of their paths where this node's links lead.
  static boolean dependOnLinks(Collection<PeerSettings> peers) {
    return peers.stream().anyMatch(peer -> peer.extras().bfd().isPresent() && mayBeFar(peer));
  }

  private static RouterPath path(PeerSettings peer, Predicate<IpAddress> isOnLink) {
    boolean isFar = mayBeFar(peer) && !isOnLink.test(peer.peerAddress());
    return new RouterPath(
        peer.peerAddress(),
        peer.extras().device().orElse(""),
        peer.sourceAddress(),
        isFar ? Hops.MULTIPLE : peer.hops());
  }

  /// Whether the settings leave it open if there are routers between. Only of peers of another AS
  /// they say it; one of ours may be anywhere, and so may one that TTL security looks for several
  /// links away. Where it is not on a link, its BFD is multihop's (RFC 5883), as FRR decides it.
  private static boolean mayBeFar(PeerSettings peer) {
    if (peer.extras().interfaceName().isPresent()) {
      return false;
    }
    int links = peer.extras().ttlSecurity().orElse(0);
    return links == 0 ? isInternal(peer) : links > 1;
  }

  private static boolean isInternal(PeerSettings peer) {
    return switch (peer.peerAs()) {
      case RemoteAs.Exactly(Asn asn) -> asn.equals(peer.myAsn());
      case RemoteAs.Dynamic.INTERNAL -> true;
      case RemoteAs.Dynamic.EXTERNAL -> false;
    };
  }
}
