// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses of this node, from the kernel's own dump, and those at which its service proxy may
/// listen.
///
/// Most proxies listen everywhere, so loopback comes first. kube-proxy listens at the addresses of
/// `--nodeport-addresses` alone, which in its nftables mode is the node's primary one.
public final class NodeAddresses {

  private static final Logger LOG = LoggerFactory.getLogger(NodeAddresses.class);

  /// A node has few; one that has hundreds has those of Services among them.
  private static final int MOST = 8;

  /// They carry addresses of Services, at which nobody listens.
  private static final Set<String> VIRTUAL = Set.of("kube-ipvs0", "nodelocaldns");

  private NodeAddresses() {}

  /// All that the interfaces have, in whatever state, in the order of the interfaces' numbers.
  /// Takes milliseconds.
  public static List<NodeAddress> read() throws IOException {
    return named(LinkDump.devices(), LinkDump.addresses());
  }

  static List<NodeAddress> named(List<LinkDump.Device> devices, List<LinkDump.Own> addresses) {
    Map<Integer, String> names = InterfaceScan.names(devices);
    return addresses.stream()
        .filter(own -> names.containsKey(own.index()))
        .sorted(Comparator.comparingInt(LinkDump.Own::index))
        .map(own -> NodeAddress.of(own, names.getOrDefault(own.index(), "")))
        .toList();
  }

  /// Where to ask the service proxy: at least one and at most eight, the likeliest first. Takes
  /// milliseconds.
  public static List<InetAddress> ofProxy() {
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(InetAddress.ofLiteral("127.0.0.1"));
    addresses.add(InetAddress.ofLiteral("::1"));
    try {
      addresses.addAll(ofLinks(LinkDump.devices(), LinkDump.addresses()));
    } catch (IOException e) {
      // Loopback is there in any case.
      LOG.debug("the addresses of this node cannot be read", e);
    }
    return addresses.size() > MOST ? List.copyOf(addresses.subList(0, MOST)) : addresses;
  }

  static List<InetAddress> ofLinks(List<LinkDump.Device> devices, List<LinkDump.Own> addresses) {
    Set<Integer> links = new HashSet<>();
    for (LinkDump.Device device : devices) {
      boolean up = (device.flags() & KernelInterface.IFF_UP) != 0;
      boolean loopback = (device.flags() & KernelInterface.IFF_LOOPBACK) != 0;
      if (up && !loopback && !VIRTUAL.contains(device.name())) {
        links.add(device.index());
      }
    }
    return addresses.stream()
        .filter(own -> own.isReady() && links.contains(own.index()))
        .map(own -> toInetAddress(own.address().address()))
        .filter(address -> !address.isLinkLocalAddress())
        .toList();
  }

  private static InetAddress toInetAddress(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.toBytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 octets", e);
    }
  }
}
