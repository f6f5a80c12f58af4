// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a kernel tells of a VLAN on a bond of two cards and of their addresses, octet by octet as
/// rtnetlink(7) has it: most kernels that the tests run on have neither.
final class LinkDumpTest {

  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:01");

  @Test
  void cardsAndWhatIsBuiltOfThemAreToldApart() {
    assertEquals(
        new LinkDump.Device("eno1", 2, 0x1843, Optional.of(MAC), 3, 4, InterfaceType.PHYSICAL),
        link(2, 0x1843, name("eno1"), mac(), number(10, 3), number(35, 4)));
    assertEquals(InterfaceType.BOND, link(3, 0x1443, name("bond0"), kind("bond")).type());
    assertEquals(InterfaceType.VLAN, link(4, 0x1043, name("bond0.10"), kind("vlan")).type());
    assertEquals(InterfaceType.BRIDGE, link(5, 0x1043, name("br0"), kind("bridge")).type());
    assertEquals(InterfaceType.VIRTUAL, link(6, 0x1043, name("v1"), kind("veth")).type());
    assertEquals(0, link(4, 0x1043, name("bond0.10"), kind("vlan")).master(), "nobody's port");
    assertEquals(Optional.empty(), link(7, 0x41, name("tun0")).macAddress());
    assertEquals(Optional.empty(), LinkDump.device(message(16)), "without a name it is none");
  }

  @Test
  void addressesAreReadyOrNot() {
    byte[] v4 = {(byte) 192, 0, 2, 1};
    byte[] peer = {(byte) 192, 0, 2, 9};
    assertEquals(
        Optional.of(
            new LinkDump.Own(
                2,
                new InterfaceAddress(IpAddress.of("192.0.2.1"), 24),
                IpPrefix.of("192.0.2.0/24"),
                LinkDump.IFA_F_PERMANENT)),
        LinkDump.address(own(24, 0x80, 2, attribute(1, peer), attribute(2, v4))),
        "the local one, not the peer's");
    byte[] v6 = new byte[16];
    v6[0] = (byte) 0xFE;
    v6[1] = (byte) 0x80;
    v6[15] = 1;
    LinkDump.Own linkLocal =
        new LinkDump.Own(
            2,
            new InterfaceAddress(IpAddress.of("fe80::1"), 64),
            IpPrefix.of("fe80::/64"),
            LinkDump.IFA_F_TENTATIVE);
    assertEquals(
        Optional.of(linkLocal), LinkDump.address(own(64, 0x40, 2, attribute(1, v6))), "tentative");
    assertFalse(linkLocal.isReady());
    assertFalse(
        LinkDump.address(own(64, 0, 2, attribute(1, v6), number(8, 0x08))).orElseThrow().isReady(),
        "a duplicate");
    assertTrue(
        LinkDump.address(own(64, 0, 2, attribute(1, v6), number(8, 0x200)))
            .orElseThrow()
            .isReady());
    assertEquals(Optional.empty(), LinkDump.address(own(64, 0, 2)));
  }

  @Test
  void routesWithoutAGatewayAreOnTheLink() {
    byte[] network = IpAddress.of("2001:db8:1::").toBytes();
    assertEquals(Optional.of(IpPrefix.of("2001:db8:1::/64")), route(64, 1, attribute(1, network)));
    assertEquals(Optional.empty(), route(128, 1, attribute(1, network)), "a single address");
    assertEquals(Optional.empty(), route(0, 1), "the default route");
    assertEquals(Optional.empty(), route(64, 7, attribute(1, network)), "prohibited");
    assertEquals(
        Optional.empty(), route(64, 1, attribute(1, network), attribute(5, network)), "a gateway");
    assertEquals(
        Optional.empty(), route(8, 1, attribute(1, IpAddress.of("ff00::").toBytes())), "groups");
    ByteBuffer elsewhere = message(12, attribute(1, network), number(4, 3));
    elsewhere.put(1, (byte) 64).put(4, (byte) 254).put(7, (byte) 1);
    assertEquals(Optional.empty(), LinkDump.route6(elsewhere, 2), "another interface");
  }

  private static Optional<IpPrefix> route(int length, int type, byte[]... attributes) {
    byte[][] all = Arrays.copyOf(attributes, attributes.length + 1);
    all[attributes.length] = number(4, 2);
    ByteBuffer message = message(12, all);
    message.put(1, (byte) length).put(4, (byte) 254).put(7, (byte) type);
    return LinkDump.route6(message, 2);
  }

  @Test
  void everyTruncationEndsInAnAnswerOrInTheOneError() throws IOException {
    ByteBuffer body = message(16, name("eno1"), mac(), kind("bond"), number(35, 4));
    ByteBuffer whole = ByteBuffer.allocate(16 + body.limit()).order(ByteOrder.nativeOrder());
    whole.putInt(whole.capacity()).putShort((short) 16).position(16).put(body.duplicate()).rewind();
    List<Short> types = new ArrayList<>();
    assertTrue(
        LinkDump.messages(
            whole.duplicate().order(ByteOrder.nativeOrder()), (type, _) -> types.add(type)));
    assertEquals(List.of((short) 16), types);
    for (int length = 16; length < whole.capacity(); length++) {
      ByteBuffer cut = whole.slice(0, length).order(ByteOrder.nativeOrder());
      assertThrows(IOException.class, () -> LinkDump.messages(cut, (_, _) -> {}), "at " + length);
    }
    for (int length = 16; length < body.limit(); length++) {
      ByteBuffer cut = body.slice(0, length).order(ByteOrder.nativeOrder());
      Optional<LinkDump.Device> device = LinkDump.device(cut);
      assertTrue(device.isEmpty() || device.get().name().equals("eno1"), "at " + length);
    }
  }

  @Test
  void theKernelOfThisMachineTellsItsLoopback() throws IOException {
    LinkDump.Device loopback =
        LinkDump.devices().stream()
            .filter(one -> one.name().equals("lo"))
            .findFirst()
            .orElseThrow();
    assertTrue((loopback.flags() & KernelInterface.IFF_LOOPBACK) != 0);
  }

  private static LinkDump.Device link(int index, int flags, byte[]... attributes) {
    ByteBuffer message = message(16, attributes);
    message.putInt(4, index).putInt(8, flags);
    return LinkDump.device(message).orElseThrow();
  }

  private static ByteBuffer own(int length, int flags, int index, byte[]... attributes) {
    ByteBuffer message = message(8, attributes);
    message.put(1, (byte) length).put(2, (byte) flags).putInt(4, index);
    return message;
  }

  private static ByteBuffer message(int header, byte[]... attributes) {
    int length = header;
    for (byte[] attribute : attributes) {
      length += attribute.length;
    }
    ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    message.position(header);
    for (byte[] attribute : attributes) {
      message.put(attribute);
    }
    return message.rewind();
  }

  private static byte[] name(String name) {
    return attribute(3, (name + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] mac() {
    return attribute(1, new byte[] {2, 0, 0x5E, 0, 0x53, 1});
  }

  /// Nested, with the bit that says so.
  private static byte[] kind(String kind) {
    return attribute(18 | 0x8000, attribute(1, kind.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] number(int type, int number) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(number).array());
  }

  private static byte[] attribute(int type, byte[] value) {
    return ByteBuffer.allocate(4 + ((value.length + 3) & ~3))
        .order(ByteOrder.nativeOrder())
        .putShort((short) (4 + value.length))
        .putShort((short) type)
        .put(value)
        .array();
  }
}
