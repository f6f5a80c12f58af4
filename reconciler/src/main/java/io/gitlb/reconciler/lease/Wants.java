// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The blocks of shared pools that Services wait for.
///
/// @param blocks block → its pool, for Services that want one certain address of it
/// @param addresses of a shared pool, as many as Services wait for, whichever they are
public record Wants(SortedMap<Block, PoolName> blocks, SortedMap<Space, Amount> addresses) {

  /// Nobody waits.
  public static final Wants NONE =
      new Wants(Collections.emptySortedMap(), Collections.emptySortedMap());

  public Wants {
    blocks = Collections.unmodifiableSortedMap(new TreeMap<>(blocks));
    addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
  }

  /// So many of certain addresses.
  ///
  /// @param addresses how many, at least 1
  /// @param givable those that would do, ascending, without overlaps
  public record Amount(long addresses, List<IpRange> givable) {

    public Amount {
      givable = List.copyOf(givable);
    }
  }
}
