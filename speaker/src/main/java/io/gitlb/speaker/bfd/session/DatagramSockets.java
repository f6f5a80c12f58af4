// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// UDP sockets on one interface. All of it runs on the loop that the sockets belong to, where
/// registering and binding are done when the call returns.
final class DatagramSockets {

  // linux/in.h, linux/in6.h, asm-generic/socket.h: levels and option numbers.
  private static final IntegerUnixChannelOption IP_TTL =
      new IntegerUnixChannelOption("IP_TTL", 0, 2);
  private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS =
      new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);
  private static final IntegerUnixChannelOption IPV6_V6ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);
  private static final int INTERFACE_NAME_OCTETS = 16;
  private static final RawUnixChannelOption SO_BINDTODEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, INTERFACE_NAME_OCTETS);
  // struct sock_fprog with a pointer of 64 bits; struct sock_filter.
  private static final int FPROG_OCTETS = 16;
  private static final int FILTER_INSTRUCTIONS = 4;
  private static final int FILTER_OCTETS = FILTER_INSTRUCTIONS * 8;
  private static final RawUnixChannelOption SO_ATTACH_FILTER =
      new RawUnixChannelOption("SO_ATTACH_FILTER", 1, 26, FPROG_OCTETS);

  /// DSCP CS6, internetwork control (RFC 4594 section 3.1).
  private static final int TRAFFIC_CLASS = 0xC0;

  private static final int MAX_TTL = 255;
  private static final int RECEIVE_BUFFER_OCTETS = 512 * 1_024;
  private static final int UNREAD_BUFFER_OCTETS = 4_096;

  // linux/filter.h: where the network header begins, whatever the kernel has pulled already.
  private static final int SKF_NET_OFF = -0x10_0000;

  private DatagramSockets() {}

  /// Hears what comes to the port on the interface with TTL or hop limit 255, nothing else.
  ///
  /// @throws io.netty.channel.ChannelException or another unchecked one when the kernel refuses
  static EpollDatagramChannel receiving(
      EventLoop loop, String interfaceName, InetAddress any, int port, ChannelHandler handler) {
    EpollDatagramChannel channel = onInterface(interfaceName, any);
    try {
      attachTtlFilter(channel, any instanceof Inet4Address);
      channel.config().setReceiveBufferSize(RECEIVE_BUFFER_OCTETS);
      channel.pipeline().addLast(handler);
      start(loop, channel, new InetSocketAddress(any, port));
      return channel;
    } catch (RuntimeException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  /// Only sends, with TTL or hop limit 255.
  static EpollDatagramChannel sending(
      EventLoop loop, String interfaceName, InetSocketAddress local) {
    EpollDatagramChannel channel = onInterface(interfaceName, local.getAddress());
    try {
      boolean ipv4 = local.getAddress() instanceof Inet4Address;
      set(channel, ipv4 ? IP_TTL : IPV6_UNICAST_HOPS, MAX_TTL);
      set(channel, ChannelOption.IP_TOS, TRAFFIC_CLASS);
      channel.config().setAutoRead(false).setReceiveBufferSize(UNREAD_BUFFER_OCTETS);
      start(loop, channel, local);
      return channel;
    } catch (RuntimeException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  private static EpollDatagramChannel onInterface(String name, InetAddress address) {
    boolean ipv4 = address instanceof Inet4Address;
    EpollDatagramChannel channel =
        new EpollDatagramChannel(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
    if (!ipv4) {
      set(channel, IPV6_V6ONLY, 1);
    }
    byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
    set(channel, SO_BINDTODEVICE, ByteBuffer.wrap(Arrays.copyOf(octets, INTERFACE_NAME_OCTETS)));
    return channel;
  }

  /// A UDP socket does not heed IP_MINTTL, so a classic filter loads the octet itself.
  private static void attachTtlFilter(EpollDatagramChannel channel, boolean ipv4) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate(FILTER_OCTETS, Long.BYTES);
      ByteBuffer code = program.asByteBuffer().order(ByteOrder.nativeOrder());
      instruction(code, 0x30, 0, 0, SKF_NET_OFF + (ipv4 ? 8 : 7));
      instruction(code, 0x15, 0, 1, MAX_TTL);
      instruction(code, 0x06, 0, 0, 0xFFFF);
      instruction(code, 0x06, 0, 0, 0);
      ByteBuffer header = ByteBuffer.allocate(FPROG_OCTETS).order(ByteOrder.nativeOrder());
      header.putShort(0, (short) FILTER_INSTRUCTIONS).putLong(8, program.address());
      set(channel, SO_ATTACH_FILTER, header);
    }
  }

  private static void instruction(ByteBuffer out, int code, int yes, int no, int operand) {
    out.putShort((short) code).put((byte) yes).put((byte) no).putInt(operand);
  }

  private static <T> void set(EpollDatagramChannel channel, ChannelOption<T> option, T value) {
    if (!channel.config().setOption(option, value)) {
      throw new IllegalStateException("the socket does not know " + option);
    }
  }

  private static void start(
      EventLoop loop, EpollDatagramChannel channel, InetSocketAddress address) {
    Throwable failure = loop.register(channel).cause();
    if (failure == null) {
      failure = channel.bind(address).cause();
    }
    if (failure != null) {
      throw new IllegalStateException("cannot bind " + address, failure);
    }
  }
}
