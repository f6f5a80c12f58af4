// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the interfaces of the network namespace that this process is in.
///
/// Names, numbers and addresses come from the JDK, which asks the kernel by system calls; the rest
/// from [NetworkDevices].
final class InterfaceScan {

  private static final Logger LOG = LoggerFactory.getLogger(InterfaceScan.class);

  private static final NetworkDevices DEVICES = new NetworkDevices(Path.of("/sys/class/net"));
  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final Path ROUTES6 = Path.of("/proc/net/ipv6_route");
  private static final Path ADDRESSES6 = Path.of("/proc/net/if_inet6");

  private InterfaceScan() {}

  /// All interfaces, sorted by name.
  ///
  /// @throws IOException when the kernel tells nothing at all
  static List<KernelInterface> read() throws IOException {
    SortedMap<String, SortedSet<IpPrefix>> routes = ConnectedRoutes.parse(lines(ROUTES));
    ConnectedRoutes.parse6(lines(ROUTES6))
        .forEach((name, ones) -> routes.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(ones));
    Set<IpAddress> unready = ConnectedRoutes.unready(lines(ADDRESSES6));
    List<KernelInterface> interfaces = new ArrayList<>();
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      try {
        SortedSet<IpPrefix> onLink = routes.getOrDefault(one.getName(), new TreeSet<>());
        SortedSet<InterfaceAddress> addresses = addressesOf(one);
        addresses.forEach(address -> onLink.add(address.prefix()));
        addresses.removeIf(address -> unready.contains(address.address()));
        interfaces.add(
            new KernelInterface(
                one.getName(),
                one.getIndex(),
                flagsOf(one),
                macOf(one),
                DEVICES.master(one.getName(), one.getIndex()),
                onLink,
                addresses,
                DEVICES.carrierChanges(one.getName(), one.getIndex()),
                DEVICES.type(one.getName(), one.getIndex())));
      } catch (SocketException _) {
        // It went away between the list and the question.
      }
    }
    interfaces.sort(Comparator.comparing(KernelInterface::name));
    return interfaces;
  }

  /// Every address of this node → the interface that has it (N:1).
  static Map<IpAddress, String> holders() {
    Map<IpAddress, String> holders = new HashMap<>();
    try {
      for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
        addressesOf(one).forEach(own -> holders.put(own.address(), one.getName()));
      }
    } catch (SocketException e) {
      LOG.debug("there are no interfaces", e);
    }
    return holders;
  }

  private static SortedSet<InterfaceAddress> addressesOf(NetworkInterface one) {
    SortedSet<InterfaceAddress> addresses = new TreeSet<>();
    for (java.net.InterfaceAddress address : one.getInterfaceAddresses()) {
      addresses.add(
          new InterfaceAddress(
              IpAddress.ofBytes(address.getAddress().getAddress()),
              address.getNetworkPrefixLength()));
    }
    return addresses;
  }

  private static Optional<MacAddress> macOf(NetworkInterface one) throws SocketException {
    byte[] octets = one.getHardwareAddress();
    return octets != null && octets.length == 6
        ? Optional.of(MacAddress.ofBytes(octets)).filter(address -> address.bits() != 0)
        : Optional.empty();
  }

  private static int flagsOf(NetworkInterface one) throws SocketException {
    int ofJdk =
        (one.isUp() ? KernelInterface.IFF_UP | KernelInterface.IFF_RUNNING : 0)
            | (one.isLoopback() ? KernelInterface.IFF_LOOPBACK : 0)
            | (one.isPointToPoint() ? 0 : KernelInterface.IFF_BROADCAST);
    OptionalInt told = DEVICES.flags(one.getName(), one.getIndex());
    // There is no IFF_RUNNING; the JDK's "up" is up and running.
    return told.isPresent() ? told.getAsInt() | (ofJdk & KernelInterface.IFF_RUNNING) : ofJdk;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException _) {
      return List.of();
    }
  }
}
