// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.SessionKind;
import io.gitlb.speaker.bgp.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/// TCP by epoll, or by the JDK where there is none; the JDK cannot set the TTL.
enum Sockets {
  EPOLL,
  NIO;

  // linux/in.h, linux/in6.h: level and option numbers.
  private static final IntegerUnixChannelOption IP_TTL =
      new IntegerUnixChannelOption("IP_TTL", 0, 2);
  private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS =
      new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);

  /// DSCP CS6, internetwork control (RFC 4594 section 3.1).
  private static final int TRAFFIC_CLASS = 0xC0;

  private static final int MAX_TTL = 255;

  // Nothing is learned, so little has to be taken in at once; and what a peer does not read waits
  // as a difference of sets rather than in the kernel.
  private static final int RECEIVE_BUFFER_OCTETS = 64 * 1_024;
  private static final int SEND_BUFFER_OCTETS = 256 * 1_024;

  /// The better one that works here.
  static Sockets best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  EventLoopGroup eventLoops(int threads) {
    IoHandlerFactory factory =
        switch (this) {
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        };
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("bgp", true), factory);
  }

  /// Starts to connect; how long that may take is the FSM's matter.
  ChannelFuture connect(EventLoop loop, PeerConfig config, ChannelHandler handler) {
    Transport transport = config.transport();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .handler(handler)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.IP_TOS, TRAFFIC_CLASS)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
            .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_OCTETS)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
    switch (this) {
      case NIO -> bootstrap.channel(NioSocketChannel.class);
      case EPOLL ->
          bootstrap.channel(EpollSocketChannel.class).option(ttlOption(transport), ttl(config));
    }
    InetSocketAddress remote =
        new InetSocketAddress(toInetAddress(transport.peerAddress()), transport.port());
    return transport
        .sourceAddress()
        .map(source -> bootstrap.connect(remote, new InetSocketAddress(toInetAddress(source), 0)))
        .orElseGet(() -> bootstrap.connect(remote));
  }

  private static IntegerUnixChannelOption ttlOption(Transport transport) {
    return transport.peerAddress().family() == IpFamily.IPV4 ? IP_TTL : IPV6_UNICAST_HOPS;
  }

  /// An eBGP peer on a shared link is not to be found behind a router.
  private static int ttl(PeerConfig config) {
    boolean oneHop =
        config.transport().hops() == Hops.SINGLE
            && config.remoteAs().kind(config.localAsn()) == SessionKind.EBGP;
    return oneHop ? 1 : MAX_TTL;
  }

  static InetAddress toInetAddress(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.toBytes());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("4 or 16 octets are an address", impossible);
    }
  }

  /// A socket of both families shows IPv4 peers as `::ffff:a.b.c.d`; on the wire they are IPv4.
  static IpAddress fromSocket(InetAddress address) {
    byte[] octets = address.getAddress();
    return mappedIpv4(octets)
        .<IpAddress>map(mapped -> mapped)
        .orElseGet(() -> IpAddress.ofBytes(octets));
  }

  private static Optional<Ipv4> mappedIpv4(byte[] octets) {
    byte[] prefix = new byte[12];
    prefix[10] = (byte) 0xFF;
    prefix[11] = (byte) 0xFF;
    if (octets.length != 16 || !Arrays.equals(octets, 0, 12, prefix, 0, 12)) {
      return Optional.empty();
    }
    return Optional.of((Ipv4) IpAddress.ofBytes(Arrays.copyOfRange(octets, 12, 16)));
  }
}
