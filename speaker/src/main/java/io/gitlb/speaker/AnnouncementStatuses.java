// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RouteAttributes;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is reported of each address. A change of announcements alone costs what it changes; where
/// anything else differs, every address is looked at. Remembers since when each is what it is, so
/// it has one owner.
final class AnnouncementStatuses {

  /// None of the peers that are to be told has settings that a session can be made with.
  private static final String NOT_DIALLED = "PeerNotDialled";

  private static final String NO_PEER = "NoEstablishedPeer";

  private static final Placement NOT_KNOWN = new Placement.Standby(Optional.empty());

  // Address → what was reported of it last (1:1).
  private SnapshotMap<IpAddress, AnnouncementStatus> reported = SnapshotMap.empty();

  private Optional<Inputs> before = Optional.empty();

  /// What the statuses follow from.
  private record Inputs(
      SnapshotMap<IpAddress, Announcement> announcements,
      SnapshotMap<IpAddress, Placement.Reason> withheld,
      SnapshotMap<IpAddress, Instant> lastGratuitous,
      SortedMap<PeerName, SnapshotMap<IpPrefix, RouteAttributes>> told,
      Rest rest) {

    /// The addresses whose statuses may be others, where the rest is the same.
    SortedSet<IpAddress> differingFrom(Inputs earlier) {
      SortedSet<IpAddress> found = new TreeSet<>();
      add(announcements.changesSince(earlier.announcements), found);
      add(withheld.changesSince(earlier.withheld), found);
      add(lastGratuitous.changesSince(earlier.lastGratuitous), found);
      newRoutes(earlier).forEach(prefix -> addInside(prefix, found));
      return found;
    }

    /// The prefixes that a peer has and did not have, or had and does not have.
    private SortedSet<IpPrefix> newRoutes(Inputs earlier) {
      SortedSet<IpPrefix> found = new TreeSet<>();
      // What peers have → what they had, of those looked at (1:N): most peers share both.
      IdentityHashMap<Object, Set<Object>> compared = new IdentityHashMap<>();
      told.forEach(
          (peer, now) -> {
            SnapshotMap<IpPrefix, RouteAttributes> had =
                earlier.told.getOrDefault(peer, SnapshotMap.empty());
            boolean isNew =
                compared
                    .computeIfAbsent(now, _ -> Collections.newSetFromMap(new IdentityHashMap<>()))
                    .add(had);
            if (isNew) {
              now.changesSince(had).stream()
                  .filter(change -> change.before().isPresent() != change.after().isPresent())
                  .forEach(change -> found.add(change.key()));
            }
          });
      return found;
    }

    /// A route is for addresses inside.
    private void addInside(IpPrefix prefix, SortedSet<IpAddress> found) {
      for (Map.Entry<IpAddress, Announcement> one : announcements.from(prefix.address())) {
        if (!prefix.contains(one.getKey())) {
          return;
        }
        found.add(one.getKey());
      }
    }

    private static <V> void add(
        List<SnapshotMap.Change<IpAddress, V>> changes, SortedSet<IpAddress> found) {
      changes.forEach(change -> found.add(change.key()));
    }
  }

  /// What may concern any address.
  ///
  /// @param omitted peer with a session → the prefixes that it does not get (1:1)
  private record Rest(
      Optional<NodeName> self,
      SortedMap<PeerName, SnapshotMap<IpPrefix, Omission>> omitted,
      SnapshotMap<IpAddress, Placement> placements,
      SortedMap<IpAddress, Long> turns,
      SortedMap<IpAddress, Conflict> conflicts,
      SortedMap<PeerName, String> refused) {}

  /// Address → what is reported of it (1:1), from now on.
  ///
  /// @param now the time of day
  SnapshotMap<IpAddress, AnnouncementStatus> follow(SpeakerView view, Instant now) {
    RoutePeers peers = RoutePeers.of(view.peers());
    Inputs inputs = inputs(view, peers);
    Work work = new Work(view, peers, now);
    if (before.filter(known -> known.rest().equals(inputs.rest())).isPresent()) {
      inputs.differingFrom(before.get()).forEach(work::renew);
    } else {
      work.renewAll();
    }
    before = Optional.of(inputs);
    reported = work.next;
    return reported;
  }

  private static Inputs inputs(SpeakerView view, RoutePeers peers) {
    return new Inputs(
        view.applied().map(DesiredState::announcements).orElse(SnapshotMap.empty()),
        view.withheld(),
        view.segments().lastGratuitous(),
        peers.told(),
        new Rest(
            view.applied().map(DesiredState::node),
            peers.omitted(),
            view.active().placements(),
            view.turns(),
            view.conflicts(),
            view.refused()));
  }

