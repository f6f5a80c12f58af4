// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.discovery.RouterCodec;
import io.gitlb.speaker.discovery.RouterMessage;
import io.gitlb.speaker.kernel.InterfaceIndex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A raw ICMPv6 socket on one interface that hears router discovery and nothing else: what has not
/// come with hop limit 255, so from this link, the kernel drops (RFC 4861 sections 6.1.1 and
/// 6.1.2), and what has a wrong checksum too. For the thread that opens it.
final class IcmpSocket implements AutoCloseable {

  // <sys/socket.h>, <netinet/in.h>, <netinet/icmp6.h>, <linux/filter.h>
  private static final int AF_INET6 = 10;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_JOIN_GROUP = 20;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int ICMP6_FILTER = 1;

  private static final int NAME_OCTETS = 16;
  private static final int ADDRESS_OCTETS = 28;
  private static final int HOP_LIMIT = 255;
  private static final int SOLICITATION = 133;
  private static final int ADVERTISEMENT = 134;

  private static final Ipv6 ALL_NODES = new Ipv6(0xFF02_0000_0000_0000L, 1);
  private static final Ipv6 ALL_ROUTERS = new Ipv6(0xFF02_0000_0000_0000L, 2);

  /// `ldb [SKF_NET_OFF + 7]; jeq #255, take, drop`: the hop limit wherever the network header is.
  private static final int[][] ONLY_FROM_THIS_LINK = {
    {0x30, 0, 0, -0x10_0000 + 7}, {0x15, 0, 1, HOP_LIMIT}, {0x06, 0, 0, 0xFFFF}, {0x06, 0, 0, 0}
  };

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(RouterCodec.MAX_OCTETS, 8);
  private final MemorySegment sender = arena.allocate(ADDRESS_OCTETS, 4);
  private final int file;
  private final int index;

  /// What came, from whom.
  record Received(Ipv6 source, ByteBuffer octets) {}

  private IcmpSocket(int file, int index) {
    this.file = file;
    this.index = index;
  }

  /// @throws IOException when there is no such interface, or the kernel refuses
  static IcmpSocket open(String interfaceName) throws IOException {
    int index = index(interfaceName);
    IcmpSocket socket =
        new IcmpSocket(Libc.socket(AF_INET6, SOCK_RAW_CLOEXEC, IPPROTO_ICMPV6), index);
    try (Arena arena = Arena.ofConfined()) {
      socket.filter(arena);
      socket.bind(arena, interfaceName);
      socket.set(arena, IPV6_MULTICAST_IF, index);
      socket.set(arena, IPV6_MULTICAST_HOPS, HOP_LIMIT);
      socket.set(arena, IPV6_MULTICAST_LOOP, 0);
      MemorySegment group = arena.allocate(20, 4); // struct ipv6_mreq
      put(group, 0, ALL_ROUTERS);
      group.set(ValueLayout.JAVA_INT, 16, index);
      Libc.setOption(socket.file, IPPROTO_IPV6, IPV6_JOIN_GROUP, group);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static int index(String interfaceName) throws IOException {
    try {
      int index = InterfaceIndex.of(interfaceName);
      if (index == 0) {
        throw new IOException("there is no such interface");
      }
      return index;
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// First of all, so that nothing else is ever heard.
  private void filter(Arena arena) throws IOException {
    MemorySegment program = arena.allocate(8L * ONLY_FROM_THIS_LINK.length, 8);
    for (int i = 0; i < ONLY_FROM_THIS_LINK.length; i++) {
      int[] instruction = ONLY_FROM_THIS_LINK[i];
      program.set(ValueLayout.JAVA_SHORT, 8L * i, (short) instruction[0]);
      program.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) instruction[1]);
      program.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) instruction[2]);
      program.set(ValueLayout.JAVA_INT, 8L * i + 4, instruction[3]);
    }
    MemorySegment header = arena.allocate(16, 8); // struct sock_fprog
    header.set(ValueLayout.JAVA_SHORT, 0, (short) ONLY_FROM_THIS_LINK.length);
    header.set(ValueLayout.JAVA_LONG, 8, program.address());
    Libc.setOption(file, SOL_SOCKET, SO_ATTACH_FILTER, header);
    MemorySegment blocked = arena.allocate(32, 4); // struct icmp6_filter: a bit for each type
    blocked.fill((byte) 0xFF);
    for (int type : new int[] {SOLICITATION, ADVERTISEMENT}) {
      long word = type / Integer.SIZE * 4L;
      int without = blocked.get(ValueLayout.JAVA_INT, word) & ~(1 << type % Integer.SIZE);
      blocked.set(ValueLayout.JAVA_INT, word, without);
    }
    Libc.setOption(file, IPPROTO_ICMPV6, ICMP6_FILTER, blocked);
  }

  private void bind(Arena arena, String name) throws IOException {
    byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
    MemorySegment device = arena.allocate(NAME_OCTETS);
    MemorySegment.copy(octets, 0, device, ValueLayout.JAVA_BYTE, 0, octets.length);
    Libc.setOption(file, SOL_SOCKET, SO_BINDTODEVICE, device);
    if (!isBoundTo(name)) {
      throw new IOException("the socket cannot be bound to it");
    }
  }

  /// Whether the kernel has it on that interface as it is now.
  boolean isBoundTo(String name) {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment device = own.allocate(NAME_OCTETS);
      int length = Libc.getOption(file, SOL_SOCKET, SO_BINDTODEVICE, device);
      return length > 0 && device.getString(0).equals(name) && index(name) == index;
    } catch (IOException _) {
      return false; // It is gone.
    }
  }

  private void set(Arena arena, int option, int value) throws IOException {
    Libc.setOption(file, IPPROTO_IPV6, option, arena.allocateFrom(ValueLayout.JAVA_INT, value));
  }

  /// To all nodes on the link, or, a question, to all routers. The source is the interface's
  /// link-local address.
  ///
  /// @throws IOException when there is no such address yet, or the interface is down
  void send(RouterMessage message) throws IOException {
    byte[] octets = RouterCodec.encode(message);
    try (Arena own = Arena.ofConfined()) {
      MemorySegment out = own.allocate(octets.length);
      MemorySegment.copy(octets, 0, out, ValueLayout.JAVA_BYTE, 0, octets.length);
      MemorySegment to = own.allocate(ADDRESS_OCTETS, 4); // struct sockaddr_in6
      to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET6);
      put(
          to,
          8,
          switch (message) {
            case RouterMessage.Advertisement _ -> ALL_NODES;
            case RouterMessage.Solicitation _ -> ALL_ROUTERS;
          });
      to.set(ValueLayout.JAVA_INT, 24, index);
      Libc.send(file, out, to);
    }
  }

  /// The next message; empty when none came in that time.
  ///
  /// @param millis at least 0
  Optional<Received> receive(int millis) throws IOException {
    if (!Libc.awaitReadable(file, millis)) {
      return Optional.empty();
    }
    int length = Libc.receive(file, buffer, sender);
    byte[] source = sender.asSlice(8, 16).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer octets = buffer.asSlice(0, length).asByteBuffer();
    return IpAddress.ofBytes(source) instanceof Ipv6 address
        ? Optional.of(new Received(address, octets))
        : Optional.empty();
  }

  private static void put(MemorySegment into, long at, Ipv6 address) {
    byte[] octets = Arrays.copyOf(address.toBytes(), 16);
    MemorySegment.copy(octets, 0, into, ValueLayout.JAVA_BYTE, at, octets.length);
  }

  @Override
  public void close() {
    Libc.close(file);
    arena.close();
  }
}
