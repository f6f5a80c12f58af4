// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An IPv6 address without a zone.
///
/// @param high the first 64 bits
/// @param low the last 64 bits
public record Ipv6(long high, long low) implements IpAddress {

  @Override
  public int compareTo(IpAddress other) {
    if (!(other instanceof Ipv6 ipv6)) {
      return 1;
    }
    int byHigh = Long.compareUnsigned(high, ipv6.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, ipv6.low);
  }

  @Override
  public IpFamily family() {
    return IpFamily.IPV6;
  }

  @Override
  public BigInteger toNumber() {
    return new BigInteger(1, toBytes());
  }

  @Override
  public byte[] toBytes() {
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  @Override
  public Optional<IpAddress> next() {
    if (low == -1L) {
      return high == -1L ? Optional.empty() : Optional.of(new Ipv6(high + 1, 0));
    }
    return Optional.of(new Ipv6(high, low + 1));
  }

  /// One of the eight 16-bit groups, 0 the first.
  int group(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (48 - 16 * (index % 4))) & 0xFFFF;
  }

  /// RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`.
  @Override
  public String toString() {
    return IpAddressText.formatIpv6(this);
  }

  // Written out: what the compiler makes of a record goes through method handles. For one ARP frame
  // that comes after a pause that was measured to take 5 of 20 microseconds, while its asker waits.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ipv6 that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(high) + Long.hashCode(low);
  }
}
