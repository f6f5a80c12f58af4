// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.pcap.NodeAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which of a node's addresses routers can be told to send to.
final class OwnLinksTest {

  // <linux/if_addr.h>
  private static final int PERMANENT = 0x80;
  private static final int SECONDARY = 0x01;
  private static final int DUPLICATE = 0x08;
  private static final int DEPRECATED = 0x20;
  private static final int TENTATIVE = 0x40;

  private static final IpAddress END = IpAddress.of("192.0.2.10");

  private final List<NodeAddress> kernel = new ArrayList<>();
  private final OwnLinks links = new OwnLinks(() -> kernel);

  private void has(String interfaceName, String address, int length, int flags) {
    IpAddress own = IpAddress.of(address);
    kernel.add(new NodeAddress(interfaceName, own, new IpPrefix(own, length), length, flags));
  }

  private List<String> beside() {
    return links.beside(END, Optional.empty()).stream().map(IpAddress::toString).toList();
  }

  @Test
  void whatLastsComesFirstWhateverTheOrder() {
    has("eth0", "192.0.2.10", 24, PERMANENT);
    has("eth0", "2001:db8::1:2", 64, PERMANENT);
    has("eth0", "2001:db8::1:1", 64, 0);
    has("eth0", "2001:db8::7", 128, PERMANENT);
    has("eth0", "2001:db8::6", 64, SECONDARY);
    has("eth0", "2001:db8::5", 64, DEPRECATED | PERMANENT);
    has("eth0", "2001:db8::4", 64, TENTATIVE | PERMANENT);
    has("eth0", "2001:db8::3", 64, TENTATIVE | DUPLICATE | PERMANENT);
    has("eth1", "2001:db8:1::1", 64, PERMANENT);
    List<String> expected =
        List.of(
            "2001:db8::1:2",
            "2001:db8::1:1",
            "2001:db8::7",
            "2001:db8::6",
            "2001:db8::5",
            "2001:db8::4");
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 20; round++) {
      assertEquals(expected, beside());
      Collections.shuffle(kernel, random);
    }
  }

  /// keepalived, or kube-vip, may put the very address on the interface that we announce.
  @Test
  void whatIsAnnouncedIsNoNextHop() {
    has("eth0", "192.0.2.10", 24, PERMANENT);
    has("eth0", "2001:db8::1", 64, PERMANENT);
    has("eth0", "2001:db8::2", 64, DEPRECATED);
    links.announced(announced("2001:db8::1", "2001:db8::1/128"));
    assertEquals(List.of("2001:db8::2"), beside());

    links.announced(SnapshotMap.empty());
    assertEquals("2001:db8::1", beside().getFirst());
  }

  @Test
  void whatLiesInARouteForManyIsTheLastResort() {
    has("eth0", "192.0.2.10", 24, PERMANENT);
    has("eth0", "2001:db8::1", 64, PERMANENT);
    links.announced(announced("2001:db8::100", "2001:db8::/120"));
    assertEquals(List.of("2001:db8::1"), beside(), "there is no other");

    has("eth0", "2001:db8:1::1", 64, DEPRECATED);
    assertEquals("2001:db8:1::1", beside().getFirst());
  }

  /// The end of a connection may be a floating address: its interface is what counts.
  @Test
  void theInterfaceIsFoundByTheEndOfTheConnectionOrByItsName() {
    has("eth0", "fe80::1", 64, PERMANENT);
    has("eth0", "192.0.2.10", 32, DEPRECATED);
    has("eth0", "2001:db8::1", 64, PERMANENT);
    has("eth1", "fe80::1", 64, PERMANENT);
    has("eth1", "2001:db8:1::1", 64, PERMANENT);
    links.announced(announced("192.0.2.10", "192.0.2.10/32"));
    assertEquals(List.of("2001:db8::1", "fe80::1"), beside());
    assertEquals(
        List.of(IpAddress.of("2001:db8:1::1")),
        links.beside(IpAddress.of("fe80::1"), Optional.of("eth1")));
    assertEquals(List.of(), links.beside(IpAddress.of("192.0.2.99"), Optional.empty()));
  }

  @Test
  void networksSayWhoIsOnTheLinks() {
    has("eth0", "192.0.2.10", 24, PERMANENT);
    has("lo", "198.51.100.1", 32, PERMANENT);
    assertTrue(links.leadTo(IpAddress.of("192.0.2.1")));
    assertTrue(links.look().test(IpAddress.of("192.0.2.254")));
    assertFalse(links.leadTo(IpAddress.of("198.51.100.2")));
    assertFalse(links.leadTo(IpAddress.of("2001:db8::1")));
  }

  /// On a point-to-point link the kernel has our address and, as the network, the peer's.
  @Test
  void thePeerOfAPointToPointLinkIsOnIt() {
    kernel.add(
        new NodeAddress(
            "ppp0", IpAddress.of("192.0.2.10"), IpPrefix.of("198.51.100.1/32"), 32, PERMANENT));
    assertTrue(links.leadTo(IpAddress.of("198.51.100.1")));
  }

  @Test
  void aKernelThatDoesNotTellRulesNobodyOut() {
    OwnLinks blind =
        new OwnLinks(
            () -> {
              throw new IOException("not today");
            });
    assertTrue(blind.leadTo(IpAddress.of("192.0.2.1")));
    assertEquals(List.of(), blind.beside(END, Optional.empty()));
  }

  private static SnapshotMap<IpAddress, Announcement> announced(String address, String prefix) {
    Announcement plain = DesiredStates.routed(address);
    BgpRoute route =
        new BgpRoute(
            IpPrefix.of(prefix),
            OptionalLong.empty(),
            List.of(),
            new TreeSet<>(List.of(new PeerName("tor"))));
    return SnapshotMap.copyOf(
        Map.of(
            plain.address(),
            new Announcement(
                plain.address(), plain.owner(), plain.record(), plain.layer2(), List.of(route))));
  }
}
