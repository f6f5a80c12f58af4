// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Router solicitations and advertisements from the ICMPv6 header on (RFC 4861 sections 4.1, 4.2
/// and 4.6). A raw socket's kernel fills in the checksum and has checked that of what it hands up.
///
///     0      1      2      4           8
///     | 133  | code | sum  | reserved  | options, each: type, length in 8 octets, value ...
///
///     0      1      2      4      5       6          8           12           16
///     | 134  | code | sum  | hops | flags | lifetime | reachable | retransmit | options ...
public final class RouterCodec {

  /// Longer messages are cut there by whoever receives them: a link's MTU has room for no more.
  public static final int MAX_OCTETS = 9_216;

  static final int SOLICITATION = 133;
  static final int ADVERTISEMENT = 134;

  private static final int SOLICITATION_OCTETS = 8;
  private static final int ADVERTISEMENT_OCTETS = 16;
  private static final int OPTION_UNIT = 8;
  private static final int SOURCE_MAC = 1;

  private RouterCodec() {}

  /// What became of a message.
  public sealed interface Decoding {

    record Decoded(RouterMessage message) implements Decoding {}

    record Undecodable(DropReason reason) implements Decoding {}
  }

  /// Reads the whole buffer from its position. Never reads outside, never throws.
  ///
  /// @param source the sender's address
  public static Decoding decode(Ipv6 source, ByteBuffer in) {
    ByteBuffer icmp = in.slice();
    if (icmp.limit() < SOLICITATION_OCTETS) {
      return dropped(DropReason.TRUNCATED);
    }
    int type = octet(icmp, 0);
    if (type != SOLICITATION && type != ADVERTISEMENT) {
      return dropped(DropReason.OTHER_TYPE);
    }
    int fixed = type == SOLICITATION ? SOLICITATION_OCTETS : ADVERTISEMENT_OCTETS;
    if (icmp.limit() < fixed) {
      return dropped(DropReason.TRUNCATED);
    }
    if (octet(icmp, 1) != 0) {
      return dropped(DropReason.CODE);
    }
    if (type == ADVERTISEMENT ? !LinkLocal.is(source) : isGroup(source)) {
      return dropped(DropReason.SOURCE);
    }
    if (!optionsAreWhole(icmp, fixed)) {
      return dropped(DropReason.OPTION);
    }
    Optional<MacAddress> mac = sourceMac(icmp, fixed);
    if (source.high() == 0 && source.low() == 0 && mac.isPresent()) {
      return dropped(DropReason.UNSPECIFIED_WITH_MAC);
    }
    return new Decoding.Decoded(
        type == SOLICITATION
            ? new RouterMessage.Solicitation(mac)
            : new RouterMessage.Advertisement(
                octet(icmp, 4),
                octet(icmp, 5),
                Short.toUnsignedInt(icmp.getShort(6)),
                Integer.toUnsignedLong(icmp.getInt(8)),
                Integer.toUnsignedLong(icmp.getInt(12)),
                mac));
  }

  private static Decoding dropped(DropReason reason) {
    return new Decoding.Undecodable(reason);
  }

  private static boolean isGroup(Ipv6 address) {
    return address.high() >>> 56 == 0xFF;
  }

  /// An option of length 0 makes the message invalid; one of an unknown type does not.
  private static boolean optionsAreWhole(ByteBuffer icmp, int fixed) {
    int at = fixed;
    while (at < icmp.limit()) {
      int octets = icmp.limit() - at < 2 ? 0 : octet(icmp, at + 1) * OPTION_UNIT;
      if (octets == 0 || octets > icmp.limit() - at) {
        return false;
      }
      at += octets;
    }
    return true;
  }

  private static Optional<MacAddress> sourceMac(ByteBuffer icmp, int fixed) {
    int at = fixed;
    while (at < icmp.limit()) {
      int octets = octet(icmp, at + 1) * OPTION_UNIT;
      if (octet(icmp, at) == SOURCE_MAC && octets == OPTION_UNIT) {
        long high = Short.toUnsignedLong(icmp.getShort(at + 2));
        return Optional.of(
            new MacAddress(high << 32 | Integer.toUnsignedLong(icmp.getInt(at + 4))));
      }
      at += octets;
    }
    return Optional.empty();
  }

  /// From the ICMPv6 header on, with a checksum of 0.
  public static byte[] encode(RouterMessage message) {
    return switch (message) {
      case RouterMessage.Solicitation(Optional<MacAddress> mac) ->
          octets(begin(SOLICITATION, SOLICITATION_OCTETS, mac).putInt(0), mac);
      case RouterMessage.Advertisement said ->
          octets(
              begin(ADVERTISEMENT, ADVERTISEMENT_OCTETS, said.sourceMac())
                  .put((byte) said.hopLimit())
                  .put((byte) said.flags())
                  .putShort((short) said.lifetimeSeconds())
                  .putInt((int) said.reachableMillis())
                  .putInt((int) said.retransmitMillis()),
              said.sourceMac());
    };
  }

  private static ByteBuffer begin(int type, int fixed, Optional<MacAddress> mac) {
    ByteBuffer out = ByteBuffer.allocate(fixed + (mac.isPresent() ? OPTION_UNIT : 0));
    return out.put((byte) type).put((byte) 0).putShort((short) 0);
  }

  private static byte[] octets(ByteBuffer out, Optional<MacAddress> mac) {
    mac.ifPresent(
        address ->
            out.put((byte) SOURCE_MAC)
                .put((byte) 1)
                .putShort((short) (address.bits() >>> 32))
                .putInt((int) address.bits()));
    byte[] octets = new byte[out.capacity()];
    out.get(0, octets);
    return octets;
  }

  private static int octet(ByteBuffer in, int at) {
    return Byte.toUnsignedInt(in.get(at));
  }
}
