// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the interfaces of the network namespace that this process is in.
final class InterfaceScan {

  private static final Logger LOG = LoggerFactory.getLogger(InterfaceScan.class);

  private static final Path ROUTES = Path.of("/proc/net/route");

  private InterfaceScan() {}

  /// All interfaces, sorted by name.
  ///
  /// @param wanted of which addresses and routes are read: one like kube-ipvs0 has thousands
  /// @throws IOException when the kernel does not tell
  static List<KernelInterface> read(Predicate<KernelInterface> wanted) throws IOException {
    SortedMap<String, SortedSet<IpPrefix>> routes = ConnectedRoutes.parse(lines(ROUTES));
    List<LinkDump.Device> devices = LinkDump.devices();
    Map<Integer, String> names = names(devices);
    List<KernelInterface> interfaces = new ArrayList<>();
    for (LinkDump.Device device : devices) {
      SortedSet<IpPrefix> onLink = routes.getOrDefault(device.name(), new TreeSet<>());
      SortedSet<InterfaceAddress> ready = new TreeSet<>();
      if (wanted.test(described(device, names, onLink, ready))) {
        onLink.addAll(routes6(device.index()));
        for (LinkDump.Own own : LinkDump.addresses(device.index())) {
          onLink.add(own.address().prefix());
          if (own.isReady()) {
            ready.add(own.address());
          }
        }
      }
      interfaces.add(described(device, names, onLink, ready));
    }
    interfaces.sort(Comparator.comparing(KernelInterface::name));
    return interfaces;
  }

  private static KernelInterface described(
      LinkDump.Device device,
      Map<Integer, String> names,
      SortedSet<IpPrefix> onLink,
      SortedSet<InterfaceAddress> ready) {
    // The master may be in another namespace, where it has no name for us.
    Optional<String> master =
        device.master() == 0
            ? Optional.empty()
            : Optional.of(names.getOrDefault(device.master(), "another device"));
    return new KernelInterface(
        device.name(),
        device.index(),
        device.flags(),
        device.macAddress(),
        master,
        onLink,
        ready,
        device.carrierChanges(),
        device.type());
  }

  /// None where the kernel has no IPv6.
  private static List<IpPrefix> routes6(int index) {
    try {
      return LinkDump.routes6(index);
    } catch (IOException e) {
      LOG.debug("no routes of IPv6", e);
      return List.of();
    }
  }

  /// Every address of this node → the interface that has it (N:1).
  static Map<IpAddress, String> holders() {
    Map<IpAddress, String> holders = new HashMap<>();
    try {
      Map<Integer, String> names = names(LinkDump.devices());
      for (LinkDump.Own own : LinkDump.addresses()) {
        String name = names.get(own.index());
        if (name != null) {
          holders.put(own.address().address(), name);
        }
      }
    } catch (IOException e) {
      LOG.debug("the addresses of the node are not known", e);
    }
    return holders;
  }

  static Map<Integer, String> names(List<LinkDump.Device> devices) {
    Map<Integer, String> names = new HashMap<>();
    devices.forEach(device -> names.put(device.index(), device.name()));
    return names;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException _) {
      return List.of();
    }
  }
}
