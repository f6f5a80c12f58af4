// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.l2.KernelFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelSettingsTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");
  private static final IpAddress V6 = IpAddress.of("2001:db8::10");
  private static final SortedSet<String> LINKS = new TreeSet<>(List.of("eth0"));
  private static final SortedSet<IpAddress> ANNOUNCED = new TreeSet<>(List.of(ADDRESS, V6));

  @TempDir Path root;

  @Test
  void eachSettingHasItsCode() throws IOException {
    assertEquals(List.of(), codes(Map.of()));
    assertEquals(List.of("GLB6011", "GLB6016"), codes(Map.of(ADDRESS, "kube-ipvs0")));
    assertEquals(List.of(), codes(Map.of(V6, "kube-ipvs0")), "a kernel does not answer there");
    assertEquals(List.of("GLB6015"), codes(Map.of(ADDRESS, "eth0")));
    assertEquals(List.of("GLB6015"), codes(Map.of(V6, "eth0")));
    set("ipv4/conf/eth0/forwarding", 1);
    set("ipv6/conf/eth0/forwarding", 1);
    set("ipv4/conf/eth0/proxy_arp", 1);
    set("ipv6/conf/all/proxy_ndp", 1);
    set("ipv4/conf/all/rp_filter", 1);
    defaultRoute("eth1");
    assertEquals(
        List.of("GLB6011", "GLB6012", "GLB6013", "GLB6014", "GLB6016"),
        codes(Map.of(ADDRESS, "kube-ipvs0")));
  }

  @Test
  void theHigherOfAllAndTheInterfaceCounts() throws IOException {
    set("ipv4/conf/all/arp_ignore", 1);
    set("ipv4/conf/eth0/arp_announce", 2);
    assertEquals(List.of(), codes(Map.of(ADDRESS, "lo")));
    set("ipv4/conf/all/rp_filter", 1);
    set("ipv4/conf/eth0/rp_filter", 2);
    defaultRoute("eth1");
    assertEquals(List.of(), codes(Map.of()), "loose on the interface");
  }

  @Test
  void strictIsRightWhereTheDefaultRouteIs() throws IOException {
    set("ipv4/conf/all/rp_filter", 1);
    assertEquals(List.of(), codes(Map.of()), "no client is beyond the link");
    defaultRoute("eth0");
    assertEquals(List.of(), codes(Map.of()));
  }

  @Test
  void withoutForwardingTheKernelIsNoProxy() throws IOException {
    set("ipv4/conf/eth0/proxy_arp", 1);
    set("ipv6/conf/eth0/proxy_ndp", 1);
    assertEquals(List.of(), codes(Map.of()));
  }

  @Test
  void aBondThatBalancesByAddressesIsToldAlsoBelowAVlan() throws IOException {
    write("proc/net/bonding/eth0", "Ethernet\n\nBonding Mode: fault-tolerance (active-backup)\n");
    assertEquals(List.of(), codes(Map.of()));
    write("proc/net/bonding/eth0", "Ethernet\n\nBonding Mode: transmit load balancing\n");
    assertEquals(List.of("GLB6017"), codes(Map.of()));
    write("proc/net/bonding/bond0", "Ethernet\n\nBonding Mode: adaptive load balancing\n");
    write("proc/net/vlan/bond0.10", "bond0.10  VID: 10\nDevice: bond0\n");
    KernelFinding finding =
        new KernelSettings(root)
            .findings(new TreeSet<>(List.of("bond0.10")), ANNOUNCED, Map.of())
            .first();
    assertEquals("bond0.10", finding.interfaceName());
    assertTrue(finding.message().contains("the bond bond0 balances"), finding::toString);
    assertTrue(finding.message().contains("balance-alb rewrites"), finding::toString);
  }

  @Test
  void theMessageNamesTheFirstAddressAndHowManyMoreThereAre() {
    IpAddress other = IpAddress.of("192.0.2.11");
    String message =
        new KernelSettings(root)
            .findings(LINKS, List.of(ADDRESS, other), Map.of(ADDRESS, "lo", other, "lo"))
            .first()
            .message();
    assertEquals(
        "arp_ignore is 0 while 192.0.2.10 (and 1 more) is on lo: the kernel answers too, on every"
            + " node; set net.ipv4.conf.all.arp_ignore=1 (kube-proxy: strictARP)",
        message);
  }

  private List<String> codes(Map<IpAddress, String> held) {
    return new KernelSettings(root)
        .findings(LINKS, ANNOUNCED, held).stream().map(KernelFinding::code).toList();
  }

  private void set(String path, int value) throws IOException {
    write("proc/sys/net/" + path, value + "\n");
  }

  private void defaultRoute(String link) throws IOException {
    write(
        "proc/net/route",
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
            + link
            + "\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
