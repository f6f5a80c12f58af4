// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.l2.Link;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes the status of the parts into the one that is reported. Remembers since when each address
/// is what it is, so it has one owner.
final class StatusComposer {

  /// None of the peers that are to be told has settings that a session can be made with.
  private static final String NOT_DIALLED = "PeerNotDialled";

  private static final Placement NOT_KNOWN = new Placement.Standby(Optional.empty());

  // Address → what was reported of it last (1:1).
  private SortedMap<IpAddress, AnnouncementStatus> reported = new TreeMap<>();

  // Peer → since when nobody dials it (1:1).
  private final SortedMap<PeerName, Instant> refusedSince = new TreeMap<>();

  /// The lists of a status.
  record Composed(
      List<AnnouncementStatus> announcements,
      List<SpeakerStatus.PeerStatus> peers,
      List<InterfaceStatus> interfaces,
      List<MemberStatus> members) {}

  /// @param now the time of day
  Composed compose(SpeakerView view, Instant now) {
    refusedSince.keySet().retainAll(view.refused().keySet());
    SortedMap<PeerName, PeerStatus> peers = new TreeMap<>();
    view.peers().forEach(peer -> peers.put(peer.name(), peer));
    SortedMap<IpAddress, AnnouncementStatus> next = new TreeMap<>();
    if (view.applied().isPresent()) {
      for (Announcement announcement : view.applied().get().announcements().values()) {
        next.put(announcement.address(), announcement(announcement, view, peers, now));
      }
    }
    reported = next;
    return new Composed(
        List.copyOf(next.values()),
        peers(view, now),
        view.links().stream().map(StatusComposer::networkInterface).toList(),
        view.segments().members());
  }

