// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.bgp.NextHops;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds our addresses on the interface of a connection.
final class LocalAddresses {

  private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);

  private LocalAddresses() {}

  /// The local end for its own family, and for the other family the lowest global address of the
  /// same interface, which the peer reaches over the same link.
  static NextHops nextHops(IpAddress local) {
    List<IpAddress> others = sameInterface(local);
    return switch (local) {
      case Ipv4 address -> new NextHops(Optional.of(address), first(others, Ipv6.class));
      case Ipv6 address -> new NextHops(first(others, Ipv4.class), Optional.of(address));
    };
  }

  private static <A extends IpAddress> Optional<A> first(List<IpAddress> sorted, Class<A> family) {
    return sorted.stream().filter(family::isInstance).map(family::cast).findFirst();
  }

  private static List<IpAddress> sameInterface(IpAddress local) {
    try {
      NetworkInterface nic = NetworkInterface.getByInetAddress(Sockets.toInetAddress(local));
      if (nic == null) {
        return List.of();
      }
      return nic.inetAddresses()
          .filter(LocalAddresses::isGlobal)
          .map(Sockets::fromSocket)
          .filter(address -> address.family() != local.family())
          .sorted()
          .toList();
    } catch (SocketException e) {
      log.warn("The addresses beside {} cannot be read: {}", local, e.getMessage());
      return List.of();
    }
  }

  private static boolean isGlobal(InetAddress address) {
    return !address.isLinkLocalAddress() && !address.isLoopbackAddress();
  }
}
