// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The whole desired state as far as it concerns ownership.
///
/// @param stored the generation of the state, if there is one
/// @param byAddress every layer-2 address of the state
/// @param members every node with a speaker
public record Contests(
    Optional<Generation> stored,
    Origin origin,
    SortedMap<IpAddress, Contest> byAddress,
    SortedSet<NodeName> members) {

  public Contests {
    byAddress = Collections.unmodifiableSortedMap(new TreeMap<>(byAddress));
    members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
  }
}
