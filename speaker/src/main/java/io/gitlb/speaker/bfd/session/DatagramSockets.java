// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int INSTRUCTION_OCTETS = 8;
  private static final RawUnixChannelOption SO_ATTACH_FILTER =
      new RawUnixChannelOption("SO_ATTACH_FILTER", 1, 26, FPROG_OCTETS);

  /// DSCP CS6, internetwork control (RFC 4594 section 3.1).
  private static final int TRAFFIC_CLASS = 0xC0;

  // asm-generic/errno.h
  private static final int EADDRNOTAVAIL = 99;

  private static final int MAX_TTL = 255;
  private static final int RECEIVE_BUFFER_OCTETS = 512 * 1_024;
  private static final long LOOP_MILLIS = 1_000;
  private static final int UNREAD_BUFFER_OCTETS = 4_096;

  private DatagramSockets() {}

  /// Hears what comes to the address and passes the filter, nothing else.
  ///
  /// @param interfaceName empty: on any interface
  /// @param filter a program of [SocketFilter]
  /// @throws io.netty.channel.ChannelException or another unchecked one when the kernel refuses
  static EpollDatagramChannel receiving(
      EventLoop loop,
      String interfaceName,
      InetSocketAddress local,
      byte[] filter,
      ChannelHandler handler) {
    EpollDatagramChannel channel = onInterface(interfaceName, local.getAddress());
    try {
      attach(channel, filter);
      channel.config().setReceiveBufferSize(RECEIVE_BUFFER_OCTETS);
      channel.pipeline().addLast(handler);
      start(loop, channel, local);
      return channel;
    } catch (RuntimeException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  /// Only sends, with TTL or hop limit 255.
  ///
  /// @param interfaceName empty: as the kernel routes
  static EpollDatagramChannel sending(
      EventLoop loop, String interfaceName, InetSocketAddress local) {
    return sending(loop, interfaceName, local, MAX_TTL);
  }

  static EpollDatagramChannel sending(
      EventLoop loop, String interfaceName, InetSocketAddress local, int ttl) {
    EpollDatagramChannel channel = onInterface(interfaceName, local.getAddress());
    try {
      boolean ipv4 = local.getAddress() instanceof Inet4Address;
      set(channel, ipv4 ? IP_TTL : IPV6_UNICAST_HOPS, ttl);
      set(channel, ChannelOption.IP_TOS, TRAFFIC_CLASS);
      channel.config().setAutoRead(false).setReceiveBufferSize(UNREAD_BUFFER_OCTETS);
      start(loop, channel, local);
      return channel;
    } catch (RuntimeException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  /// The address of ours that the kernel sends from on that interface, or in that VRF. Waits for
  /// the loop, so it is for other threads; nothing is sent.
  ///
  /// @throws io.netty.channel.ChannelException or another unchecked one when there is none
  static InetAddress towards(EventLoop loop, String interfaceName, InetSocketAddress remote) {
    EpollDatagramChannel channel = onInterface(interfaceName, remote.getAddress());
    try {
      ChannelFuture connected =
          loop.register(channel).syncUninterruptibly().channel().connect(remote);
      if (!connected.awaitUninterruptibly(LOOP_MILLIS) || !connected.isSuccess()) {
        throw new IllegalStateException("no way to " + remote, connected.cause());
      }
      return channel.localAddress().getAddress();
    } finally {
      var _ = channel.close();
    }
  }

  /// Whether the node has an address on that interface, or in that VRF; also when the kernel does
  /// not say.
  ///
  /// @param interfaceName empty: anywhere outside VRFs
  static boolean has(EventLoop loop, String interfaceName, InetAddress address) {
    try {
      var _ = sending(loop, interfaceName, new InetSocketAddress(address, 0)).close();
      return true;
    } catch (RuntimeException e) {
      return !(e.getCause() instanceof NativeIoException refusal)
          || refusal.expectedErr() != -EADDRNOTAVAIL;
    }
  }

  private static EpollDatagramChannel onInterface(String name, InetAddress address) {
    boolean ipv4 = address instanceof Inet4Address;
    EpollDatagramChannel channel =
        new EpollDatagramChannel(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
    try {
      if (!ipv4) {
        set(channel, IPV6_V6ONLY, 1);
      }
      if (!name.isEmpty()) {
        bind(channel, Arrays.copyOf(name.getBytes(US_ASCII), INTERFACE_NAME_OCTETS));
      }
      return channel;
    } catch (RuntimeException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  /// The kernel is asked whether it took it: a session in another VRF would be another session.
  private static void bind(EpollDatagramChannel channel, byte[] device) {
    set(channel, SO_BINDTODEVICE, ByteBuffer.wrap(device));
    ByteBuffer bound = channel.config().getOption(SO_BINDTODEVICE);
    if (!ByteBuffer.wrap(device).equals(bound)) {
      throw new IllegalStateException(
          "the socket cannot be bound to " + new String(device, US_ASCII).strip());
    }
  }

  /// Puts a program of [SocketFilter] before the socket, in place of the one before.
  static void attach(EpollDatagramChannel channel, byte[] filter) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate(filter.length, Long.BYTES);
      program.asByteBuffer().put(filter);
      ByteBuffer header = ByteBuffer.allocate(FPROG_OCTETS).order(ByteOrder.nativeOrder());
      header
          .putShort(0, (short) (filter.length / INSTRUCTION_OCTETS))
          .putLong(8, program.address());
      set(channel, SO_ATTACH_FILTER, header);
    }
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
