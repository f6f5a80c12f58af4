// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.math.BigInteger;
import java.util.Comparator;

/// A run of addresses of one family, both ends inside.
///
/// @param first the lowest address
/// @param last the highest address, of the same family and not below `first`
public record IpRange(IpAddress first, IpAddress last) implements Comparable<IpRange> {

  private static final Comparator<IpRange> ORDER =
      Comparator.comparing(IpRange::first).thenComparing(IpRange::last);

  public IpRange {
    if (first.family() != last.family() || first.compareTo(last) > 0) {
      throw new IllegalArgumentException("not a range: " + first + "-" + last);
    }
  }

  /// The family of the addresses.
  public IpFamily family() {
    return first.family();
  }

  /// The number of addresses, at least 1.
  public BigInteger size() {
    return last.toNumber().subtract(first.toNumber()).add(BigInteger.ONE);
  }

  /// Whether the address is of this family and inside.
  public boolean contains(IpAddress address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  /// Whether both have an address in common.
  public boolean overlaps(IpRange other) {
    return first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
  }

  @Override
  public int compareTo(IpRange other) {
    return ORDER.compare(this, other);
  }

  /// `first-last`.
  @Override
  public String toString() {
    return first + "-" + last;
  }
}
