// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.NextHops;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds our addresses on the interface of a connection.
final class LocalAddresses {

  private final NodeLinks links;

  LocalAddresses(NodeLinks links) {
    this.links = links;
  }

  /// The local end alone where that serves all families of the session, else with the addresses
  /// beside it.
  ///
  /// @param scope the network interface of a link-local end: two may have the same address; empty:
  ///   found by the address
  NextHops nextHops(IpAddress local, Optional<String> scope, Negotiated session) {
    boolean ownFamilyOnly =
        session.families().equals(Set.of(AddressFamily.unicast(local.family())));
    boolean alone = ownFamilyOnly && !isLinkLocal(local);
    return alone ? NextHops.of(local) : nextHops(local, scope);
  }

  /// The local end for its own family, and for the other family the best global address of the same
  /// interface, which the peer reaches over the same link. A link-local end goes with a global
  /// address where there is one (RFC 2545 section 3).
  NextHops nextHops(IpAddress local, Optional<String> scope) {
    List<IpAddress> others =
        links.beside(local, isLinkLocal(local) ? scope : Optional.empty()).stream()
            .filter(LocalAddresses::isGlobal)
            .toList();
    return switch (local) {
      case Ipv4 address ->
          new NextHops(Optional.of(address), first(others, Ipv6.class).stream().toList());
      case Ipv6 address -> {
        Stream<Ipv6> global =
            isLinkLocal(local) ? first(others, Ipv6.class).stream() : Stream.empty();
        yield new NextHops(
            first(others, Ipv4.class), Stream.concat(global, Stream.of(address)).toList());
      }
    };
  }

  static boolean isLinkLocal(IpAddress address) {
    return address instanceof Ipv6 && Sockets.toInetAddress(address).isLinkLocalAddress();
  }

  private static <A extends IpAddress> Optional<A> first(List<IpAddress> sorted, Class<A> family) {
    return sorted.stream().filter(family::isInstance).map(family::cast).findFirst();
  }

  private static boolean isGlobal(IpAddress address) {
    InetAddress known = Sockets.toInetAddress(address);
    return !known.isLinkLocalAddress() && !known.isLoopbackAddress();
  }
}
