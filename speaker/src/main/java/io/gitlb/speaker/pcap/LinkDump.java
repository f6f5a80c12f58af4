// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.InterfaceAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Every interface and address of this network namespace, from the kernel's own dump
/// (rtnetlink(7)).
///
/// The JDK's list takes a second or more where kube-proxy has thousands of addresses on kube-ipvs0,
/// and says less; this takes milliseconds.
final class LinkDump {

  // <linux/rtnetlink.h>, <linux/netlink.h>
  private static final short RTM_NEWLINK = 16;
  private static final short RTM_GETLINK = 18;
  private static final short RTM_NEWADDR = 20;
  private static final short RTM_GETADDR = 22;
  private static final short RTM_NEWROUTE = 24;
  private static final short RTM_GETROUTE = 26;
  private static final short NLMSG_ERROR = 2;
  private static final short NLMSG_DONE = 3;
  private static final short NLM_F_REQUEST_DUMP = 0x301;
  private static final int HEADER_OCTETS = 16;
  private static final int IFINFO_OCTETS = 16;
  private static final int IFADDR_OCTETS = 8;
  private static final int ROUTE_OCTETS = 12;
  private static final int ATTRIBUTE_OCTETS = 4;
  private static final int ATTRIBUTE_TYPE = 0x3FFF;

  // <linux/if_link.h>
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_CARRIER_CHANGES = 35;
  private static final int IFLA_INFO_KIND = 1;

  // <linux/if_addr.h>
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_FLAGS = 8;
  static final int IFA_F_SECONDARY = 0x01;
  static final int IFA_F_DADFAILED = 0x08;
  static final int IFA_F_DEPRECATED = 0x20;
  static final int IFA_F_TENTATIVE = 0x40;
  static final int IFA_F_PERMANENT = 0x80;

  // <linux/rtnetlink.h>
  private static final byte AF_INET6 = 10;
  private static final byte RT_TABLE_MAIN = (byte) 254;
  private static final byte RTN_UNICAST = 1;
  private static final short RTA_DST = 1;
  private static final short RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final byte GROUPS = (byte) 0xFF;

  private static final int MAC_OCTETS = 6;

  private LinkDump() {}

  /// An interface.
  ///
  /// @param flags `IFF_*` of `<linux/if.h>`
  /// @param master number of what it is a port of; 0: of nothing
  record Device(
      String name,
      int index,
      int flags,
      Optional<MacAddress> macAddress,
      int master,
      long carrierChanges,
      InterfaceType type) {}

  /// An address of an interface.
  ///
  /// @param network what it says to be on the link: on a point-to-point link the peer
  /// @param flags `IFA_F_*` of `<linux/if_addr.h>`
  record Own(int index, InterfaceAddress address, IpPrefix network, int flags) {

    /// No detection of duplicates is under way, and none has found one.
    boolean isReady() {
      return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    }
  }

  /// All interfaces.
  static List<Device> devices() throws IOException {
    List<Device> devices = new ArrayList<>();
    dump(
        RTM_GETLINK,
        body(IFINFO_OCTETS),
        (type, body) -> {
          if (type == RTM_NEWLINK) {
            device(body).ifPresent(devices::add);
          }
        });
    return devices;
  }

  /// All addresses.
  static List<Own> addresses() throws IOException {
    return addresses(0);
  }

  /// The addresses of an interface.
  ///
  /// @param index 0: of all
  static List<Own> addresses(int index) throws IOException {
    List<Own> addresses = new ArrayList<>();
    dump(
        RTM_GETADDR,
        body(IFADDR_OCTETS).putInt(4, index),
        (type, body) -> {
          if (type == RTM_NEWADDR) {
            address(body)
                .filter(own -> index == 0 || own.index() == index)
                .ifPresent(addresses::add);
          }
        });
    return addresses;
  }

  /// The IPv6 prefixes of the main table that are reached on an interface without a gateway: not
  /// the default route, nor groups, nor single addresses.
  static List<IpPrefix> routes6(int index) throws IOException {
    List<IpPrefix> routes = new ArrayList<>();
    // struct rtmsg, with the attribute that leaves all other interfaces out.
    ByteBuffer asked = body(ROUTE_OCTETS + 2 * ATTRIBUTE_OCTETS);
    asked.put(0, AF_INET6).put(4, RT_TABLE_MAIN);
    asked.putShort(ROUTE_OCTETS, (short) (2 * ATTRIBUTE_OCTETS));
    asked.putShort(ROUTE_OCTETS + 2, RTA_OIF).putInt(ROUTE_OCTETS + ATTRIBUTE_OCTETS, index);
    dump(
        RTM_GETROUTE,
        asked,
        (type, body) -> {
          if (type == RTM_NEWROUTE) {
            route6(body, index).ifPresent(routes::add);
          }
        });
    return routes;
  }

  private static ByteBuffer body(int octets) {
    return ByteBuffer.allocate(octets).order(ByteOrder.nativeOrder());
  }

  private static void dump(short request, ByteBuffer body, BiConsumer<Short, ByteBuffer> each)
      throws IOException {
    ByteBuffer message = body(HEADER_OCTETS + body.capacity());
    message.putInt(message.capacity()).putShort(request).putShort(NLM_F_REQUEST_DUMP);
    message.put(HEADER_OCTETS, body, 0, body.capacity()).rewind();
    try (NetlinkSocket socket = NetlinkSocket.open(0)) {
      socket.strict();
      socket.send(message);
      boolean more = true;
      while (more) {
        more =
            switch (socket.receive()) {
              case NetlinkSocket.Received.Messages(ByteBuffer octets) -> messages(octets, each);
              case NetlinkSocket.Received.Dropped _, NetlinkSocket.Received.Nothing _ ->
                  throw new IOException("the kernel does not tell its interfaces to the end");
            };
      }
    }
  }

