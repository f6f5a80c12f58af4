// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.l2.InterfaceAddress;
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
    return new LinkDump.Own(index, new InterfaceAddress(IpAddress.of(address), 24), true);
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
                new LinkDump.Own(
                    2, new InterfaceAddress(IpAddress.of("2001:db8::2"), 64), false))));
  }

  @Test
  void loopbackComesFirst() {
    List<InetAddress> all = NodeAddresses.all();
    assertEquals(InetAddress.ofLiteral("127.0.0.1"), all.getFirst());
    assertTrue(all.size() <= 8, all::toString);
  }
}
