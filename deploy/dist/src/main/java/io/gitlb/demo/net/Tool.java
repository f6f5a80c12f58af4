// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A program or library of the machine that real networking needs, and the Debian package that
/// brings it.
public enum Tool {
  IP("iproute2", "/usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip"),
  PCAP("libpcap0.8", "/usr/lib/*/libpcap.so* /usr/lib64/libpcap.so* /usr/lib/libpcap.so*"),
  ARPING("iputils-arping", "/usr/bin/arping /usr/sbin/arping"),
  ARP_SCAN("arp-scan", "/usr/sbin/arp-scan /usr/bin/arp-scan"),
  FRR("frr", "/usr/lib/frr/bgpd"),
  BIRD("bird2", "/usr/sbin/bird"),
  GOBGP("gobgpd", "/usr/bin/gobgpd"),
  OPENBGPD("openbgpd", "/usr/sbin/bgpd"),
  EXABGP("exabgp", "/usr/sbin/exabgp /usr/bin/exabgp /usr/sbin/python3-exabgp"),
  NDISC6("ndisc6", "/usr/bin/ndisc6 /bin/ndisc6"),
  TCPDUMP("tcpdump", "/usr/bin/tcpdump /usr/sbin/tcpdump"),
  TSHARK("tshark", "/usr/bin/tshark"),
  NFT("nftables", "/usr/sbin/nft /sbin/nft"),
  FAKETIME("faketime", "/usr/bin/faketime");

  private final String debianPackage;

  /// Where it can be, separated by blanks.
  private final String places;

  Tool(String debianPackage, String places) {
    this.debianPackage = debianPackage;
    this.places = places;
  }

  /// Debian package that has it.
  public String debianPackage() {
    return debianPackage;
  }

  /// Whether it is on this machine.
  public boolean isThere() {
    return Stream.of(places.split(" ")).anyMatch(Tool::exists);
  }

  /// Why network namespaces with these tools cannot be used here; empty when they can. One line a
  /// reason.
  public static List<String> obstacles(Tool... tools) {
    List<String> reasons = new ArrayList<>();
    if (!System.getProperty("os.name").equals("Linux")) {
      return List.of("this is not Linux: no network namespaces");
    }
    List<String> packages = new ArrayList<>();
    for (Tool tool : tools) {
      if (!tool.isThere()) {
        packages.add(tool.debianPackage);
      }
    }
    if (!packages.isEmpty()) {
      reasons.add("not installed: " + String.join(", ", packages));
    }
    if (!System.getProperty("user.name").equals("root")) {
      reasons.add("not root: network namespaces and raw sockets need it");
    } else if (IP.isThere() && !mayMakeNamespaces()) {
      reasons.add("root without the right to make network namespaces (CAP_SYS_ADMIN)");
    }
    return List.copyOf(reasons);
  }

  private static boolean mayMakeNamespaces() {
    String name = Owner.self().prefix() + "-try";
    boolean made = Commands.run(List.of("ip", "netns", "add", name)).ok();
    Leftovers.removeNamespace(name);
    return made;
  }

  /// A place is a path whose folder or last name may hold a `*`.
  private static boolean exists(String place) {
    Path path = Path.of(place);
    Path folder = path.getParent();
    if (folder == null) {
      return false;
    }
    if (folder.endsWith("*")) {
      return matches(folder.getParent(), "*").stream()
          .anyMatch(entry -> !matches(entry, path.getFileName().toString()).isEmpty());
    }
    return !matches(folder, path.getFileName().toString()).isEmpty();
  }

  private static List<Path> matches(@org.jspecify.annotations.Nullable Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (folder == null || !Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      return found;
    }
    return found;
  }
}
