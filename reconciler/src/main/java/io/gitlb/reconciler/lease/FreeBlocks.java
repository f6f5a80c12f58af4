// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The blocks that nobody has leased, the lowest first: every cluster looks for them in the same
/// order, so that used blocks stay together.
public final class FreeBlocks {

  private FreeBlocks() {}

  /// As many blocks as so many addresses need, or as there are.
  ///
  /// @param givable the addresses that count, ascending, without overlaps; of one family
  /// @param addresses how many are wanted, at least 1
  /// @param most blocks
  public static SortedSet<Block> lowest(
      List<IpRange> givable, SnapshotMap<Block, Lease> table, long addresses, int most) {
    SortedSet<Block> found = new TreeSet<>();
    long missing = addresses;
    for (IpRange range : givable) {
      Optional<Block> block = Optional.of(new Block(range.first()));
      while (missing > 0 && block.filter(b -> b.first().compareTo(range.last()) <= 0).isPresent()) {
        if (!table.containsKey(block.get())) {
          if (!found.contains(block.get()) && found.size() == most) {
            return found;
          }
          found.add(block.get());
          missing -= block.get().commonWith(range).longValueExact();
        }
        block = block.get().next();
      }
      if (missing <= 0) {
        return found;
      }
    }
    return found;
  }
}
