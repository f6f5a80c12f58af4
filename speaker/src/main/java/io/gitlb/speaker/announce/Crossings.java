// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Addresses that go over from links to routers, or back: the old way is kept until the new one
/// works, so that no packet finds neither.
///
/// An address of which the desired state says "by BGP alone" is answered for on links, by the node
/// that does so now, until a peer has had its route for [#LINGER]. One of which it says "on links
/// alone" keeps its routes until some node has held it for as long. There is no limit: a way that
/// never works replaces nothing. An address that is gone from the state, or has another owner, is
/// let go of at once.
///
/// One owner, no locks.
public final class Crossings {

  /// How long the new way has to work before the old one ends: for an UPDATE on its way and a
  /// router that takes it in.
  public static final Duration LINGER = Duration.ofSeconds(1);

  private Optional<DesiredState> desired = Optional.empty();
  private Optional<DesiredState> followed = Optional.empty();

  // Address → since when its new way works; absent while that does not (1:1).
  private final SortedMap<IpAddress, Instant> working = new TreeMap<>();
  private final SortedSet<IpAddress> toRouters = new TreeSet<>();
  private final SortedSet<IpAddress> toLinks = new TreeSet<>();

  /// The same as it is now: to go on with once what it says to follow is in force.
  public Crossings copy() {
    Crossings copy = new Crossings();
    copy.desired = desired;
    copy.followed = followed;
    copy.working.putAll(working);
    copy.toRouters.addAll(toRouters);
    copy.toLinks.addAll(toLinks);
    return copy;
  }

  /// Takes another desired state.
  ///
  /// @param answered what this node answers for on links now
  /// @param routed what a peer has a route for from this node now
  /// @return what is to be followed for now
  public DesiredState follow(
      DesiredState state, Predicate<IpAddress> answered, Predicate<IpAddress> routed) {
    SnapshotMap<IpAddress, Announcement> before =
        followed.map(DesiredState::announcements).orElse(SnapshotMap.empty());
    toRouters.clear();
    toLinks.clear();
    for (SnapshotMap.Change<IpAddress, Announcement> change :
        state.announcements().changesSince(before)) {
      if (change.before().isPresent() && change.after().isPresent()) {
        sort(change.before().get(), change.after().get(), answered, routed);
      }
    }
    working.keySet().removeIf(address -> !isCrossing(address));
    desired = Optional.of(state);
    DesiredState next = merged(state, before, followed.map(DesiredState::peers).orElse(List.of()));
    followed = Optional.of(next);
    return next;
  }

  private void sort(
      Announcement before,
      Announcement after,
      Predicate<IpAddress> answered,
      Predicate<IpAddress> routed) {
    IpAddress address = after.address();
    if (!before.owner().equals(after.owner())) {
      return;
    }
    boolean onLinks = after.layer2().isPresent();
    boolean byBgp = !after.routes().isEmpty();
    if (byBgp && !onLinks && before.layer2().isPresent() && answered.test(address)) {
      toRouters.add(address);
    } else if (onLinks && !byBgp && !before.routes().isEmpty() && routed.test(address)) {
      toLinks.add(address);
    }
  }

  private boolean isCrossing(IpAddress address) {
    return toRouters.contains(address) || toLinks.contains(address);
  }

  private DesiredState merged(
      DesiredState state,
      SnapshotMap<IpAddress, Announcement> before,
      List<PeerSettings> peersBefore) {
    SnapshotMap<IpAddress, Announcement> announcements = state.announcements();
    SortedSet<PeerName> kept = new TreeSet<>();
    for (IpAddress address : toRouters) {
      Announcement old = before.find(address).orElseThrow();
      Announcement now = announcements.find(address).orElseThrow();
      announcements = announcements.with(address, with(now, old.layer2(), now.routes()));
    }
    for (IpAddress address : toLinks) {
      Announcement old = before.find(address).orElseThrow();
      Announcement now = announcements.find(address).orElseThrow();
      announcements = announcements.with(address, with(now, now.layer2(), old.routes()));
      old.routes().forEach(route -> kept.addAll(route.peers()));
    }
    state.peers().forEach(peer -> kept.remove(peer.name()));
    List<PeerSettings> peers = new ArrayList<>(state.peers());
    peersBefore.stream().filter(peer -> kept.contains(peer.name())).forEach(peers::add);
    return new DesiredState(
        state.node(),
        state.clusterUid(),
        state.generation(),
        state.configCommit(),
        state.ledgerCommit(),
        announcements,
        peers,
        state.members());
  }

  private static Announcement with(
      Announcement one, Optional<Announcement.Layer2> layer2, List<BgpRoute> routes) {
    return new Announcement(
        one.address(), one.owner(), one.record(), layer2, routes, one.healthCheckNodePort());
  }

  /// Looks whether new ways work by now.
  ///
  /// @param routed what a peer has a route for from this node now
  /// @param held what some node answers for on links now
  /// @return what is to be followed from now on, when that has changed
  public Optional<DesiredState> advance(
      Predicate<IpAddress> routed, Predicate<IpAddress> held, Instant now) {
    boolean over = advance(toRouters, routed, now);
    over |= advance(toLinks, held, now);
    if (!over || desired.isEmpty() || followed.isEmpty()) {
      return Optional.empty();
    }
    followed =
        Optional.of(merged(desired.get(), followed.get().announcements(), followed.get().peers()));
    return followed;
  }

  private boolean advance(SortedSet<IpAddress> crossing, Predicate<IpAddress> works, Instant now) {
    boolean over = false;
    for (IpAddress address : List.copyOf(crossing)) {
      if (!works.test(address)) {
        working.remove(address);
        continue;
      }
      Instant since = working.getOrDefault(address, now);
      working.put(address, since);
      if (!now.isBefore(since.plus(LINGER))) {
        crossing.remove(address);
        working.remove(address);
        over = true;
      }
    }
    return over;
  }

  /// Whether nothing is on its way.
  public boolean isDone() {
    return toRouters.isEmpty() && toLinks.isEmpty();
  }

  /// Those that are still answered for on links, though their state says BGP alone.
  public SortedSet<IpAddress> toRouters() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(toRouters));
  }

  /// Those whose routes are still told, though their state says links alone.
  public SortedSet<IpAddress> toLinks() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(toLinks));
  }
}
