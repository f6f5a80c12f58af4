// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.schema.value.PoolName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What each pool has lost in the last ten minutes without anybody's word that this is meant, and
/// how much is too much. A value.
///
/// @param losses in the order of their times
public record MassGuard(List<Loss> losses) {

  /// Losses of this time add up.
  public static final Duration WINDOW = Duration.ofMinutes(10);

  /// So many addresses of a pool may go.
  private static final int FEW = 5;

  /// One part in so many may go.
  private static final int PART = 5;

  /// Nothing was lost.
  public static final MassGuard NONE = new MassGuard(List.of());

  public MassGuard {
    losses = List.copyOf(losses);
  }

  /// An address that a pool has lost.
  public record Loss(Instant at, PoolName pool) {}

  /// Without what is too long ago to count.
  public MassGuard at(Instant now) {
    Instant first = now.minus(WINDOW);
    return losses.stream().allMatch(loss -> loss.at().isAfter(first))
        ? this
        : new MassGuard(losses.stream().filter(loss -> loss.at().isAfter(first)).toList());
  }

  /// With further losses.
  public MassGuard with(Loss loss) {
    List<Loss> more = new ArrayList<>(losses);
    more.add(loss);
    return new MassGuard(more);
  }

  /// How many addresses the pool has lost.
  public int lost(PoolName pool) {
    return (int) losses.stream().filter(loss -> loss.pool().equals(pool)).count();
  }

  /// Whether the loss of so many more is too much: more than a fifth and more than five, or all of
  /// two or more.
  ///
  /// @param had how many the pool's Services have now
  public boolean isTooMuch(PoolName pool, int more, int had) {
    int before = lost(pool);
    int all = before + more;
    int of = before + had;
    return (all > FEW && all * PART > of) || (all > 1 && all >= of);
  }
}
