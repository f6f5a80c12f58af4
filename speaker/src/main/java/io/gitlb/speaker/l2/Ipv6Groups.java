// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;

/// The IPv6 addresses that neighbour discovery gives a meaning, and their hardware addresses.
public final class Ipv6Groups {

  /// `::`, the source of one who has no address yet.
  static final Ipv6 UNSPECIFIED = new Ipv6(0, 0);

  /// `ff02::1`, every node on the link.
  static final Ipv6 ALL_NODES = new Ipv6(0xFF02_0000_0000_0000L, 1);

  private static final Ipv6 LOOPBACK = new Ipv6(0, 1);
  private static final long SOLICITED_HIGH = 0xFF02_0000_0000_0000L;
  private static final long SOLICITED_LOW = 0x0000_0001_FF00_0000L;
  private static final long LAST_24_BITS = 0xFF_FFFFL;

  private Ipv6Groups() {}

  /// The group that is asked for an address: `ff02::1:ff00:0/104` and its last 24 bits (RFC 4291
  /// section 2.7.1). Addresses that end alike share it.
  public static Ipv6 solicitedNode(Ipv6 address) {
    return new Ipv6(SOLICITED_HIGH, SOLICITED_LOW | (address.low() & LAST_24_BITS));
  }

  static boolean isSolicitedNode(Ipv6 address) {
    return address.high() == SOLICITED_HIGH && (address.low() & ~LAST_24_BITS) == SOLICITED_LOW;
  }

  static boolean isMulticast(Ipv6 address) {
    return address.high() >>> 56 == 0xFF;
  }

  /// Whether a neighbour can have it: neither a group, nor `::`, nor `::1`.
  static boolean isHost(Ipv6 address) {
    return !isMulticast(address) && !address.equals(UNSPECIFIED) && !address.equals(LOOPBACK);
  }

  /// The hardware address of a group: 33:33 and the last 32 bits (RFC 2464 section 7).
  static MacAddress macOf(Ipv6 group) {
    return new MacAddress(0x3333_0000_0000L | (group.low() & 0xFFFF_FFFFL));
  }
}
