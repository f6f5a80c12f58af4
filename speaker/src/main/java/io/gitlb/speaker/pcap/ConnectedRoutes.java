// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The IPv4 routes without a gateway in the kernel's main table, from the text of
/// `/proc/net/route`.
///
/// They say what is on the link beyond the interface's own addresses: an operator who runs `ip
/// route add 198.51.100.0/24 dev eth1` says that this network is there.
final class ConnectedRoutes {

  private static final int RTF_UP = 0x1;
  private static final int RTF_REJECT = 0x200;
  private static final int RTF_ANYCAST = 0x0010_0000;
  private static final int RTF_LOCAL = 0x8000_0000;
  private static final int COLUMNS = 8;
  private static final String LENGTH_OF_ADDRESS = "80 ";
  private static final int LENGTH_COLUMN = 33;

  private ConnectedRoutes() {}

  /// Interface → its prefixes (1:N). The default route is left out: it says nothing of the link.
  /// Lines that are not understood are skipped.
  static SortedMap<String, SortedSet<IpPrefix>> parse(List<String> lines) {
    SortedMap<String, SortedSet<IpPrefix>> routes = new TreeMap<>();
    for (String line : lines) {
      String[] columns = line.trim().split("\\s+");
      // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
      if (columns.length >= COLUMNS && columns[1].matches("[0-9A-F]{8}")) {
        int flags = Integer.parseInt(columns[3], 16);
        int mask = hostOrder(columns[7]);
        boolean connected =
            hostOrder(columns[2]) == 0 && (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
        if (connected && mask != 0) {
          routes
              .computeIfAbsent(columns[0], _ -> new TreeSet<>())
              .add(new IpPrefix(new Ipv4(hostOrder(columns[1])), Integer.bitCount(mask)));
        }
      }
    }
    return routes;
  }

  /// The same for IPv6, from the text of `/proc/net/ipv6_route`: without the default route, groups,
  /// and the routes to single addresses of the node.
  static SortedMap<String, SortedSet<IpPrefix>> parse6(List<String> lines) {
    SortedMap<String, SortedSet<IpPrefix>> routes = new TreeMap<>();
    for (String line : lines) {
      // Of addresses there may be many thousands.
      if (line.startsWith(LENGTH_OF_ADDRESS, LENGTH_COLUMN)) {
        continue;
      }
      String[] columns = line.trim().split("\\s+");
      // destination length source length gateway metric references uses flags interface
      if (columns.length == 10 && columns[0].matches("[0-9a-f]{32}")) {
        int length = Integer.parseInt(columns[1], 16);
        int flags = Integer.parseUnsignedInt(columns[8], 16);
        boolean connected =
            columns[4].matches("0{32}")
                && (flags & RTF_UP) != 0
                && (flags & (RTF_REJECT | RTF_LOCAL | RTF_ANYCAST)) == 0;
        if (connected && length != 0 && length != 128 && !columns[0].startsWith("ff")) {
          IpAddress network = IpAddress.ofBytes(HexFormat.of().parseHex(columns[0]));
          routes
              .computeIfAbsent(columns[9], _ -> new TreeSet<>())
              .add(new IpPrefix(network, length));
        }
      }
    }
    return routes;
  }

  /// The kernel prints the number as the machine holds it, which on every machine that Java runs on
  /// here is the lowest octet first.
  private static int hostOrder(String hex) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
  }
}
