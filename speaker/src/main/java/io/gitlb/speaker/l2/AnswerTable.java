// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import java.util.Set;

/// The addresses that one interface answers for. Immutable: a change is a new table.
///
/// @param here announced on this interface
/// @param elsewhere announced from this node, on other interfaces only
public record AnswerTable(Set<IpAddress> here, Set<IpAddress> elsewhere) {

  /// Answers nobody.
  public static final AnswerTable EMPTY = new AnswerTable(Set.of(), Set.of());

  public AnswerTable {
    here = Set.copyOf(here);
    elsewhere = Set.copyOf(elsewhere);
  }

  boolean isAnnouncedFromThisNode(IpAddress address) {
    return here.contains(address) || elsewhere.contains(address);
  }
}
