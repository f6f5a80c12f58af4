// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;

/// A route of a node and which peers have it.
///
/// @param localPreference unsigned 32 bits; told to peers of the own AS only
/// @param communities sorted
/// @param told the peers that have it
/// @param untold peer that should have it → why it does not, CamelCase (1:1)
public record RouteLine(
    IpPrefix prefix,
    OptionalLong localPreference,
    List<Community> communities,
    SortedSet<PeerName> told,
    SnapshotMap<PeerName, String> untold) {

  public RouteLine {
    communities = List.copyOf(communities);
    told = FixedSortedSet.copyOf(told);
  }
}
