// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.NeighbourStore.Sight;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.Optional;

/// The other clusters' ledgers, looked at behind the loop's back: nothing in here waits.
public interface NeighbourPort {

  /// There are none.
  NeighbourPort NONE = ranges -> Optional.of(new Seen(ranges, new Sight(List.of(), List.of())));

  /// Looks, unless that is being done. Whoever runs the loop is woken when it has been.
  ///
  /// @return what was seen since the call before, if it has ended
  Optional<Seen> look(List<IpRange> ranges);

  /// What was seen.
  ///
  /// @param ranges that were looked for
  record Seen(List<IpRange> ranges, Sight sight) {

    public Seen {
      ranges = List.copyOf(ranges);
    }
  }
}
