// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.SessionKind;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.kernel.InterfaceIndex;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// TCP by epoll, or by the JDK where there is none; the JDK cannot set the TTL, sign segments or
/// bind to an interface.
enum Sockets {
  EPOLL,
  NIO;

  /// DSCP CS6, internetwork control (RFC 4594 section 3.1).
  static final int TRAFFIC_CLASS = 0xC0;

  // Nothing is learned, so little has to be taken in at once; and what a peer does not read waits
  // as a difference of sets rather than in the kernel.
  private static final int RECEIVE_BUFFER_OCTETS = 64 * 1_024;
  private static final int SEND_BUFFER_OCTETS = 256 * 1_024;

  // As long as the usual hold time; with a user timeout the kernel does not count probes.
  private static final int SILENCE_MILLIS = 90_000;
  private static final int KEEPALIVE_IDLE_SECONDS = 30;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 10;

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
            .handler(transport.device().map(device -> bound(device, handler)).orElse(handler))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.IP_TOS, TRAFFIC_CLASS)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
            .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_OCTETS)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
    switch (this) {
      case NIO -> bootstrap.channel(NioSocketChannel.class);
      case EPOLL -> epoll(bootstrap.channel(EpollSocketChannel.class), config);
    }
    InetSocketAddress remote = new InetSocketAddress(remote(transport), transport.port());
    return transport
        .sourceAddress()
        .map(source -> bootstrap.connect(remote, new InetSocketAddress(toInetAddress(source), 0)))
        .orElseGet(() -> bootstrap.connect(remote));
  }

  /// Binds the socket before it connects; a failure is that of the attempt.
  private static ChannelHandler bound(String device, ChannelHandler handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Binder(device), handler);
      }
    };
  }

  /// Lets a socket connect that is bound to a network interface.
  private static final class Binder extends ChannelOutboundHandlerAdapter {

    private final String device;

    Binder(String device) {
      this.device = device;
    }

    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      try {
        IpOptions.bind(context.channel(), device);
      } catch (ChannelException e) {
        promise.setFailure(e);
        return;
      }
      ChannelFuture _ = context.connect(remote, local, promise);
    }
  }

  private static void epoll(Bootstrap bootstrap, PeerConfig config) {
    Transport transport = config.transport();
    IpFamily family = transport.peerAddress().family();
    bootstrap
        .option(IpOptions.ttl(family), transport.ttl(config.remoteAs().kind(config.localAsn())))
        .option(IpOptions.minimumTtl(family), transport.minimumTtl());
    transport
        .key()
        .map(Password::toBytes)
        .ifPresent(
            key -> bootstrap.option(EpollChannelOption.TCP_MD5SIG, Map.of(remote(transport), key)));
  }

  /// What a connection of [#connect] has from the start, on one that the peer has made; signatures
  /// come from the listener.
  void prepareAccepted(Channel channel, PeerConfig config) {
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setOption(ChannelOption.IP_TOS, TRAFFIC_CLASS);
    channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_OCTETS);
    channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_OCTETS);
    if (this == EPOLL) {
      Transport transport = config.transport();
      // A socket of both families carries IPv4 under the options of IPv4.
      IpFamily family = transport.peerAddress().family();
      SessionKind kind = config.remoteAs().kind(config.localAsn());
      channel.config().setOption(IpOptions.ttl(family), transport.ttl(kind));
      channel.config().setOption(IpOptions.minimumTtl(family), transport.minimumTtl());
    }
  }

  /// Ends a connection whose peer's kernel has not answered for [#SILENCE_MILLIS] (RFC 9293 section
  /// 3.8.4, RFC 5482), with data under way or without.
  static void watchPeer(Channel channel) {
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
    channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, SILENCE_MILLIS);
  }

  /// A listening socket that is not bound yet.
  ServerChannel listener() {
    return switch (this) {
      case EPOLL -> new EpollServerSocketChannel();
      case NIO -> new NioServerSocketChannel();
    };
  }

  /// The address to dial: a link-local one is meant on its interface.
  private static InetAddress remote(Transport transport) {
    InetAddress plain = toInetAddress(transport.peerAddress());
    boolean scoped = plain instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress();
    return scoped ? transport.device().map(name -> onInterface(plain, name)).orElse(plain) : plain;
  }

  private static InetAddress onInterface(InetAddress plain, String device) {
    try {
      int index = InterfaceIndex.of(device);
      return index == 0 ? plain : Inet6Address.getByAddress(null, plain.getAddress(), index);
    } catch (IllegalStateException | UnknownHostException _) {
      return plain; // The attempt fails, with a reason that is reported.
    }
  }

  /// The network interface of a link-local address that came from a socket.
  static Optional<String> scope(InetAddress address) {
    boolean scoped =
        address instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress() && ipv6.getScopeId() > 0;
    try {
      return scoped ? InterfaceIndex.name(((Inet6Address) address).getScopeId()) : Optional.empty();
    } catch (IllegalStateException _) {
      return Optional.empty(); // Whose call it is cannot be said.
    }
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
