// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.schema.value.PoolName;
import java.math.BigInteger;
import java.util.Optional;

/// A pool before and after.
///
/// @param before empty: the change adds the pool
/// @param after empty: the change removes it
/// @param document whether its document says something else
public record PoolChange(
    PoolName name, Optional<PoolUse> before, Optional<PoolUse> after, Document document)
    implements Comparable<PoolChange> {

  /// Whether the pool's document says something else.
  public enum Document {
    SAME,
    CHANGED
  }

  /// How full a pool is.
  ///
  /// @param size addresses that can be given at all: in the ranges, not excluded, reserved, avoided
  ///   or the cluster's own
  /// @param used those of them that somebody has, or that wait for somebody
  public record PoolUse(BigInteger size, BigInteger used) {

    /// Those that can be given now.
    public BigInteger free() {
      return size.subtract(used).max(BigInteger.ZERO);
    }
  }

  @Override
  public int compareTo(PoolChange other) {
    return name.compareTo(other.name);
  }
}
