// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.LinkView;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.l2.Link;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class StatusComposerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Link ETH0 =
      new Link(
          "eth0",
          2,
          MacAddress.of("02:00:5e:00:53:01"),
          new TreeSet<>(Set.of(IpPrefix.of("192.0.2.0/24"))));
  private static final PeerName TOR = new PeerName("tor-a");
  private static final SnapshotMap<IpPrefix, RouteAttributes> TOLD =
      SnapshotMap.<IpPrefix, RouteAttributes>empty()
          .with(IpPrefix.of("192.0.2.10/32"), RouteAttributes.DEFAULT);

  private final StatusComposer composer = new StatusComposer();

  @Test
  void withoutAStateThereIsNothingButTheLinks() {
    StatusComposer.Composed composed =
        composer.compose(
            new SpeakerView(
                Optional.empty(),
                ActiveSet.EMPTY,
                List.of(ETH0),
                List.of(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>()),
            START);
    assertEquals(List.of(), composed.announcements());
    assertEquals(
        List.of(
            new InterfaceStatus(
                "eth0", MacAddress.of("02:00:5e:00:53:01"), new TreeSet<>(), ETH0.onLink())),
        composed.interfaces());
  }

  @Test
  void anAnsweredAddressNamesItsInterfaces() {
    assertEquals(
        status(
            AnnouncementState.ANNOUNCED,
            Optional.empty(),
            List.of("eth0"),
            List.of(),
            layer2Status(Optional.of(SELF), 1)),
        compose(layer2("192.0.2.10", List.of(SELF)), List.of()));
  }

  @Test
  void aRouterAtTheEndOfALinkIsShownWithTheLink() {
    PeerSettings tor = DesiredStates.peer("tor-a", "fe80::1");
    DesiredState desired =
        state(1, List.of(tor.withExtras(tor.extras().withInterface(Optional.of("eth1")))));
    SpeakerView view =
        new SpeakerView(
            Optional.of(desired),
            ActiveSet.EMPTY,
            List.of(),
            List.of(peer(State.ACTIVE)),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>());
    assertEquals(
        Optional.of("eth1"),
        composer.compose(view, START).peers().getFirst().session().interfaceName());
  }

  @Test
  void aSessionThatIsUpSaysWhatItsInitialUpdateWaitsFor() {
    Optional<Placement.Reason> held = Optional.of(Placement.Reason.WAITING_FOR_RECONCILER);
    assertEquals(
        Optional.of("WaitingForReconciler"),
        waitingFor(State.ESTABLISHED, Completeness.PARTIAL, held));
    assertEquals(
        Optional.of("Waiting"),
        waitingFor(State.ESTABLISHED, Completeness.PARTIAL, Optional.empty()),
        "on its way");
    assertEquals(
        Optional.empty(),
        waitingFor(State.ESTABLISHED, Completeness.WHOLE, held),
        "what is held now is no part of the initial update");
    assertEquals(Optional.empty(), waitingFor(State.OPEN_SENT, Completeness.PARTIAL, held));
  }

  private Optional<String> waitingFor(
      State state, Completeness completeness, Optional<Placement.Reason> held) {
    PeerStatus up = peer(state);
    PeerStatus peer =
        new PeerStatus(
            up.name(),
            up.peerAddress(),
            up.localAsn(),
            up.remoteAs(),
            state,
            START,
            up.negotiated(),
            up.told(),
            completeness,
            up.omitted(),
            up.traffic(),
            up.lastError());
    SpeakerView view =
        new SpeakerView(
            Optional.empty(),
            ActiveSet.EMPTY,
            List.of(),
            List.of(peer),
            SnapshotMap.empty(),
            held,
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            SpeakerView.Segments.UNKNOWN);
    return composer.compose(view, START).peers().getFirst().session().waitingFor();
  }

  @Test
  void whatTheSegmentsSayIsPassedOn() {
    Instant told = START.minusSeconds(3);
    MemberStatus member = new MemberStatus(OTHER, "eth0", "Up", START, Optional.empty());
    DesiredState state = state(1, List.of(), layer2("192.0.2.10", List.of(SELF)));
    StatusComposer.Composed composed =
        composer.compose(
            new SpeakerView(
                Optional.of(state),
                ActiveSet.EMPTY,
                List.of(ETH0),
                List.of(),
                SnapshotMap.empty(),
                Optional.empty(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new SpeakerView.Segments(
                    SnapshotMap.<IpAddress, Instant>empty().with(IpAddress.of("192.0.2.10"), told),
                    List.of(member))),
            START);
    assertEquals(
        Optional.of(told),
        composed.announcements().getFirst().layer2().orElseThrow().lastGratuitous());
    assertEquals(List.of(member), composed.members());
  }

  @Test
  void anAddressOfAnotherNodeIsOnStandby() {
    assertEquals(
        status(
            AnnouncementState.STANDBY,
            Optional.empty(),
            List.of(),
            List.of(),
            layer2Status(Optional.of(OTHER), 2)),
        compose(layer2("192.0.2.10", List.of(OTHER, SELF)), List.of()));
  }

  @Test
  void anAddressThatCannotBeAnsweredSaysWhy() {
    assertEquals(
        status(
            AnnouncementState.NOT_ANNOUNCED,
            Optional.of("NoInterface"),
            List.of(),
            List.of(),
            layer2Status(Optional.empty(), 1)),
        compose(layer2("192.0.2.10", List.of(SELF), "eth9"), List.of()));
  }

  @Test
  void aRoutedAddressIsAnnouncedWhenAPeerHasIt() {
    assertEquals(
        status(AnnouncementState.ANNOUNCED, Optional.empty(), List.of(), List.of(TOR)),
        compose(routed("192.0.2.10", route()), List.of(peer(State.ESTABLISHED))));
  }

  @Test
  void aRoutedAddressWithoutASessionSaysSo() {
    AnnouncementStatus expected =
        status(
            AnnouncementState.NOT_ANNOUNCED,
            Optional.of("NoEstablishedPeer"),
            List.of(),
            List.of());
    assertEquals(
        expected, compose(routed("192.0.2.10", route()), List.of(peer(State.OPEN_CONFIRM))));
    assertEquals(expected, compose(routed("192.0.2.10", route()), List.of()));
  }

  @Test
  void aRouteThatThePeerCannotHaveSaysWhy() {
    assertEquals(
        status(AnnouncementState.NOT_ANNOUNCED, Optional.of("NoNextHop"), List.of(), List.of()),
        compose(
            routed("192.0.2.10", route()), List.of(peer(State.ESTABLISHED, Omission.NO_NEXT_HOP))));
  }

  /// The reconciler takes this word for none.
  @Test
  void aRouteThatHasNotGoneToThePeerYetIsNotAnnounced() {
    PeerStatus peer = peer(State.ESTABLISHED);
    assertEquals(
        status(AnnouncementState.NOT_ANNOUNCED, Optional.of("Waiting"), List.of(), List.of()),
        compose(routed("192.0.2.10", route()), List.of(having(peer, SnapshotMap.empty()))));
    assertEquals(List.of(TOR), compose(routed("192.0.2.10", route()), List.of(peer)).peers());
  }

  @Test
  void anAddressWithNeitherWayIsNotAdvertised() {
    assertEquals(
        status(
            AnnouncementState.NOT_ANNOUNCED, Optional.of("NoAdvertisement"), List.of(), List.of()),
        compose(routed("192.0.2.10"), List.of()));
  }

  @Test
  void sinceIsWhenTheStateChangedNotWhenItWasToldAgain() {
    Announcement announcement = routed("192.0.2.10", route());
    assertEquals(START, composeAt(announcement, List.of(), START).since());
    assertEquals(START, composeAt(announcement, List.of(), START.plusSeconds(5)).since());
    List<PeerStatus> established = List.of(peer(State.ESTABLISHED));
    assertEquals(
        START.plusSeconds(9), composeAt(announcement, established, START.plusSeconds(9)).since());
    assertEquals(
        START.plusSeconds(9), composeAt(announcement, established, START.plusSeconds(99)).since());
  }

  private AnnouncementStatus compose(Announcement announcement, List<PeerStatus> peers) {
    return composeAt(announcement, peers, START);
  }

  private AnnouncementStatus composeAt(
      Announcement announcement, List<PeerStatus> peers, Instant now) {
    DesiredState desired =
        state(1, List.of(DesiredStates.peer("tor-a", "198.51.100.1")), announcement);
    ActiveSet active =
        DesiredStates.place(
            SELF,
            desired,
            List.of(new LinkView("eth0", ETH0.onLink(), new LinkView.Capture.Running(1))));
    SpeakerView view =
        new SpeakerView(
            Optional.of(desired),
            active,
            List.of(ETH0),
            peers,
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>());
    return composer.compose(view, now).announcements().getFirst();
  }

  private static AnnouncementStatus status(
      AnnouncementState state,
      Optional<String> reason,
      List<String> interfaces,
      List<PeerName> peers) {
    return new AnnouncementStatus(
        IpAddress.of("192.0.2.10"), state, reason, START, interfaces, peers);
  }

  private static AnnouncementStatus status(
      AnnouncementState state,
      Optional<String> reason,
      List<String> interfaces,
      List<PeerName> peers,
      Layer2Status layer2) {
    return new AnnouncementStatus(
        IpAddress.of("192.0.2.10"), state, reason, START, interfaces, peers, Optional.of(layer2));
  }

  private static Layer2Status layer2Status(Optional<NodeName> owner, int position) {
    return new Layer2Status(owner, position, 0, Optional.empty(), Optional.empty());
  }

  private static BgpRoute route() {
    return new BgpRoute(
        IpPrefix.of("192.0.2.10/32"), OptionalLong.empty(), List.of(), new TreeSet<>(Set.of(TOR)));
  }

  private static PeerStatus having(PeerStatus peer, SnapshotMap<IpPrefix, RouteAttributes> told) {
    return new PeerStatus(
        peer.name(),
        peer.peerAddress(),
        peer.localAsn(),
        peer.remoteAs(),
        peer.state(),
        peer.since(),
        peer.negotiated(),
        told,
        peer.completeness(),
        peer.omitted(),
        peer.traffic(),
        peer.lastError());
  }

  private static PeerStatus peer(State state, Omission... omissions) {
    SortedMap<IpPrefix, Omission> omitted = new TreeMap<>();
    for (Omission omission : omissions) {
      omitted.put(IpPrefix.of("192.0.2.10/32"), omission);
    }
    return new PeerStatus(
        TOR,
        IpAddress.of("198.51.100.1"),
        new Asn(64_512),
        new RemoteAs.Exactly(new Asn(64_513)),
        state,
        START,
        Optional.empty(),
        omitted.isEmpty() ? TOLD : SnapshotMap.empty(),
        Completeness.WHOLE,
        SnapshotMap.copyOf(omitted),
        new PeerStatus.Traffic(0, 0, 0, 0, 0),
        Optional.empty());
  }
}
