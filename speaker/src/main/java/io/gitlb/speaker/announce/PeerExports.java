// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What each peer is told, kept up with the announcements: a change costs what it changes, not what
/// there is.
///
/// Addresses that share an aggregate give one route; where they differ in attributes it has the
/// higher local preference and the communities of all. A route for a peer that is not there is left
/// out. Peers that are told the same share one object.
///
/// One owner, no locks.
public final class PeerExports {

  private SnapshotMap<IpAddress, Announcement> followed = SnapshotMap.empty();

  // peers → the routes that go to exactly these (1:1); there are few such groups, none is empty
  private Map<SortedSet<PeerName>, RouteGroup> groups = Map.of();

  // peer → the numbers of its groups, ascending (1:1)
  private Map<PeerName, List<Integer>> members = Map.of();

  // the numbers of groups → all routes of these (1:1), for each list that some peer has
  private Map<List<Integer>, SnapshotMap<IpPrefix, Attributes>> views = Map.of();

  private int created;

  /// Goes over to these announcements.
  ///
  /// @param told the whole set; the less it shares with the one before, the more it costs
  /// @param peers the whole set, one a name
  /// @return every peer, as sorted as they came
  public List<PeerExport> follow(
      SnapshotMap<IpAddress, Announcement> told, List<PeerSettings> peers) {
    Map<SortedSet<PeerName>, RouteGroup.Edit> edits = edits(told);
    Map<SortedSet<PeerName>, RouteGroup> nextGroups = new HashMap<>(groups);
    edits.forEach((key, edit) -> nextGroups.put(key, edit.after()));
    nextGroups.values().removeIf(group -> group.routes().isEmpty());
    Step step = new Step(nextGroups.values(), edits.values());
    List<PeerExport> exports = peers.stream().map(step::export).toList();
    followed = told;
    groups = nextGroups;
    members = step.nextMembers;
    views = step.nextViews;
    return exports;
  }

  private Map<SortedSet<PeerName>, RouteGroup.Edit> edits(
      SnapshotMap<IpAddress, Announcement> told) {
    Map<SortedSet<PeerName>, RouteGroup.Edit> edits = new HashMap<>();
    for (SnapshotMap.Change<IpAddress, Announcement> change : told.changesSince(followed)) {
      List<BgpRoute> before = change.before().map(Announcement::routes).orElse(List.of());
      List<BgpRoute> after = change.after().map(Announcement::routes).orElse(List.of());
      if (!before.equals(after)) {
        before.forEach(route -> edit(edits, route).remove(route));
        after.forEach(route -> edit(edits, route).add(route));
      }
    }
    return edits;
  }

  private RouteGroup.Edit edit(Map<SortedSet<PeerName>, RouteGroup.Edit> edits, BgpRoute route) {
    return edits.computeIfAbsent(
        route.peers(),
        peers -> {
          RouteGroup group = groups.get(peers);
          return new RouteGroup.Edit(
              group == null ? new RouteGroup(created++, peers, SnapshotMap.empty()) : group);
        });
  }

  /// From one version to the next.
  private final class Step {

    private final SortedMap<Integer, RouteGroup> byNumber = new TreeMap<>();

    // number of a group → the prefixes whose routes may be others in it (1:1)
    private final Map<Integer, Collection<IpPrefix>> touched = new HashMap<>();
    private final Map<PeerName, List<Integer>> nextMembers = new HashMap<>();
    private final Map<List<Integer>, SnapshotMap<IpPrefix, Attributes>> nextViews = new HashMap<>();
    private final boolean sameGroups;

    Step(Collection<RouteGroup> all, Collection<RouteGroup.Edit> edits) {
      all.forEach(group -> byNumber.put(group.number(), group));
      edits.forEach(edit -> touched.put(edit.number(), edit.touched().keySet()));
      sameGroups =
          all.size() == groups.size()
              && groups.values().stream().allMatch(old -> byNumber.containsKey(old.number()));
    }

    PeerExport export(PeerSettings peer) {
      PeerName name = peer.name();
      List<Integer> before = members.getOrDefault(name, List.of());
      List<Integer> own = sameGroups && members.containsKey(name) ? before : groupsOf(name);
      nextMembers.put(name, own);
      return new PeerExport(peer, nextViews.computeIfAbsent(own, _ -> view(own, before)));
    }

    private List<Integer> groupsOf(PeerName name) {
      return byNumber.values().stream()
          .filter(group -> group.peers().contains(name))
          .map(RouteGroup::number)
          .toList();
    }

    /// @param before those of a peer that has these now: groups come and go with all their routes,
    ///   so what was touched in either is all that can differ
    private SnapshotMap<IpPrefix, Attributes> view(List<Integer> own, List<Integer> before) {
      SnapshotMap<IpPrefix, Attributes> known = views.get(own);
      List<Integer> start = known == null ? before : own;
      SnapshotMap<IpPrefix, Attributes> base = views.getOrDefault(start, SnapshotMap.empty());
      SortedMap<IpPrefix, Optional<Attributes>> edits = new TreeMap<>();
      for (int number : own) {
        Collection<IpPrefix> all =
            base.isEmpty()
                ? group(number).routes().keySet()
                : touched.getOrDefault(number, List.of());
        all.forEach(prefix -> edits.computeIfAbsent(prefix, one -> merged(own, one)));
      }
      for (int number : start) {
        touched
            .getOrDefault(number, List.of())
            .forEach(prefix -> edits.computeIfAbsent(prefix, one -> merged(own, one)));
      }
      return Edits.applied(base, edits);
    }

    private Optional<Attributes> merged(List<Integer> own, IpPrefix prefix) {
      return own.stream()
          .flatMap(number -> group(number).attributes(prefix).stream())
          .reduce(Attributes::and);
    }

    private RouteGroup group(int number) {
      return Optional.ofNullable(byNumber.get(number)).orElseThrow();
    }
  }
}
