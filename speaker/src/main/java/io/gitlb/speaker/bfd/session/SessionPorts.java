// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets of a table's sessions, on its loop: one that hears for all sessions of a port, and
/// one that sends for each.
final class SessionPorts {

  private static final Logger log = LoggerFactory.getLogger(SessionPorts.class);

  // RFC 5881 section 4.
  private static final int FIRST_SOURCE_PORT = 49_152;
  private static final int SOURCE_PORTS = 16_384;
  private static final int PORT_ATTEMPTS = 16;

  private static final int LINK_TTL = 255;

  private final EventLoop loop;
  private final RandomGenerator chance;
  private final BiConsumer<PortKey, DatagramPacket> ear;

  // where → the socket that hears (1:1)
  private final Map<PortKey, EpollDatagramChannel> hearing = new HashMap<>();

  /// @param ear told what comes in where, on the loop
  SessionPorts(EventLoop loop, RandomGenerator chance, BiConsumer<PortKey, DatagramPacket> ear) {
    this.loop = loop;
    this.chance = chance;
    this.ear = ear;
  }

  /// Where a session on that path is heard.
  ///
  /// @param index of the path's interface; 0 without one
  static PortKey of(SessionWish.Path path, int index) {
    InetAddress local =
        switch (path.service()) {
          case LIVENESS -> ofOctets(new byte[path.local().getAddress().length]);
          case SINGLE_HOP, MULTIHOP -> bare(path.local());
        };
    return new PortKey(path.service(), path.interfaceName(), index, local);
  }

  /// Listens there, unless it does already. No router is heard before [#filter].
  void hear(PortKey at) {
    if (!hearing.containsKey(at)) {
      hearing.put(
          at,
          DatagramSockets.receiving(
              loop,
              at.interfaceName(),
              new InetSocketAddress(scoped(at.local(), at), at.service().port()),
              program(at, Map.of()),
              new Handler(at)));
    }
  }

  /// From now on these routers are heard there; speakers hear each other wherever they are.
  ///
  /// @param minimums router → the TTL that its packets have at least (1:1)
  void filter(PortKey at, Map<InetAddress, Integer> minimums) {
    EpollDatagramChannel channel = hearing.get(at);
    if (channel != null && at.service() != Service.LIVENESS) {
      DatagramSockets.attach(channel, program(at, minimums));
    }
  }

  private static byte[] program(PortKey at, Map<InetAddress, Integer> minimums) {
    boolean ipv4 = at.local() instanceof Inet4Address;
    return switch (at.service()) {
      case LIVENESS -> SocketFilter.anyone(ipv4, LINK_TTL);
      case SINGLE_HOP, MULTIHOP -> SocketFilter.only(ipv4, minimums);
    };
  }

  /// A socket for one session that is heard there.
  EpollDatagramChannel sender(InetAddress local, PortKey at) {
    IllegalStateException last = new IllegalStateException("no source port is free");
    for (int i = 0; i < PORT_ATTEMPTS; i++) {
      int port = FIRST_SOURCE_PORT + chance.nextInt(SOURCE_PORTS);
      try {
        return DatagramSockets.sending(
            loop, at.interfaceName(), new InetSocketAddress(scoped(local, at), port));
      } catch (IllegalStateException e) {
        last = e;
      }
    }
    throw last;
  }

  /// Whether the node still has an address that a session is heard at.
  boolean isOurs(InetAddress local, PortKey at) {
    return DatagramSockets.has(loop, at.interfaceName(), scoped(local, at));
  }

  /// Where the other end of a session hears.
  static InetSocketAddress remote(InetAddress address, PortKey at) {
    return new InetSocketAddress(scoped(address, at), at.service().port());
  }

  /// Hears nowhere else any more.
  void retain(Set<PortKey> used) {
    for (PortKey key : List.copyOf(hearing.keySet())) {
      EpollDatagramChannel unused = used.contains(key) ? null : hearing.remove(key);
      if (unused != null) {
        var _ = unused.close();
      }
    }
  }

  private static InetAddress scoped(InetAddress address, PortKey at) {
    if (!(address instanceof Inet6Address) || !address.isLinkLocalAddress()) {
      return address;
    }
    try {
      return Inet6Address.getByAddress(null, address.getAddress(), at.index());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("16 octets are an address", impossible);
    }
  }

  /// The address without a scope, which only one of IPv6 may have.
  static InetAddress bare(InetAddress address) {
    return address instanceof Inet6Address ? ofOctets(address.getAddress()) : address;
  }

  private static InetAddress ofOctets(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("4 or 16 octets are an address", impossible);
    }
  }

  private final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {

    private final PortKey port;

    Handler(PortKey port) {
      this.port = port;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
      ear.accept(port, datagram);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.warn("Defect while {} was heard", port, cause);
    }
  }
}
