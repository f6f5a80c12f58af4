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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the interfaces of the network namespace that this process is in.
final class InterfaceScan {

  private static final Logger LOG = LoggerFactory.getLogger(InterfaceScan.class);

  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final Path ROUTES6 = Path.of("/proc/net/ipv6_route");

  private InterfaceScan() {}

  /// All interfaces, sorted by name.
  ///
  /// @throws IOException when the kernel does not tell
  static List<KernelInterface> read() throws IOException {
    SortedMap<String, SortedSet<IpPrefix>> routes = ConnectedRoutes.parse(lines(ROUTES));
    ConnectedRoutes.parse6(lines(ROUTES6))
        .forEach((name, ones) -> routes.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(ones));
    List<LinkDump.Device> devices = LinkDump.devices();
    Map<Integer, List<LinkDump.Own>> addresses = new HashMap<>();
    LinkDump.addresses()
        .forEach(own -> addresses.computeIfAbsent(own.index(), _ -> new ArrayList<>()).add(own));
    Map<Integer, String> names = names(devices);
    return devices.stream()
        .map(
            device ->
                described(
                    device,
                    Optional.ofNullable(names.get(device.master())),
                    routes.getOrDefault(device.name(), new TreeSet<>()),
                    addresses.getOrDefault(device.index(), List.of())))
        .sorted(Comparator.comparing(KernelInterface::name))
        .toList();
  }

  private static KernelInterface described(
      LinkDump.Device device,
      Optional<String> master,
      SortedSet<IpPrefix> onLink,
      List<LinkDump.Own> addresses) {
    SortedSet<InterfaceAddress> ready = new TreeSet<>();
    for (LinkDump.Own own : addresses) {
      onLink.add(own.address().prefix());
      if (own.isReady()) {
        ready.add(own.address());
      }
    }
    return new KernelInterface(
        device.name(),
        device.index(),
        device.flags(),
        device.macAddress(),
        // The master may be in another namespace, where it has no name for us.
        device.master() == 0 ? Optional.empty() : Optional.of(master.orElse("another device")),
        onLink,
        ready,
        device.carrierChanges(),
        device.type());
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

  private static Map<Integer, String> names(List<LinkDump.Device> devices) {
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
