// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.loop.Owners.Owned;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What becomes of one address on the nodes.
///
/// @param wanted the nodes that are to have to do with it
/// @param nodes those that say that they announce it
/// @param owner of an address that is announced on a link: who does
/// @param failing node → its word for why it does not announce although it should
/// @param contested node that announces it → who else it hears claim it
/// @param because what people can do about it where a word says too little
/// @param nowhere why no node is to announce it; empty when some are, or when there is no record
record Announcing(
    SortedSet<NodeName> wanted,
    SortedSet<NodeName> nodes,
    Optional<Owned> owner,
    SortedMap<NodeName, String> failing,
    SortedMap<NodeName, Contested> contested,
    Optional<String> because,
    Optional<NotAnnounced> nowhere) {

  /// Of an address that nothing is known of.
  static final Announcing UNKNOWN =
      new Announcing(
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Optional.empty(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Optional.empty(),
          Optional.empty());
}
