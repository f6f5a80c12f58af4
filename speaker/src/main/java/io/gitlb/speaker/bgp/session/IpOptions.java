// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpFamily;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Socket options that Netty has no names for (linux/in.h, linux/in6.h, asm/socket.h).
final class IpOptions {

  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;
  private static final int SOL_SOCKET = 1;

  private static final IntegerUnixChannelOption IP_TTL =
      new IntegerUnixChannelOption("IP_TTL", IPPROTO_IP, 2);
  private static final IntegerUnixChannelOption IP_MINTTL =
      new IntegerUnixChannelOption("IP_MINTTL", IPPROTO_IP, 21);
  private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS =
      new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", IPPROTO_IPV6, 16);
  private static final IntegerUnixChannelOption IPV6_MINHOPCOUNT =
      new IntegerUnixChannelOption("IPV6_MINHOPCOUNT", IPPROTO_IPV6, 73);

  private static final IntegerUnixChannelOption IP_TOS =
      new IntegerUnixChannelOption("IP_TOS", IPPROTO_IP, 1);
  private static final IntegerUnixChannelOption IPV6_TCLASS =
      new IntegerUnixChannelOption("IPV6_TCLASS", IPPROTO_IPV6, 67);

  /// IFNAMSIZ.
  private static final int NAME_OCTETS = 16;

  /// The connection uses that network interface, or VRF, alone.
  private static final RawUnixChannelOption BIND_TO_DEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, 25, NAME_OCTETS);

  private IpOptions() {}

  /// What packets start with.
  static IntegerUnixChannelOption ttl(IpFamily family) {
    return switch (family) {
      case IPV4 -> IP_TTL;
      case IPV6 -> IPV6_UNICAST_HOPS;
    };
  }

  /// What packets must arrive with at least.
  static IntegerUnixChannelOption minimumTtl(IpFamily family) {
    return switch (family) {
      case IPV4 -> IP_MINTTL;
      case IPV6 -> IPV6_MINHOPCOUNT;
    };
  }

  /// What answers to calls start with.
  static void bothTtls(Channel channel, int ttl) {
    for (IpFamily family : IpFamily.values()) {
      setWherePossible(channel, ttl(family), ttl);
    }
  }

  /// What answers to calls are marked with.
  static void bothTrafficClasses(Channel channel, int trafficClass) {
    setWherePossible(channel, IP_TOS, trafficClass);
    setWherePossible(channel, IPV6_TCLASS, trafficClass);
  }

  /// What calls must arrive with at least.
  static void bothMinimumTtls(Channel channel, int ttl) {
    for (IpFamily family : IpFamily.values()) {
      setWherePossible(channel, minimumTtl(family), ttl);
    }
  }

  /// A socket of IPv4 alone has none of IPv6, and one of the JDK has neither.
  private static void setWherePossible(
      Channel channel, IntegerUnixChannelOption option, int value) {
    try {
      channel.config().setOption(option, value);
    } catch (ChannelException _) {
      // Of the other family.
    }
  }

  /// Binds a socket to a network interface, or VRF, and asks the kernel whether it is: what ran in
  /// another VRF than is meant would be another session.
  ///
  /// @throws ChannelException when it is not
  static void bind(Channel channel, String device) {
    boolean known = channel.config().setOption(BIND_TO_DEVICE, device(device));
    if (!known || !isBound(channel, device)) {
      throw new ChannelException("the socket cannot be bound to " + device);
    }
  }

  /// Whether the kernel has a socket bound to that interface as it is now: it is not when the
  /// interface was replaced by one of the same name.
  static boolean isBound(Channel channel, String device) {
    try {
      ByteBuffer bound = channel.config().getOption(BIND_TO_DEVICE);
      byte[] octets = new byte[NAME_OCTETS];
      bound.get(bound.position(), octets, 0, Math.min(bound.remaining(), NAME_OCTETS));
      int end = 0;
      while (end < octets.length && octets[end] != 0) {
        end++;
      }
      return new String(octets, 0, end, StandardCharsets.US_ASCII).equals(device);
    } catch (ChannelException _) {
      return false; // The interface is gone.
    }
  }

  /// @param name at most 15 octets
  private static ByteBuffer device(String name) {
    byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(NAME_OCTETS).put(octets).rewind();
  }
}