  /// Those that BGP has, and those that it was not given.
  private List<SpeakerStatus.PeerStatus> peers(SpeakerView view, Instant now) {
    List<SpeakerStatus.PeerStatus> all = new ArrayList<>();
    view.peers().forEach(peer -> all.add(peer(peer)));
    for (PeerSettings peer : view.applied().map(DesiredState::peers).orElse(List.of())) {
      String why = view.refused().get(peer.name());
      if (why != null) {
        Instant since = refusedSince.computeIfAbsent(peer.name(), _ -> now);
        all.add(
            new SpeakerStatus.PeerStatus(
                peer.name(),
                peer.peerAddress(),
                State.IDLE.toString(),
                since,
                0,
                Optional.of("not dialled: " + why),
                new PeerSession(
                    Optional.of(peer.myAsn()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(since)),
                PeerTraffic.NONE));
      }
    }
    all.sort(Comparator.comparing(SpeakerStatus.PeerStatus::name));
    return all;
  }

  private static InterfaceStatus networkInterface(Link link) {
    SortedSet<LinkAddress> addresses = new TreeSet<>();
    link.addresses()
        .forEach(own -> addresses.add(new LinkAddress(own.address(), own.prefixLength())));
    return new InterfaceStatus(link.name(), link.macAddress(), addresses, link.onLink());
  }

  private static Optional<Layer2Status> layer2(
      Announcement announcement, Optional<Placement> placement, SpeakerView view) {
    return announcement
        .layer2()
        .map(
            layer2 ->
                new Layer2Status(
                    placement.flatMap(placed -> owner(placed, view)),
                    view.applied()
                        .map(state -> layer2.candidates().indexOf(state.node()) + 1)
                        .orElse(0),
                    view.turns().getOrDefault(announcement.address(), 0L),
                    Optional.ofNullable(
                        view.segments().lastGratuitous().get(announcement.address())),
                    Optional.ofNullable(view.conflicts().get(announcement.address()))));
  }

  private static Optional<NodeName> owner(Placement placement, SpeakerView view) {
    return switch (placement) {
      case Placement.Answered _ -> view.applied().map(DesiredState::node);
      case Placement.Standby(Optional<NodeName> owner) -> owner;
      case Placement.Impossible _ -> Optional.empty();
    };
  }

  private AnnouncementStatus announcement(
      Announcement announcement,
      SpeakerView view,
      SortedMap<PeerName, PeerStatus> peers,
      Instant now) {
    Optional<Placement> placement =
        Optional.ofNullable(view.active().placements().get(announcement.address()));
    Optional<Placement.Reason> withheld =
        Optional.ofNullable(view.withheld().get(announcement.address()));
    List<PeerName> having = withheld.isPresent() ? List.of() : peersThatHave(announcement, peers);
    List<String> interfaces =
        placement.isPresent() && placement.get() instanceof Placement.Answered answered
            ? List.copyOf(answered.interfaces())
            : List.of();
    boolean announced = !interfaces.isEmpty() || !having.isEmpty();
    Optional<String> fault =
        announced
            ? Optional.empty()
            : reason(announcement, placement, withheld, peers, view.refused());
    AnnouncementState state =
        announced
            ? AnnouncementState.ANNOUNCED
            : fault.isPresent() ? AnnouncementState.NOT_ANNOUNCED : AnnouncementState.STANDBY;
    Optional<String> reason =
        state == AnnouncementState.STANDBY && placement.filter(NOT_KNOWN::equals).isPresent()
            ? Optional.of("OwnerUnknown")
            : fault;
    Instant since =
        Optional.ofNullable(reported.get(announcement.address()))
            .filter(before -> before.state() == state && before.reason().equals(reason))
            .map(AnnouncementStatus::since)
            .orElse(now);
    return new AnnouncementStatus(
        announcement.address(),
        state,
        reason,
        since,
        interfaces,
        having,
        layer2(announcement, placement, view));
  }

  /// Why it is announced in no way; empty when that is as it should be.
  private static Optional<String> reason(
      Announcement announcement,
      Optional<Placement> placement,
      Optional<Placement.Reason> withheld,
      SortedMap<PeerName, PeerStatus> peers,
      SortedMap<PeerName, String> refused) {
    if (placement.isPresent() && placement.get() instanceof Placement.Impossible impossible) {
      return Optional.of(impossible.reason().label());
    }
    if (withheld.isPresent() && !announcement.routes().isEmpty()) {
      return withheld.map(Placement.Reason::label);
    }
    if (!announcement.routes().isEmpty()) {
      return Optional.of(
          isForRefused(announcement, refused) ? NOT_DIALLED : routeReason(announcement, peers));
    }
    if (announcement.layer2().isEmpty()) {
      return Optional.of("NoAdvertisement");
    }
    // Placed in the next moment.
    return placement.isPresent() ? Optional.empty() : Optional.of("Pending");
  }

  private static boolean isForRefused(
      Announcement announcement, SortedMap<PeerName, String> refused) {
    return announcement.routes().stream()
        .allMatch(route -> refused.keySet().containsAll(route.peers()));
  }

  private static String routeReason(
      Announcement announcement, SortedMap<PeerName, PeerStatus> peers) {
    for (BgpRoute route : announcement.routes()) {
      for (PeerName name : route.peers()) {
        PeerStatus peer = peers.get(name);
        if (peer != null && peer.state() == State.ESTABLISHED && omits(peer, route.prefix())) {
          return Optional.ofNullable(peer.omitted().get(route.prefix()))
              .map(Omission::label)
              .orElse("NoEstablishedPeer");
        }
      }
    }
    return "NoEstablishedPeer";
  }

  private static List<PeerName> peersThatHave(
      Announcement announcement, SortedMap<PeerName, PeerStatus> peers) {
    TreeSet<PeerName> having = new TreeSet<>();
    for (BgpRoute route : announcement.routes()) {
      for (PeerName name : route.peers()) {
        PeerStatus peer = peers.get(name);
        if (peer != null && peer.state() == State.ESTABLISHED && !omits(peer, route.prefix())) {
          having.add(name);
        }
      }
    }
    return new ArrayList<>(having);
  }

  private static boolean omits(PeerStatus peer, IpPrefix prefix) {
    return peer.omitted().containsKey(prefix);
  }

  private static SpeakerStatus.PeerStatus peer(PeerStatus peer) {
    return new SpeakerStatus.PeerStatus(
        peer.name(),
        peer.peerAddress(),
        peer.state().toString(),
        peer.since(),
        peer.prefixesSent(),
        peer.lastError().map(error -> error.failure().describe()),
        new PeerSession(
            Optional.of(peer.localAsn()),
            peerAsn(peer),
            peer.negotiated().map(Negotiated::holdTime),
            peer.lastError().map(PeerStatus.LastError::at)),
        PeerTraffic.NONE);
  }

  private static Optional<Asn> peerAsn(PeerStatus peer) {
    return switch (peer.remoteAs()) {
      case RemoteAs.Exactly(Asn asn) -> Optional.of(asn);
      case RemoteAs.Internal _ -> Optional.of(peer.localAsn());
      case RemoteAs.External _ -> peer.negotiated().map(Negotiated::remoteAsn);
    };
  }

  /// What has gone between us and the peers so far.
  static SortedMap<PeerName, PeerTraffic> traffic(List<PeerStatus> peers) {
    SortedMap<PeerName, PeerTraffic> traffic = new TreeMap<>();
    for (PeerStatus peer : peers) {
      PeerStatus.Traffic counts = peer.traffic();
      traffic.put(
          peer.name(), new PeerTraffic(counts.messagesIn(), counts.messagesOut(), counts.flaps()));
    }
    return traffic;
  }
}