  /// The next statuses in the making.
  private final class Work {
    private final SpeakerView view;
    private final RoutePeers peers;
    private final Instant now;
    private SnapshotMap<IpAddress, AnnouncementStatus> next = reported;

    Work(SpeakerView view, RoutePeers peers, Instant now) {
      this.view = view;
      this.peers = peers;
      this.now = now;
    }

    void renewAll() {
      SortedMap<IpAddress, AnnouncementStatus> all = new TreeMap<>();
      view.applied()
          .ifPresent(
              state ->
                  state
                      .announcements()
                      .forEach((address, one) -> all.put(address, kept(announcement(one)))));
      next = SnapshotMap.copyOf(all);
    }

    void renew(IpAddress address) {
      Optional<Announcement> one =
          view.applied().flatMap(state -> state.announcements().find(address));
      next =
          one.isPresent()
              ? next.with(address, kept(announcement(one.get())))
              : next.without(address);
    }

    private AnnouncementStatus kept(AnnouncementStatus status) {
      return reported.find(status.address()).filter(status::equals).orElse(status);
    }

    private Optional<Layer2Status> layer2(
        Announcement announcement, Optional<Placement> placement) {
      return announcement
          .layer2()
          .map(
              layer2 ->
                  new Layer2Status(
                      placement.flatMap(placed -> owner(placed)),
                      view.applied()
                          .map(state -> layer2.candidates().indexOf(state.node()) + 1)
                          .orElse(0),
                      view.turns().getOrDefault(announcement.address(), 0L),
                      view.segments().lastGratuitous().find(announcement.address()),
                      Optional.ofNullable(view.conflicts().get(announcement.address()))));
    }

    private Optional<NodeName> owner(Placement placement) {
      return switch (placement) {
        case Placement.Answered _ -> view.applied().map(DesiredState::node);
        case Placement.Standby(Optional<NodeName> owner) -> owner;
        case Placement.Impossible _ -> Optional.empty();
      };
    }

    private AnnouncementStatus announcement(Announcement announcement) {
      Optional<Placement> placement =
          Optional.ofNullable(view.active().placements().get(announcement.address()));
      Optional<Placement.Reason> withheld =
          Optional.ofNullable(view.withheld().get(announcement.address()));
      List<PeerName> told = withheld.isPresent() ? List.of() : peers.having(announcement);
      List<String> interfaces =
          placement.isPresent() && placement.get() instanceof Placement.Answered answered
              ? List.copyOf(answered.interfaces())
              : List.of();
      boolean announced = !interfaces.isEmpty() || !told.isEmpty();
      Optional<String> fault =
          announced ? Optional.empty() : reason(announcement, placement, withheld);
      AnnouncementState state =
          announced
              ? AnnouncementState.ANNOUNCED
              : fault.isPresent() ? AnnouncementState.NOT_ANNOUNCED : AnnouncementState.STANDBY;
      Optional<String> reason =
          state == AnnouncementState.STANDBY && placement.filter(NOT_KNOWN::equals).isPresent()
              ? Optional.of("OwnerUnknown")
              : fault;
      Instant since =
          reported
              .find(announcement.address())
              .filter(last -> last.state() == state && last.reason().equals(reason))
              .map(AnnouncementStatus::since)
              .orElse(now);
      return new AnnouncementStatus(
          announcement.address(),
          state,
          reason,
          since,
          interfaces,
          told,
          layer2(announcement, placement));
    }

    /// Why it is announced in no way; empty when that is as it should be.
    private Optional<String> reason(
        Announcement announcement,
        Optional<Placement> placement,
        Optional<Placement.Reason> withheld) {
      if (placement.isPresent() && placement.get() instanceof Placement.Impossible impossible) {
        return Optional.of(impossible.reason().label());
      }
      if (withheld.isPresent() && !announcement.routes().isEmpty()) {
        return withheld.map(Placement.Reason::label);
      }
      if (!announcement.routes().isEmpty()) {
        return Optional.of(isForRefused(announcement) ? NOT_DIALLED : routeReason(announcement));
      }
      if (announcement.layer2().isEmpty()) {
        return Optional.of("NoAdvertisement");
      }
      // Placed in the next moment.
      return placement.isPresent() ? Optional.empty() : Optional.of("Pending");
    }

    private boolean isForRefused(Announcement announcement) {
      return announcement.routes().stream()
          .allMatch(route -> view.refused().keySet().containsAll(route.peers()));
    }

    private String routeReason(Announcement announcement) {
      return announcement.routes().stream()
          .flatMap(route -> peers.fault(route).stream())
          .findFirst()
          .orElse(NO_PEER);
    }
  }
}
