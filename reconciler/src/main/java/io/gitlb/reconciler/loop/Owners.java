// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.SpeakerWords.Holding;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/// Who announces each address on its link, or did last.
///
/// What is told of an owner stays the same as long as it is the owner: a speaker that is started
/// anew, and a list that changes behind it or before it hands over, is no news, and what is no news
/// is written nowhere.
final class Owners {

  /// @param since when it became the owner, as it told it first, in whole seconds
  /// @param position as which of the candidates it became it, from 1; 0 when it did not tell
  record Owned(NodeName node, Instant since, int position) {}

  private SnapshotMap<IpAddress, NodeName> nodes = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Owned> owned = SnapshotMap.empty();

  /// The one that announces on a link becomes the owner; while two do, the one that was stays. An
  /// address without a record has no owner any more once nobody announces it.
  ///
  /// @param isRecorded whether an address has a record
  void follow(IpAddress address, Optional<Said> said, Predicate<IpAddress> isRecorded) {
    SortedMap<NodeName, Holding> claims = said.orElse(Said.NOTHING).onLink();
    Optional<Owned> before = owned.find(address);
    if (claims.isEmpty()) {
      if (!isRecorded.test(address)) {
        nodes = nodes.without(address);
        owned = owned.without(address);
      }
      return;
    }
    NodeName owner =
        before
            .map(Owned::node)
            .filter(node -> claims.containsKey(node))
            .orElseGet(() -> claims.firstKey());
    if (before.filter(last -> last.node().equals(owner)).isEmpty()) {
      Holding holding = claims.getOrDefault(owner, Holding.UNKNOWN);
      nodes = nodes.with(address, owner);
      owned =
          owned.with(
              address,
              new Owned(
                  owner, holding.since().truncatedTo(ChronoUnit.SECONDS), holding.position()));
    }
  }

  /// Address → who it is.
  SnapshotMap<IpAddress, NodeName> nodes() {
    return nodes;
  }

  /// Address → who it is and what there is to tell.
  SnapshotMap<IpAddress, Owned> owned() {
    return owned;
  }
}
