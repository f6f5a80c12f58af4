// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
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

  private final AnnouncementStatuses announcements = new AnnouncementStatuses();

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
    return new Composed(
        List.copyOf(announcements.follow(view, now).values()),
        peers(view, now),
        view.links().stream().map(StatusComposer::networkInterface).toList(),
        view.segments().members());
  }

  /// Those that BGP has, and those that it was not given.
  private List<SpeakerStatus.PeerStatus> peers(SpeakerView view, Instant now) {
    List<SpeakerStatus.PeerStatus> all = new ArrayList<>();
    List<PeerSettings> applied = view.applied().map(DesiredState::peers).orElse(List.of());
    // Peer → the link at whose other end it is (1:1).
    SortedMap<PeerName, String> links = new TreeMap<>();
    applied.forEach(
        peer -> peer.extras().interfaceName().ifPresent(link -> links.put(peer.name(), link)));
    for (PeerStatus peer : view.peers()) {
      PeerSession session =
          session(peer)
              .over(Optional.ofNullable(links.get(peer.name())))
              .waitingFor(hindrance(peer, view.holdsEndOfRib()));
      all.add(status(peer, session));
    }
    for (PeerSettings peer : applied) {
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
                        peerAsn(peer),
                        Optional.empty(),
                        Optional.of(since))
                    .over(peer.extras().interfaceName()),
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

  /// Why a session that is up is still in its initial update. When nothing holds that back it is on
  /// its way.
  private static Optional<String> hindrance(PeerStatus peer, Optional<Placement.Reason> held) {
    return peer.state() == State.ESTABLISHED && peer.completeness() == Completeness.PARTIAL
        ? Optional.of(held.orElse(Placement.Reason.WAITING).label())
        : Optional.empty();
  }

  private static SpeakerStatus.PeerStatus status(PeerStatus peer, PeerSession session) {
    return new SpeakerStatus.PeerStatus(
        peer.name(),
        peer.peerAddress(),
        peer.state().toString(),
        peer.since(),
        peer.prefixesSent(),
        peer.lastError().map(error -> error.failure().describe()),
        session,
        PeerTraffic.NONE);
  }

  private static PeerSession session(PeerStatus peer) {
    return new PeerSession(
        Optional.of(peer.localAsn()),
        peerAsn(peer),
        peer.negotiated().map(Negotiated::holdTime),
        peer.lastError().map(PeerStatus.LastError::at));
  }

  /// The AS of a peer that there is no session with; empty: another one than ours.
  static Optional<Asn> peerAsn(PeerSettings peer) {
    return switch (peer.peerAs()) {
      case PeerSettings.RemoteAs.Exactly(Asn asn) -> Optional.of(asn);
      case PeerSettings.RemoteAs.Dynamic.INTERNAL -> Optional.of(peer.myAsn());
      case PeerSettings.RemoteAs.Dynamic.EXTERNAL -> Optional.empty();
    };
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
          peer.name(),
          new PeerTraffic(
              counts.messagesIn(),
              counts.messagesOut(),
              counts.flaps(),
              counts.prefixesReceived(),
              counts.attributeFaults()));
    }
    return traffic;
  }
}
