// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Neighbour solicitations and advertisements from the IPv6 header on (RFC 8200 section 3, RFC 4443
/// section 2, RFC 4861 sections 4.3, 4.4, 4.6 and 7.1).
///
///     0                4       6      7      8        24            40     41     42    44      48
///     | 6, class, flow | len   | next | hops | source | destination | type | code | sum | flags | target
///
///     64 | options, each: type, length in 8 octets, value ...
final class NeighborCodec {

  private static final int IPV6_OCTETS = 40;
  private static final int FIXED_OCTETS = 24;
  private static final int OPTION_OCTETS = 8;
  private static final int NEXT_ICMPV6 = 58;
  private static final int HOP_LIMIT = 255;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int SOURCE_MAC = 1;
  private static final int TARGET_MAC = 2;
  private static final int NONCE = 14;

  private NeighborCodec() {}

  /// What became of the payload of a frame of type IPv6.
  sealed interface Decoding {

    /// A message.
    record Decoded(EthernetFrame.Payload message) implements Decoding {}

    /// Bytes that are not such a message, or not a valid one.
    record Undecodable(DropReason reason) implements Decoding {}
  }

  /// Reads from the buffer's position; what follows the length of the IPv6 header is padding. Never
  /// reads outside, never throws. Judges in the order of [DropReason].
  static Decoding decode(ByteBuffer in) {
    int start = in.position();
    Optional<DropReason> outer = judgeIpv6(in, start);
    if (outer.isPresent()) {
      return new Decoding.Undecodable(outer.get());
    }
    int length = Short.toUnsignedInt(in.getShort(start + 4));
    ByteBuffer icmp = in.slice(start + IPV6_OCTETS, length);
    Ipv6 source = address(in, start + 8);
    Ipv6 destination = address(in, start + 24);
    Optional<DropReason> inner = judgeIcmp(icmp, source, destination);
    if (inner.isPresent()) {
      return new Decoding.Undecodable(inner.get());
    }
    Ipv6 target = address(icmp, 8);
    Options options = Options.read(icmp);
    return octet(icmp, 0) == SOLICITATION
        ? solicitation(source, destination, target, options)
        : advertisement(source, destination, target, icmp.getInt(4), options);
  }

  private static Optional<DropReason> judgeIpv6(ByteBuffer in, int start) {
    if (in.remaining() < IPV6_OCTETS) {
      return Optional.of(DropReason.IPV6_TRUNCATED);
    }
    if (octet(in, start) >>> 4 != 6) {
      return Optional.of(DropReason.IPV6_VERSION);
    }
    int next = octet(in, start + 6);
    if (isExtension(next)) {
      return Optional.of(DropReason.IPV6_EXTENSION_HEADER);
    }
    if (next != NEXT_ICMPV6) {
      return Optional.of(DropReason.OTHER_IPV6);
    }
    int length = Short.toUnsignedInt(in.getShort(start + 4));
    boolean whole = length > 0 && length <= in.remaining() - IPV6_OCTETS;
    if (!whole) {
      return Optional.of(DropReason.IPV6_TRUNCATED);
    }
    int type = octet(in, start + IPV6_OCTETS);
    if (type != SOLICITATION && type != ADVERTISEMENT) {
      return Optional.of(DropReason.OTHER_IPV6);
    }
    return octet(in, start + 7) == HOP_LIMIT
        ? Optional.empty()
        : Optional.of(DropReason.NDP_HOP_LIMIT);
  }

  /// Hop-by-hop, routing, fragment, ESP, AH, destination options: neighbour discovery needs none of
  /// them, and in fragments it is forbidden (RFC 6980 section 5).
  private static boolean isExtension(int nextHeader) {
    return switch (nextHeader) {
      case 0, 43, 44, 50, 51, 60 -> true;
      default -> false;
    };
  }

  private static Optional<DropReason> judgeIcmp(ByteBuffer icmp, Ipv6 source, Ipv6 destination) {
    if (icmp.limit() < FIXED_OCTETS) {
      return Optional.of(DropReason.NDP_TRUNCATED);
    }
    if (checksum(source, destination, icmp) != 0) {
      return Optional.of(DropReason.NDP_CHECKSUM);
    }
    if (octet(icmp, 1) != 0) {
      return Optional.of(DropReason.NDP_CODE);
    }
    if (Ipv6Groups.isMulticast(address(icmp, 8))) {
      return Optional.of(DropReason.NDP_TARGET_MULTICAST);
    }
    return Options.areWellFormed(icmp) ? Optional.empty() : Optional.of(DropReason.NDP_OPTION);
  }

  private static Decoding solicitation(
      Ipv6 source, Ipv6 destination, Ipv6 target, Options options) {
    boolean unspecified = source.equals(Ipv6Groups.UNSPECIFIED);
    if (unspecified
        && (options.sourceMac().isPresent() || !Ipv6Groups.isSolicitedNode(destination))) {
      return new Decoding.Undecodable(DropReason.NDP_UNSPECIFIED_SOURCE);
    }
    return new Decoding.Decoded(
        new NeighborSolicitation(
            source, destination, target, options.sourceMac(), options.nonce()));
  }