  /// @return whether more are to come
  static boolean messages(ByteBuffer octets, BiConsumer<Short, ByteBuffer> each)
      throws IOException {
    while (octets.remaining() >= HEADER_OCTETS) {
      int start = octets.position();
      int length = octets.getInt(start);
      short type = octets.getShort(start + 4);
      if (type == NLMSG_DONE) {
        return false;
      }
      if (type == NLMSG_ERROR || length < HEADER_OCTETS || length > octets.remaining()) {
        throw new IOException("the kernel does not tell its interfaces");
      }
      each.accept(type, slice(octets, start + HEADER_OCTETS, length - HEADER_OCTETS));
      octets.position(Math.min(octets.limit(), start + padded(length)));
    }
    return true;
  }

  /// struct ifinfomsg: family, padding, type, index, flags, change; then attributes.
  static Optional<Device> device(ByteBuffer body) {
    Map<Integer, ByteBuffer> attributes = attributes(body, IFINFO_OCTETS);
    ByteBuffer name = attributes.get(IFLA_IFNAME);
    if (name == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Device(
            text(name),
            body.getInt(4),
            body.getInt(8),
            mac(attributes.get(IFLA_ADDRESS)),
            number(attributes.get(IFLA_MASTER)),
            Integer.toUnsignedLong(number(attributes.get(IFLA_CARRIER_CHANGES))),
            type(attributes.get(IFLA_LINKINFO))));
  }

  /// struct ifaddrmsg: family, length of the prefix, flags, scope, index; then attributes.
  static Optional<Own> address(ByteBuffer body) {
    Map<Integer, ByteBuffer> attributes = attributes(body, IFADDR_OCTETS);
    Optional<IpAddress> there = addressOf(attributes.get(IFA_ADDRESS));
    // On a point-to-point link the other one is the peer's.
    Optional<IpAddress> own = addressOf(attributes.get(IFA_LOCAL)).or(() -> there);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    int length = Byte.toUnsignedInt(body.get(1));
    ByteBuffer wide = attributes.get(IFA_FLAGS);
    return Optional.of(
        new Own(
            body.getInt(4),
            new InterfaceAddress(own.get(), length),
            new IpPrefix(there.orElse(own.get()), length),
            wide == null ? Byte.toUnsignedInt(body.get(2)) : number(wide)));
  }

  private static Optional<IpAddress> addressOf(@Nullable ByteBuffer octets) {
    return octets != null && (octets.remaining() == 4 || octets.remaining() == 16)
        ? Optional.of(IpAddress.ofBytes(octets(octets)))
        : Optional.empty();
  }

  /// struct rtmsg: family, length of the destination, of the source, service, table, protocol,
  /// scope, type, flags; then attributes.
  static Optional<IpPrefix> route6(ByteBuffer body, int index) {
    Map<Integer, ByteBuffer> attributes = attributes(body, ROUTE_OCTETS);
    ByteBuffer destination = attributes.get((int) RTA_DST);
    int length = Byte.toUnsignedInt(body.get(1));
    if (destination == null
        || destination.remaining() != 16
        || length == 0
        || length == 128
        || body.get(4) != RT_TABLE_MAIN
        || body.get(7) != RTN_UNICAST
        || attributes.containsKey(RTA_GATEWAY)
        || number(attributes.get((int) RTA_OIF)) != index) {
      return Optional.empty();
    }
    return Optional.of(new IpPrefix(IpAddress.ofBytes(octets(destination)), length))
        .filter(prefix -> destination.get(destination.position()) != GROUPS);
  }

  /// What makes such devices names the kind; a card has none.
  private static InterfaceType type(@Nullable ByteBuffer linkInfo) {
    ByteBuffer kind = linkInfo == null ? null : attributes(linkInfo, 0).get(IFLA_INFO_KIND);
    if (kind == null) {
      return InterfaceType.PHYSICAL;
    }
    return switch (text(kind)) {
      case "vlan" -> InterfaceType.VLAN;
      case "bond" -> InterfaceType.BOND;
      case "bridge" -> InterfaceType.BRIDGE;
      default -> InterfaceType.VIRTUAL;
    };
  }

  private static Optional<MacAddress> mac(@Nullable ByteBuffer octets) {
    return octets != null && octets.remaining() == MAC_OCTETS
        ? Optional.of(MacAddress.ofBytes(octets(octets))).filter(address -> address.bits() != 0)
        : Optional.empty();
  }

  private static int number(@Nullable ByteBuffer octets) {
    return octets != null && octets.remaining() >= 4 ? octets.getInt(octets.position()) : 0;
  }

  private static String text(ByteBuffer octets) {
    String text = new String(octets(octets), StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static byte[] octets(ByteBuffer buffer) {
    byte[] octets = new byte[buffer.remaining()];
    buffer.get(buffer.position(), octets);
    return octets;
  }

  /// struct rtattr: length with itself, type; then the value, padded to four octets.
  private static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int from) {
    Map<Integer, ByteBuffer> attributes = new HashMap<>();
    int position = from;
    while (position + ATTRIBUTE_OCTETS <= body.limit()) {
      int length = Short.toUnsignedInt(body.getShort(position));
      int type = Short.toUnsignedInt(body.getShort(position + 2)) & ATTRIBUTE_TYPE;
      if (length < ATTRIBUTE_OCTETS || position + length > body.limit()) {
        break;
      }
      attributes.put(type, slice(body, position + ATTRIBUTE_OCTETS, length - ATTRIBUTE_OCTETS));
      position += padded(length);
    }
    return attributes;
  }

  private static ByteBuffer slice(ByteBuffer buffer, int from, int length) {
    return buffer.slice(from, length).order(ByteOrder.nativeOrder());
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }
}
