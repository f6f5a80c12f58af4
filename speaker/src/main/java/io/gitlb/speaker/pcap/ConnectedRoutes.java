// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
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
  private static final int COLUMNS = 8;

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

  /// The kernel prints the number as the machine holds it, which on every machine that Java runs on
  /// here is the lowest octet first.
  private static int hostOrder(String hex) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
  }
}
