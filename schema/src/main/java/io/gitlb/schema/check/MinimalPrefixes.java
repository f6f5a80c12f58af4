// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// The fewest prefixes that together are exactly a range.
final class MinimalPrefixes {

  private MinimalPrefixes() {}

  /// From the lowest up; at most 62 for IPv4 and 254 for IPv6.
  static List<IpPrefix> of(IpRange range) {
    List<IpPrefix> prefixes = new ArrayList<>();
    int bits = range.family().bits();
    BigInteger first = range.first().toNumber();
    BigInteger left = range.size();
    while (left.signum() > 0) {
      int aligned = first.signum() == 0 ? bits : first.getLowestSetBit();
      int host = Math.min(aligned, left.bitLength() - 1);
      prefixes.add(new IpPrefix(IpAddress.ofNumber(range.family(), first), bits - host));
      BigInteger size = BigInteger.ONE.shiftLeft(host);
      first = first.add(size);
      left = left.subtract(size);
    }
    return prefixes;
  }
}
