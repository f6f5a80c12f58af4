// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NodeAddressesTest {

  private static final int UP = 0x1;
  private static final int UP_LOOPBACK = 0x9;

  private static LinkDump.Device device(int index, String name, int flags) {
    return new LinkDump.Device(name, index, flags, Optional.empty(), 0, 0, InterfaceType.PHYSICAL);
  }

  private static LinkDump.Own own(int index, String address) {
    return own(index, address, 24, LinkDump.IFA_F_PERMANENT);
  }

  private static LinkDump.Own own(int index, String address, int length, int flags) {
    IpAddress own = IpAddress.of(address);
    return new LinkDump.Own(
        index, new InterfaceAddress(own, length), new IpPrefix(own, length), flags);
  }

  @Test
  void addressesOfLinksThatAreUpCountAndThoseOfServicesDoNot() {
    assertEquals(
        List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1")),
        NodeAddresses.ofLinks(
            List.of(
                device(1, "lo", UP_LOOPBACK),
                device(2, "eth0", UP),
                device(3, "eth1", 0),
                device(4, "kube-ipvs0", UP)),
            List.of(
                own(1, "127.0.0.1"),
                own(2, "192.0.2.1"),
                own(2, "2001:db8::1"),
                own(2, "fe80::1"),
                own(3, "192.0.2.2"),
                own(4, "10.96.0.1"),
                own(2, "2001:db8::2", 64, LinkDump.IFA_F_TENTATIVE))));
  }

  @Test
  void eachAddressIsThatOfItsInterface() {
    assertEquals(
        List.of("lo 127.0.0.1", "eth0 192.0.2.1"),
        NodeAddresses.named(
                List.of(device(1, "lo", UP_LOOPBACK), device(2, "eth0", UP)),
                List.of(own(2, "192.0.2.1"), own(3, "192.0.2.3"), own(1, "127.0.0.1")))
            .stream()
            .map(one -> one.interfaceName() + " " + one.address())
            .toList());
  }

  @Test
  void whatTheKernelSaysOfAnAddressIsTold() {
    NodeAddress plain = told(own(2, "2001:db8::1", 64, LinkDump.IFA_F_PERMANENT));
    assertFalse(plain.isDeprecated() || plain.isSecondary() || plain.isDuplicate());
    assertFalse(plain.isTentative() || plain.isSingle() || plain.isLeased());
    assertTrue(told(own(2, "2001:db8::1", 64, 0x21)).isDeprecated());
    assertTrue(told(own(2, "2001:db8::1", 64, 0x01)).isSecondary());
    assertTrue(told(own(2, "2001:db8::1", 64, 0xC0)).isTentative());
    assertTrue(told(own(2, "2001:db8::1", 64, 0x88)).isDuplicate());
    assertTrue(told(own(2, "2001:db8::1", 128, 0x80)).isSingle());
    assertTrue(told(own(2, "2001:db8::1", 64, 0x300)).isLeased());
  }

  private static NodeAddress told(LinkDump.Own own) {
    return NodeAddress.of(own, "eth0");
  }

  @Test
  void theKernelOfThisMachineTellsItsLoopback() throws IOException {
    assertTrue(
        NodeAddresses.read().stream()
            .anyMatch(
                one ->
                    one.interfaceName().equals("lo")
                        && one.network().contains(IpAddress.of("127.0.0.1"))));
  }

  @Test
  void loopbackComesFirst() {
    List<InetAddress> all = NodeAddresses.ofProxy();
    assertEquals(InetAddress.ofLiteral("127.0.0.1"), all.getFirst());
    assertTrue(all.size() <= 8, all::toString);
  }
}
