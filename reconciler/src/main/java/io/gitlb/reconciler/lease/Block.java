// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import java.math.BigInteger;
import java.util.Optional;

/// Addresses of a shared pool that a cluster leases as a whole: an aligned /28, or /124 of IPv6. A
/// pool's range may end within one; the addresses beyond belong to nobody.
///
/// Sixteen addresses: a small pool, such as a /26, still serves four clusters, and a cluster with
/// 2,000 Services has 125 blocks, which it gets in two commits.
///
/// @param first the lowest address; others of the block given here are brought down to it
public record Block(IpAddress first) implements Comparable<Block> {

  /// How many addresses a block has.
  public static final int SIZE = 16;

  private static final int HOST_BITS = 4;

  public Block {
    first = new IpPrefix(first, first.family().bits() - HOST_BITS).address();
  }

  /// As a prefix.
  public IpPrefix prefix() {
    return new IpPrefix(first, first.family().bits() - HOST_BITS);
  }

  /// All of its addresses.
  public IpRange range() {
    return prefix().toRange();
  }

  /// The family of the addresses.
  public IpFamily family() {
    return first.family();
  }

  /// The one after it; empty after the last of the family.
  public Optional<Block> next() {
    return range().last().next().map(Block::new);
  }

  /// The part of a range that lies in this block; both have an address in common.
  BigInteger commonWith(IpRange range) {
    IpRange own = range();
    IpAddress from = own.first().compareTo(range.first()) > 0 ? own.first() : range.first();
    IpAddress to = own.last().compareTo(range.last()) < 0 ? own.last() : range.last();
    return new IpRange(from, to).size();
  }

  @Override
  public int compareTo(Block other) {
    return first.compareTo(other.first);
  }

  /// `address/28` or `address/124`.
  @Override
  public String toString() {
    return prefix().toString();
  }
}
