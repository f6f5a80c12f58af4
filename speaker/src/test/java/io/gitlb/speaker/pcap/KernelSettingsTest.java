// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
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
  private static final SortedSet<String> LINKS = new TreeSet<>(List.of("eth0"));
  private static final SortedSet<IpAddress> ANNOUNCED = new TreeSet<>(List.of(ADDRESS));

  @TempDir Path root;

  @Test
  void eachSettingHasItsCode() throws IOException {
    assertEquals(List.of(), codes(Map.of()));
    assertEquals(List.of("GLB6011"), codes(Map.of(ADDRESS, "kube-ipvs0")));
    set("net/ipv4/conf/eth0/proxy_arp", 1);
    set("net/ipv6/conf/eth0/proxy_ndp", 1);
    set("net/ipv4/conf/all/rp_filter", 1);
    assertEquals(
        List.of("GLB6011", "GLB6012", "GLB6013", "GLB6014"),
        codes(Map.of(ADDRESS, "kube-ipvs0")));
  }

  @Test
  void theHigherOfAllAndTheInterfaceCounts() throws IOException {
    set("net/ipv4/conf/all/arp_ignore", 1);
    assertEquals(List.of(), codes(Map.of(ADDRESS, "lo")));
    set("net/ipv4/conf/all/rp_filter", 1);
    set("net/ipv4/conf/eth0/rp_filter", 2);
    assertEquals(List.of(), codes(Map.of()), "loose on the interface");
  }

  private List<String> codes(Map<IpAddress, String> held) {
    return new KernelSettings(root)
        .findings(LINKS, ANNOUNCED, held).stream().map(finding -> finding.substring(0, 7)).toList();
  }

  private void set(String path, int value) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
  }
}
