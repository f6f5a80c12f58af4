// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.math.BigInteger;
import java.util.Optional;

/// One IPv4 or IPv6 address without a zone. IPv4 sorts before IPv6, then numerically.
///
/// `::ffff:a.b.c.d` is an IPv6 address here and never turns into an IPv4 one: the JDK's own parser
/// does that silently, and a family check would be fooled.
public sealed interface IpAddress extends Comparable<IpAddress> permits Ipv4, Ipv6 {

  /// The family of this address.
  IpFamily family();

  /// The address as an unsigned number: 32 or 128 bits, never negative.
  BigInteger toNumber();

  /// Network byte order, 4 or 16 octets; a new array on each call.
  byte[] toBytes();

  /// The next higher address, or empty after the highest of the family.
  Optional<IpAddress> next();

  /// Parses the text forms of RFC 4291 section 2.2 and dotted decimal without leading zeros.
  ///
  /// @return empty when the text is neither, or carries a zone, a port, a prefix length or white
  ///   space
  static Optional<IpAddress> parse(String text) {
    return text.indexOf(':') >= 0
        ? IpAddressText.parseIpv6(text).map(address -> address)
        : IpAddressText.parseIpv4(text).map(address -> address);
  }

  /// For literals in code and for text that was checked before.
  ///
  /// @throws IllegalArgumentException when `text` is not an address
  static IpAddress of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
  }

  /// The address of a family with that number.
  ///
  /// @throws IllegalArgumentException when the number does not fit the family
  static IpAddress ofNumber(IpFamily family, BigInteger number) {
    if (number.signum() < 0 || number.bitLength() > family.bits()) {
      throw new IllegalArgumentException(number + " is not an " + family + " address");
    }
    return switch (family) {
      case IPV4 -> new Ipv4(number.intValue());
      case IPV6 -> new Ipv6(number.shiftRight(64).longValue(), number.longValue());
    };
  }

  /// From 4 or 16 octets in network byte order.
  ///
  /// @throws IllegalArgumentException for any other length
  static IpAddress ofBytes(byte[] octets) {
    return switch (octets.length) {
      case 4 -> new Ipv4((int) number(octets, 0, 4));
      case 16 -> new Ipv6(number(octets, 0, 8), number(octets, 8, 8));
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length);
    };
  }

  // No BigInteger: peers send prefixes by the million.
  private static long number(byte[] octets, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = number << 8 | (octets[i] & 0xFF);
    }
    return number;
  }
}
