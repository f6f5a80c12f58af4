// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.MacAddress;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelInterfaceTest {

  private static final Pattern DEFAULT = Pattern.compile(PcapSegments.DEFAULT_INTERFACE_REGEX);
  private static final Optional<MacAddress> MAC = Optional.of(MacAddress.of("02:00:5e:00:53:01"));
  private static final int USABLE =
      KernelInterface.IFF_UP | KernelInterface.IFF_RUNNING | KernelInterface.IFF_BROADCAST;

  @Test
  void aBroadcastInterfaceThatIsUpIsUsed() {
    assertEquals(Optional.empty(), obstacle("eth0", USABLE, MAC, Optional.empty()));
  }

  @Test
  void eachObstacleIsNamed() {
    assertEquals(
        Optional.of("loopback"),
        obstacle("lo", USABLE | KernelInterface.IFF_LOOPBACK, MAC, Optional.empty()));
    assertEquals(
        Optional.of("name excluded by --interface-regex"),
        obstacle("veth12ab", USABLE, MAC, Optional.empty()));
    assertEquals(Optional.of("port of br0"), obstacle("eth0", USABLE, MAC, Optional.of("br0")));
    assertEquals(
        Optional.of("has no ARP"),
        obstacle("eth0", USABLE | KernelInterface.IFF_NOARP, MAC, Optional.empty()));
    assertEquals(
        Optional.of("has no ARP"),
        obstacle("ppp0", USABLE & ~KernelInterface.IFF_BROADCAST, MAC, Optional.empty()));
    assertEquals(
        Optional.of("down"),
        obstacle("eth0", USABLE & ~KernelInterface.IFF_UP, MAC, Optional.empty()));
    assertEquals(
        Optional.of("no carrier"),
        obstacle("eth0", USABLE & ~KernelInterface.IFF_RUNNING, MAC, Optional.empty()));
    assertEquals(
        Optional.of("no hardware address"),
        obstacle("ib0", USABLE, Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eth0", "eno1", "ens3", "enp3s0f0", "bond0", "br0", "br-lan", "vlan10", "eth0.5"})
  void theUsualNamesOfCardsBondsAndBridgesAreUsed(String name) {
    assertTrue(DEFAULT.matcher(name).matches());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker0",
        "br-0123456789ab",
        "cni0",
        "veth0a1b2c3",
        "cali0123",
        "cilium_host",
        "flannel.1",
        "vxlan.calico",
        "virbr0",
        "vnet3",
        "kube-ipvs0",
        "nodelocaldns",
        "lxc1234",
        "tunl0",
        "dummy0"
      })
  void theNamesThatContainerNetworksMakeAreNot(String name) {
    assertFalse(DEFAULT.matcher(name).matches());
  }

  private static Optional<String> obstacle(
      String name, int flags, Optional<MacAddress> mac, Optional<String> master) {
    return new KernelInterface(
            name,
            2,
            flags,
            mac,
            master,
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            0,
            InterfaceType.PHYSICAL)
        .obstacle(DEFAULT, EnumSet.allOf(InterfaceType.class));
  }

  private static Optional<String> obstacle(
      InterfaceType type, Optional<String> master, Set<InterfaceType> allowed) {
    return new KernelInterface(
            "eth0",
            2,
            KernelInterface.IFF_UP | KernelInterface.IFF_RUNNING | KernelInterface.IFF_BROADCAST,
            Optional.of(MacAddress.of("02:00:5e:00:53:01")),
            master,
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            0,
            type)
        .obstacle(DEFAULT, allowed);
  }

  @Test
  void theTypeExcludesAndAPortIsExcludedWhateverItsType() {
    Set<InterfaceType> some = EnumSet.of(InterfaceType.VLAN, InterfaceType.BOND);
    assertEquals(Optional.empty(), obstacle(InterfaceType.VLAN, Optional.empty(), some));
    assertEquals(
        Optional.of("type physical excluded by --interface-types"),
        obstacle(InterfaceType.PHYSICAL, Optional.empty(), some));
    assertEquals(
        Optional.of("port of bond0"), obstacle(InterfaceType.VLAN, Optional.of("bond0"), some));
  }
}