  private static Decoding advertisement(
      Ipv6 source, Ipv6 destination, Ipv6 target, int bits, Options options) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if ((bits & flag.bit()) != 0) {
        flags.add(flag);
      }
    }
    if (flags.contains(Flag.SOLICITED) && Ipv6Groups.isMulticast(destination)) {
      return new Decoding.Undecodable(DropReason.NDP_SOLICITED_MULTICAST);
    }
    return new Decoding.Decoded(
        new NeighborAdvertisement(source, destination, target, flags, options.targetMac()));
  }

  /// The options that are understood, the first of each kind; the others are passed over.
  private record Options(
      Optional<MacAddress> sourceMac, Optional<MacAddress> targetMac, OptionalLong nonce) {

    /// At most 128 octets are captured, so that there are no more than nine to walk over.
    static boolean areWellFormed(ByteBuffer icmp) {
      int at = FIXED_OCTETS;
      while (at < icmp.limit()) {
        int octets = icmp.limit() - at < 2 ? 0 : octet(icmp, at + 1) * OPTION_OCTETS;
        boolean hasMac =
            icmp.limit() - at < 2 || octet(icmp, at) == SOURCE_MAC || octet(icmp, at) == TARGET_MAC;
        if (octets == 0 || octets > icmp.limit() - at || (hasMac && octets != OPTION_OCTETS)) {
          return false;
        }
        at += octets;
      }
      return true;
    }

    static Options read(ByteBuffer icmp) {
      Optional<MacAddress> sourceMac = Optional.empty();
      Optional<MacAddress> targetMac = Optional.empty();
      OptionalLong nonce = OptionalLong.empty();
      int octets;
      for (int at = FIXED_OCTETS; at < icmp.limit(); at += octets) {
        octets = octet(icmp, at + 1) * OPTION_OCTETS;
        MacAddress value = mac(icmp, at + 2);
        switch (octet(icmp, at)) {
          case SOURCE_MAC -> sourceMac = sourceMac.or(() -> Optional.of(value));
          case TARGET_MAC -> targetMac = targetMac.or(() -> Optional.of(value));
          case NONCE -> nonce = octets == OPTION_OCTETS ? OptionalLong.of(value.bits()) : nonce;
          default -> {}
        }
      }
      return new Options(sourceMac, targetMac, nonce);
    }
  }

  /// From the IPv6 header on, with hop limit 255 and the checksum.
  static byte[] encode(NeighborSolicitation message) {
    int options = (message.sourceMac().isPresent() ? 1 : 0) + (message.nonce().isPresent() ? 1 : 0);
    ByteBuffer out = begin(message.source(), message.destination(), SOLICITATION, options);
    out.putInt(0);
    put(out, message.target());
    message.sourceMac().ifPresent(mac -> putOption(out, SOURCE_MAC, mac.bits()));
    message.nonce().ifPresent(nonce -> putOption(out, NONCE, nonce));
    return finish(out, message.source(), message.destination());
  }

  /// From the IPv6 header on, with hop limit 255 and the checksum.
  static byte[] encode(NeighborAdvertisement message) {
    int options = message.targetMac().isPresent() ? 1 : 0;
    ByteBuffer out = begin(message.source(), message.destination(), ADVERTISEMENT, options);
    out.putInt(message.flags().stream().mapToInt(Flag::bit).sum());
    put(out, message.target());
    message.targetMac().ifPresent(mac -> putOption(out, TARGET_MAC, mac.bits()));
    return finish(out, message.source(), message.destination());
  }

  private static ByteBuffer begin(Ipv6 source, Ipv6 destination, int type, int options) {
    int length = FIXED_OCTETS + options * OPTION_OCTETS;
    ByteBuffer out = ByteBuffer.allocate(IPV6_OCTETS + length);
    out.putInt(0x6000_0000).putShort((short) length);
    out.put((byte) NEXT_ICMPV6).put((byte) HOP_LIMIT);
    put(out, source);
    put(out, destination);
    return out.put((byte) type).put((byte) 0).putShort((short) 0);
  }

  private static void putOption(ByteBuffer out, int type, long sixOctets) {
    out.put((byte) type).put((byte) 1);
    EthernetFrame.writeMac(out, new MacAddress(sixOctets));
  }

  private static byte[] finish(ByteBuffer out, Ipv6 source, Ipv6 destination) {
    ByteBuffer icmp = out.slice(IPV6_OCTETS, out.capacity() - IPV6_OCTETS);
    icmp.putShort(2, (short) checksum(source, destination, icmp));
    byte[] octets = new byte[out.capacity()];
    out.get(0, octets);
    return octets;
  }

  /// The Internet checksum over pseudo-header and message (RFC 8200 section 8.1); 0 for a message
  /// that carries the right one.
  private static int checksum(Ipv6 source, Ipv6 destination, ByteBuffer icmp) {
    long sum = words(source) + words(destination) + icmp.limit() + NEXT_ICMPV6;
    for (int at = 0; at < icmp.limit(); at += 2) {
      int high = octet(icmp, at) << 8;
      sum += at + 1 < icmp.limit() ? high | octet(icmp, at + 1) : high;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return (int) ~sum & 0xFFFF;
  }

  private static long words(Ipv6 address) {
    return words(address.high()) + words(address.low());
  }

  private static long words(long half) {
    return (half >>> 48) + (half >>> 32 & 0xFFFF) + (half >>> 16 & 0xFFFF) + (half & 0xFFFF);
  }

  private static int octet(ByteBuffer in, int at) {
    return Byte.toUnsignedInt(in.get(at));
  }

  private static Ipv6 address(ByteBuffer in, int at) {
    return new Ipv6(in.getLong(at), in.getLong(at + 8));
  }

  private static MacAddress mac(ByteBuffer in, int at) {
    long high = Integer.toUnsignedLong(in.getInt(at));
    return new MacAddress(high << 16 | Short.toUnsignedLong(in.getShort(at + 4)));
  }

  private static void put(ByteBuffer out, Ipv6 address) {
    out.putLong(address.high()).putLong(address.low());
  }
}
