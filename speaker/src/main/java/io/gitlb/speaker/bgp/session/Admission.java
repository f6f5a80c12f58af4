// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the kernel asks of a call before we hear of it.
///
/// @param keys peer → the key of its signatures (1:1)
/// @param minimumTtl the least that any peer may arrive with; a peer of a higher one is held to it
///   from the moment its call is taken
/// @param vrf in which callers have their addresses, other than link-local ones; empty: the default
record Admission(Map<InetAddress, byte[]> keys, int minimumTtl, Optional<String> vrf) {

  /// By the network interface, or VRF, of the listener; empty: of one that is bound to none. One of
  /// an interface, for routers that call from link-local addresses, is given the calls of all
  /// others that come in there, too.
  ///
  /// @param peers all of them, passive or not
  static Map<Optional<String>, Admission> byDevice(Collection<PeerConfig> peers) {
    Map<Optional<String>, List<Transport>> there = new HashMap<>();
    for (PeerConfig peer : peers) {
      there
          .computeIfAbsent(peer.transport().device(), _ -> new ArrayList<>())
          .add(peer.transport());
    }
    List<Transport> everywhere = there.getOrDefault(Optional.<String>empty(), List.of());
    Map<Optional<String>, Admission> admissions = new HashMap<>();
    there.forEach(
        (device, some) -> {
          if (device.isPresent() && areOnLink(some)) {
            List<Transport> all = new ArrayList<>(some);
            all.addAll(everywhere);
            admissions.put(device, of(all, Optional.empty()));
          } else {
            admissions.put(device, of(some, device));
          }
        });
    return Map.copyOf(admissions);
  }

  private static Admission of(List<Transport> peers, Optional<String> vrf) {
    Map<InetAddress, byte[]> keys = new HashMap<>();
    for (Transport peer : peers) {
      peer.key()
          .ifPresent(key -> keys.put(Sockets.toInetAddress(peer.peerAddress()), key.toBytes()));
    }
    return new Admission(
        Map.copyOf(keys), peers.stream().mapToInt(Transport::minimumTtl).min().orElse(1), vrf);
  }

  /// Whether they are found by their interface, which then stands for itself and not for a VRF.
  private static boolean areOnLink(List<Transport> peers) {
    return peers.stream()
        .map(peer -> Sockets.toInetAddress(peer.peerAddress()))
        .allMatch(at -> at instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress());
  }
}
