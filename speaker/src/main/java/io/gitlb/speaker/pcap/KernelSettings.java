// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.speaker.l2.KernelFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Settings of this node's kernel under which it, or its routing, works against an announcement.
/// Reads `/proc/sys/net` and `/proc/net` below a root directory; changes nothing.
final class KernelSettings {

  private static final int ARP_IGNORE_NOTHING = 0;
  // Answers for what has global scope, as kube-ipvs0 has it.
  private static final int ARP_IGNORE_HOST_SCOPE = 3;
  private static final int ARP_ANNOUNCE_BEST = 2;
  private static final int RP_FILTER_STRICT = 1;

  private final Path sysctl;
  private final Path net;

  /// @param root `/` but in tests
  KernelSettings(Path root) {
    sysctl = root.resolve("proc/sys/net");
    net = root.resolve("proc/net");
  }

  /// What is wrong.
  ///
  /// @param links the interfaces that answer
  /// @param announced the addresses that this node answers for, or stands by to
  /// @param held address → the interface of this node that has it, as kube-ipvs0 or lo do (N:1)
  SortedSet<KernelFinding> findings(
      SortedSet<String> links, Collection<IpAddress> announced, Map<IpAddress, String> held) {
    SortedMap<IpAddress, String> doubles = new TreeMap<>();
    for (IpAddress address : announced) {
      String holder = held.get(address);
      if (holder != null) {
        doubles.put(address, holder);
      }
    }
    SortedSet<String> defaults = linksOfDefaultRoutes();
    SortedSet<KernelFinding> findings = new TreeSet<>();
    for (String link : links) {
      addresses(link, doubles, findings);
      proxies(link, findings);
      returnPath(link, defaults, findings);
      bond(link, findings);
    }
    return Collections.unmodifiableSortedSet(findings);
  }

  private void addresses(
      String link, SortedMap<IpAddress, String> doubles, SortedSet<KernelFinding> findings) {
    SortedMap<IpAddress, String> here = new TreeMap<>(doubles);
    here.values().removeIf(holder -> !holder.equals(link));
    if (!here.isEmpty()) {
      findings.add(
          new KernelFinding(
              "GLB6015",
              link,
              ("%s, which is announced, is an address of this interface: the kernel answers for it"
                      + " whoever holds it; remove it")
                  .formatted(words(here))));
    }
    SortedMap<IpAddress, String> elsewhere = new TreeMap<>(doubles);
    // Of IPv6 a kernel answers on the interface that holds the address only.
    elsewhere.keySet().removeIf(address -> address.family() != IpFamily.IPV4);
    elsewhere.values().removeIf(holder -> holder.equals(link));
    if (elsewhere.isEmpty()) {
      return;
    }
    String there = words(elsewhere) + " is on " + elsewhere.get(elsewhere.firstKey());
    int ignore = effective(link, "arp_ignore");
    if (ignore == ARP_IGNORE_NOTHING || ignore == ARP_IGNORE_HOST_SCOPE) {
      findings.add(
          new KernelFinding(
              "GLB6011",
              link,
              ("arp_ignore is %d while %s: the kernel answers too, on every node; set"
                      + " net.ipv4.conf.all.arp_ignore=1 (kube-proxy: strictARP)")
                  .formatted(ignore, there)));
    }
    int announce = effective(link, "arp_announce");
    if (announce < ARP_ANNOUNCE_BEST) {
      findings.add(
          new KernelFinding(
              "GLB6016",
              link,
              ("arp_announce is %d while %s: the kernel asks its neighbours in the name of that"
                      + " address, and they learn it there; set net.ipv4.conf.all.arp_announce=2"
                      + " (kube-proxy: strictARP)")
                  .formatted(announce, there)));
    }
  }

  private static String words(SortedMap<IpAddress, String> addresses) {
    int more = addresses.size() - 1;
    return addresses.firstKey() + (more == 0 ? "" : " (and " + more + " more)");
  }

  private void proxies(String link, SortedSet<KernelFinding> findings) {
    for (String name : List.of("proxy_arp", "proxy_arp_pvlan")) {
      // The kernel heeds them where it forwards.
      if (effective(link, name) != 0 && number("ipv4/conf/" + link + "/forwarding") != 0) {
        findings.add(
            new KernelFinding(
                "GLB6012",
                link,
                ("%1$s is on: the kernel answers for addresses of others; set"
                        + " net.ipv4.conf.%2$s.%1$s=0 and the same of all")
                    .formatted(name, link)));
      }
    }
    if (highest("ipv6", link, "proxy_ndp") != 0
        && number("ipv6/conf/" + link + "/forwarding") != 0) {
      findings.add(
          new KernelFinding(
              "GLB6013",
              link,
              ("proxy_ndp is on: the kernel may answer for IPv6 addresses of others; set"
                      + " net.ipv6.conf.%s.proxy_ndp=0 and the same of all")
                  .formatted(link)));
    }
  }

  /// Strict is right where the way back to every client is the way that it came.
  private void returnPath(
      String link, SortedSet<String> defaults, SortedSet<KernelFinding> findings) {
    if (!defaults.isEmpty()
        && !defaults.contains(link)
        && effective(link, "rp_filter") == RP_FILTER_STRICT) {
      findings.add(
          new KernelFinding(
              "GLB6014",
              link,
              ("rp_filter is 1 (strict) and the default route is on %s: packets of clients from"
                      + " beyond this link are dropped; set net.ipv4.conf.%s.rp_filter=2")
                  .formatted(String.join(", ", defaults), link)));
    }
  }

  private void bond(String link, SortedSet<KernelFinding> findings) {
    String bond = below(link);
    String mode =
        lines(net.resolve("bonding").resolve(bond)).stream()
            .filter(line -> line.startsWith("Bonding Mode:"))
            .findFirst()
            .orElse("");
    String what =
        mode.contains("adaptive load balancing")
            ? "balance-alb rewrites the hardware address in ARP replies"
            : mode.contains("transmit load balancing")
                ? "balance-tlb sends from other hardware addresses than it answers with"
                : "";
    if (!what.isEmpty()) {
      findings.add(
          new KernelFinding(
              "GLB6017",
              link,
              ("the bond %s balances in a way that works against answers for others' addresses: %s;"
                      + " use active-backup or 802.3ad")
                  .formatted(bond, what)));
    }
  }

  /// The device that a VLAN is on; the link itself when it is none.
  private String below(String link) {
    return lines(net.resolve("vlan").resolve(link)).stream()
        .filter(line -> line.startsWith("Device:"))
        .map(line -> line.substring("Device:".length()).strip())
        .findFirst()
        .orElse(link);
  }

  private SortedSet<String> linksOfDefaultRoutes() {
    SortedSet<String> names = new TreeSet<>();
    for (String line : lines(net.resolve("route"))) {
      String[] columns = line.strip().split("\\s+");
      // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
      if (columns.length >= 8 && columns[1].equals("00000000") && columns[7].equals("00000000")) {
        names.add(columns[0]);
      }
    }
    return names;
  }

  /// The kernel takes the higher of "all" and the interface for each of them.
  private int effective(String link, String name) {
    return highest("ipv4", link, name);
  }

  private int highest(String family, String link, String name) {
    return Math.max(
        number(family + "/conf/all/" + name), number(family + "/conf/" + link + "/" + name));
  }

  /// 0 where there is no such setting.
  private int number(String path) {
    Optional<String> text = lines(sysctl.resolve(path)).stream().findFirst();
    try {
      return text.map(String::strip).map(Integer::parseInt).orElse(0);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException _) {
      return List.of();
    }
  }
}
