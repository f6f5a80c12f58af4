// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An EUI-48 hardware address.
///
/// @param bits the 48 bits, the first octet highest
public record MacAddress(long bits) implements Comparable<MacAddress> {

  /// ff:ff:ff:ff:ff:ff.
  public static final MacAddress BROADCAST = new MacAddress(0xFFFF_FFFF_FFFFL);

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("a MAC address has 48 bits: " + Long.toHexString(bits));
    }
  }

  /// From six octets.
  ///
  /// @throws IllegalArgumentException for any other length
  public static MacAddress ofBytes(byte[] octets) {
    if (octets.length != 6) {
      throw new IllegalArgumentException("a MAC address has 6 octets, not " + octets.length);
    }
    long bits = 0;
    for (byte octet : octets) {
      bits = bits << 8 | (octet & 0xFF);
    }
    return new MacAddress(bits);
  }

  /// Reads `02:00:5e:00:53:01` in either case; empty for anything else.
  public static Optional<MacAddress> parse(String text) {
    try {
      byte[] octets = COLONS.parseHex(text);
      return octets.length == 6 ? Optional.of(ofBytes(octets)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// For literals in code.
  ///
  /// @throws IllegalArgumentException when `text` is not a MAC address
  public static MacAddress of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not a MAC address: " + text));
  }

  /// Six octets; a new array on each call.
  public byte[] toBytes() {
    byte[] octets = new byte[6];
    for (int i = 0; i < 6; i++) {
      octets[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return octets;
  }

  /// Whether the group bit is set; the broadcast address is a group address too.
  public boolean isGroup() {
    return (bits >>> 40 & 1) == 1;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  /// Lower case with colons.
  @Override
  public String toString() {
    return COLONS.formatHex(toBytes());
  }

  // Written out: what the compiler makes of a record goes through method handles. For one ARP frame
  // that comes after a pause that was measured to take 5 of 20 microseconds, while its asker waits.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MacAddress that && bits == that.bits;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(bits);
  }
}
