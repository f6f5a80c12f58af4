// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.PoolName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a commit has that could not be read. Its absence from the definitions proves nothing, so
/// that one broken pool does not make every reference to it a problem too.
///
/// @param pools names of broken pools
/// @param peers names of broken peers
/// @param files paths of files that may hold further documents
public record Gaps(SortedSet<PoolName> pools, SortedSet<PeerName> peers, SortedSet<String> files) {

  /// Everything was read.
  public static final Gaps NONE =
      new Gaps(
          Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());

  public Gaps {
    pools = Collections.unmodifiableSortedSet(new TreeSet<>(pools));
    peers = Collections.unmodifiableSortedSet(new TreeSet<>(peers));
    files = Collections.unmodifiableSortedSet(new TreeSet<>(files));
  }

  /// Whether a pool of that name may be there.
  boolean mayHold(PoolName name) {
    return !files.isEmpty() || pools.contains(name);
  }

  /// Whether a peer of that name may be there.
  boolean mayHold(PeerName name) {
    return !files.isEmpty() || peers.contains(name);
  }

  /// Whether there may be a pool that is not in the definitions.
  boolean mayHoldPools() {
    return !files.isEmpty() || !pools.isEmpty();
  }
}
