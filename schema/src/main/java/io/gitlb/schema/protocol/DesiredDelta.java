// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What makes of one desired state, the base, a newer one of the same node and cluster.
///
/// @param base the digest of the state that it starts from
/// @param generation of the newer state
/// @param configCommit of the newer state
/// @param ledgerCommit of the newer state
/// @param changed announcements that are new or other ones, sorted by address, one an address
/// @param gone addresses that the node has nothing to do with any more
/// @param peers all peers of the newer state; empty when they are those of the base
public record DesiredDelta(
    String base,
    Generation generation,
    String configCommit,
    String ledgerCommit,
    List<Announcement> changed,
    SortedSet<IpAddress> gone,
    Optional<List<PeerSettings>> peers,
    Optional<List<Member>> members) {

  /// The version of the JSON form.
  public static final int FORMAT = 1;

  public DesiredDelta {
    changed = changed.stream().sorted().toList();
    gone = Collections.unmodifiableSortedSet(new TreeSet<>(gone));
    peers = peers.map(list -> list.stream().sorted().toList());
    members = members.map(list -> list.stream().sorted().toList());
    for (int i = 1; i < changed.size(); i++) {
      if (changed.get(i).address().equals(changed.get(i - 1).address())) {
        throw new IllegalArgumentException("twice: " + changed.get(i).address());
      }
    }
    for (Announcement announcement : changed) {
      if (gone.contains(announcement.address())) {
        throw new IllegalArgumentException("changed and gone: " + announcement.address());
      }
    }
  }

  /// What makes `after` of `before`, at the cost of the difference when they share what is the
  /// same.
  ///
  /// @param digest of `before`, as the speaker acknowledged it
  public static DesiredDelta between(DesiredState before, String digest, DesiredState after) {
    if (!before.node().equals(after.node()) || !before.clusterUid().equals(after.clusterUid())) {
      throw new IllegalArgumentException("states of different nodes or clusters");
    }
    List<Announcement> changed = new ArrayList<>();
    SortedSet<IpAddress> gone = new TreeSet<>();
    for (Change<IpAddress, Announcement> change :
        after.announcements().changesSince(before.announcements())) {
      change.after().ifPresentOrElse(changed::add, () -> gone.add(change.key()));
    }
    return new DesiredDelta(
        digest,
        after.generation(),
        after.configCommit(),
        after.ledgerCommit(),
        changed,
        gone,
        after.peers().equals(before.peers()) ? Optional.empty() : Optional.of(after.peers()),
        after.members().equals(before.members()) ? Optional.empty() : Optional.of(after.members()));
  }

  /// How many announcements it touches.
  public int size() {
    return changed.size() + gone.size();
  }

  /// What a state holds must not grow with the deltas that led to it, so what is equal is shared
  /// with what was there: at the address itself, or else beside it.
  private static Announcement shared(
      Announcement announcement, SnapshotMap<IpAddress, Announcement> announcements) {
    Iterator<Map.Entry<IpAddress, Announcement>> there =
        announcements.from(announcement.address()).iterator();
    return (there.hasNext() ? Optional.of(there.next()) : announcements.first())
        .map(entry -> announcement.sharing(entry.getValue()))
        .orElse(announcement);
  }

  /// The newer state.
  ///
  /// @param before the base
  /// @throws IllegalArgumentException when two peers have one name
  public DesiredState applyTo(DesiredState before) {
    SnapshotMap<IpAddress, Announcement> announcements = before.announcements();
    for (IpAddress address : gone) {
      announcements = announcements.without(address);
    }
    for (Announcement announcement : changed) {
      announcements =
          announcements.with(announcement.address(), shared(announcement, announcements));
    }
    return new DesiredState(
        before.node(),
        before.clusterUid(),
        generation,
        configCommit,
        ledgerCommit,
        announcements,
        peers.orElse(before.peers()),
        members.orElse(before.members()));
  }
}
