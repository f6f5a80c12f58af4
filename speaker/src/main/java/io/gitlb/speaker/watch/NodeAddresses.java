// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// The addresses of this node at which its service proxy may listen.
///
/// Most proxies listen everywhere, so loopback comes first. kube-proxy listens at the addresses of
/// `--nodeport-addresses` alone, which in its nftables mode is the node's primary one.
final class NodeAddresses {

  /// A node has few; one that has hundreds has those of Services among them.
  private static final int MOST = 8;

  /// They carry addresses of Services, at which nobody listens.
  private static final Set<String> VIRTUAL = Set.of("kube-ipvs0", "nodelocaldns");

  private NodeAddresses() {}

  /// At least one, the likeliest first.
  static List<InetAddress> all() {
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(InetAddress.ofLiteral("127.0.0.1"));
    addresses.add(InetAddress.ofLiteral("::1"));
    try {
      for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (one.isUp() && !one.isLoopback() && !VIRTUAL.contains(one.getName())) {
          Collections.list(one.getInetAddresses()).stream()
              .filter(address -> !address.isLinkLocalAddress())
              .forEach(addresses::add);
        }
      }
    } catch (SocketException _) {
      // Loopback is there in any case.
    }
    return addresses.size() > MOST ? List.copyOf(addresses.subList(0, MOST)) : addresses;
  }
}
