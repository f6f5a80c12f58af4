// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.NumberedStates.Before;
import io.gitlb.reconciler.desired.NumberedStates.Stamp;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/// Makes states of one hand-out. Nodes with the same content share what is made of it.
final class StateMaker {

  private final Generation generation;
  private final Stamp stamp;
  private final SnapshotMap<IpAddress, Generation> terms;
  private final List<Member> members;

  /// announcements without terms → the same with them
  private final IdentityHashMap<
          SnapshotMap<IpAddress, Announcement>, SnapshotMap<IpAddress, Announcement>>
      maps = new IdentityHashMap<>();

  private final IdentityHashMap<Announcement, Announcement> single = new IdentityHashMap<>();

  /// @param terms address → since when its list counts
  StateMaker(
      Generation generation,
      Stamp stamp,
      SnapshotMap<IpAddress, Generation> terms,
      List<Member> members) {
    this.generation = generation;
    this.stamp = stamp;
    this.terms = terms;
    this.members = members;
  }

  /// @param before what to go on from, made with the same terms but for what has changed since
  DesiredState make(NodeName node, NodeContent wanted, Optional<Before> before) {
    return new DesiredState(
        node,
        stamp.clusterUid(),
        generation,
        stamp.configCommit(),
        stamp.ledgerCommit(),
        maps.computeIfAbsent(wanted.announcements(), all -> withTerms(all, before)),
        wanted.peers(),
        members);
  }

  private SnapshotMap<IpAddress, Announcement> withTerms(
      SnapshotMap<IpAddress, Announcement> wanted, Optional<Before> before) {
    SnapshotMap<IpAddress, Announcement> was =
        before.map(last -> last.content().announcements()).orElse(SnapshotMap.empty());
    SnapshotMap<IpAddress, Announcement> next =
        before.map(last -> last.state().announcements()).orElse(SnapshotMap.empty());
    for (Change<IpAddress, Announcement> change : wanted.changesSince(was)) {
      next =
          change.after().isPresent()
              ? next.with(
                  change.key(), single.computeIfAbsent(change.after().get(), this::withTerm))
              : next.without(change.key());
    }
    return next;
  }

  private Announcement withTerm(Announcement announcement) {
    Optional<Generation> term = terms.find(announcement.address());
    if (announcement.layer2().isEmpty() || term.isEmpty()) {
      return announcement;
    }
    Layer2 layer2 = announcement.layer2().get();
    return new Announcement(
        announcement.address(),
        announcement.owner(),
        announcement.record(),
        Optional.of(new Layer2(term.get(), layer2.candidates(), layer2.interfaces())),
        announcement.routes(),
        announcement.healthCheckNodePort());
  }
}
