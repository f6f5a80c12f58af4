// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/// What the kernel asks of a call before we hear of it.
///
/// @param keys peer → the key of its signatures (1:1); of several peers at one address the one that
///   is expected to call there. Nobody else's call from there is signed, or with another key
/// @param minimumTtl the least that any peer may arrive with; a peer of a higher one is held to it
///   from the moment its call is taken
/// @param vrf in which callers have their addresses, other than link-local ones; empty: the default
record Admission(Map<IpAddress, Password> keys, int minimumTtl, Optional<String> vrf) {

  /// A listener of an interface, for routers that call from link-local addresses, is given the
  /// calls of all others that come in there, too.
  ///
  /// @param peers all of them, passive or not
  static Admission at(Place place, Collection<PeerConfig> peers) {
    List<Transport> there = transports(peers, place.device());
    boolean onLink = place.device().isPresent() && areOnLink(there);
    List<Transport> callers = new ArrayList<>(there);
    if (onLink) {
      callers.addAll(transports(peers, Optional.empty()));
    }
    callers.removeIf(peer -> !place.mayBeCalledBy(peer));
    return of(place, callers, onLink ? Optional.empty() : place.device());
  }

  private static List<Transport> transports(Collection<PeerConfig> peers, Optional<String> device) {
    return peers.stream()
        .map(PeerConfig::transport)
        .filter(transport -> transport.device().equals(device))
        .toList();
  }

  private static Admission of(Place place, List<Transport> peers, Optional<String> vrf) {
    Map<IpAddress, Transport> expected = new HashMap<>();
    Comparator<Transport> likeness = Comparator.comparingInt(place::likeness);
    for (Transport peer : peers) {
      expected.merge(peer.peerAddress(), peer, BinaryOperator.maxBy(likeness));
    }
    Map<IpAddress, Password> keys = new HashMap<>();
    expected.forEach((address, peer) -> peer.key().ifPresent(key -> keys.put(address, key)));
    return new Admission(
        Map.copyOf(keys), peers.stream().mapToInt(Transport::minimumTtl).min().orElse(1), vrf);
  }

  /// As the kernel takes them.
  Map<InetAddress, byte[]> kernelKeys() {
    Map<InetAddress, byte[]> all = new HashMap<>();
    keys.forEach((address, key) -> all.put(Sockets.toInetAddress(address), key.toBytes()));
    return all;
  }

  /// What a call from there was signed with; empty: it was not signed.
  Optional<Password> keyOf(IpAddress caller) {
    return Optional.ofNullable(keys.get(caller));
  }

  /// Whether they are found by their interface, which then stands for itself and not for a VRF.
  private static boolean areOnLink(List<Transport> peers) {
    return peers.stream()
        .map(peer -> Sockets.toInetAddress(peer.peerAddress()))
        .allMatch(at -> at instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress());
  }
}
