// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Settings of this node's kernel under which it, or its routing, works against an announcement.
/// Reads numbers below a root directory, `/proc/sys` but in tests; changes nothing.
final class KernelSettings {

  private final Path root;

  KernelSettings(Path root) {
    this.root = root;
  }

  /// What is wrong, for people, each with its code and what to do.
  ///
  /// @param links the interfaces that answer
  /// @param announced the addresses that are answered
  /// @param held address → the interface of this node that has it, as kube-ipvs0 or lo do (N:1)
  List<String> findings(
      SortedSet<String> links, SortedSet<IpAddress> announced, Map<IpAddress, String> held) {
    List<String> findings = new ArrayList<>();
    for (String link : links) {
      SortedMap<IpAddress, String> doubles = new TreeMap<>(held);
      doubles.keySet().retainAll(announced);
      // Of IPv6 a kernel answers on the interface that holds the address only.
      doubles.keySet().removeIf(address -> address.family() != IpFamily.IPV4);
      if (!doubles.isEmpty() && effective(link, "arp_ignore") == 0) {
        findings.add(
            "GLB6011 %s: arp_ignore is 0 while %s is on %s: the kernel answers too, on every node;"
                .formatted(link, doubles.firstKey(), doubles.get(doubles.firstKey()))
                + " set net.ipv4.conf.all.arp_ignore=1 and arp_announce=2 (kube-proxy: strictARP)");
      }
      if (effective(link, "proxy_arp") != 0) {
        findings.add(
            "GLB6012 %s: proxy_arp is on: the kernel answers for what is routed elsewhere; set"
                    .formatted(link)
                + " net.ipv4.conf.%s.proxy_arp=0".formatted(link));
      }
      if (number("net/ipv6/conf/" + link + "/proxy_ndp") != 0) {
        findings.add(
            "GLB6013 %s: proxy_ndp is on: the kernel may answer for IPv6 addresses of others; set"
                    .formatted(link)
                + " net.ipv6.conf.%s.proxy_ndp=0".formatted(link));
      }
      if (effective(link, "rp_filter") == 1) {
        findings.add(
            "GLB6014 %s: rp_filter is 1 (strict): packets of clients that are routed back through"
                    .formatted(link)
                + " another interface are dropped; set net.ipv4.conf.%s.rp_filter=2".formatted(link));
      }
    }
    return findings;
  }

  /// The kernel takes the higher of "all" and the interface for each of them.
  private int effective(String link, String name) {
    return Math.max(
        number("net/ipv4/conf/all/" + name), number("net/ipv4/conf/" + link + "/" + name));
  }

  /// 0 where there is no such setting.
  private int number(String path) {
    try {
      return Integer.parseInt(Files.readString(root.resolve(path)).strip());
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }
}
