// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The addresses that one interface answers for. Immutable: a change is a new table.
///
/// @param here announced on this interface
/// @param elsewhere announced from this node, on other interfaces only
/// @param watched addresses of which [Sighting]s are wanted; those of `here` always are
/// @param source the link-local address that neighbour advertisements come from; without one there
///   are none
public record AnswerTable(
    Set<IpAddress> here, Set<IpAddress> elsewhere, Set<IpAddress> watched, Optional<Ipv6> source) {

  /// Answers nobody.
  public static final AnswerTable EMPTY = new AnswerTable(Set.of(), Set.of());

  public AnswerTable {
    here = Set.copyOf(here);
    elsewhere = Set.copyOf(elsewhere);
    Set<IpAddress> all = new HashSet<>(watched);
    all.addAll(here);
    watched = Set.copyOf(all);
  }

  /// Watches what it answers for, and has no address for neighbour advertisements.
  public AnswerTable(Set<IpAddress> here, Set<IpAddress> elsewhere) {
    this(here, elsewhere, here, Optional.empty());
  }

  boolean isAnnouncedFromThisNode(IpAddress address) {
    return here.contains(address) || elsewhere.contains(address);
  }
}
