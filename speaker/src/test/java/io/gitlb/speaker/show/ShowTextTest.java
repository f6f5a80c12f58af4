// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.WellKnownCommunity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ShowTextTest {

  private static final NodeName NODE = new NodeName("node-a");
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final ShowText.Pace PACE = new ShowText.Pace(Duration.ofMillis(100), 3);

  private static SpeakerStatus status(
      List<AnnouncementStatus> announcements, List<PeerStatus> peers, List<MemberStatus> members) {
    return new SpeakerStatus(
        NODE,
        "boot",
        1,
        Optional.empty(),
        Optional.empty(),
        announcements,
        peers,
        List.of(),
        members,
        Collections.emptySortedMap(),
        List.of());
  }

  private static SpeakerStatus nothing() {
    return status(List.of(), List.of(), List.of());
  }

  @Test
  void whereThereIsNothingThatIsSaid() {
    assertEquals("no BGP peer is for node node-a", ShowText.bgp(nothing(), NOW));
    assertEquals("node node-a has no BFD session", ShowText.bfd(nothing(), PACE, NOW));
    assertEquals("node node-a has no route for a peer", ShowText.routes(nothing(), List.of()));
    assertEquals("no address of layer 2 is for node node-a", ShowText.layer2(nothing(), NOW));
  }

  @Test
  void sessionsWithRoutersAreAsInASummary() {
    PeerStatus up =
        new PeerStatus(
            new PeerName("tor-1"),
            IpAddress.of("198.51.100.1"),
            "Established",
            NOW.minus(Duration.ofHours(51).plusMinutes(12)),
            120,
            Optional.of("hold timer expired"),
            new PeerSession(
                Optional.of(new Asn(64_512)),
                Optional.of(new Asn(4_200_000_001L)),
                Optional.of(Duration.ofSeconds(90)),
                Optional.of(NOW.minusSeconds(90))),
            new PeerTraffic(10, 11, 2, 0, 0));
    PeerStatus down =
        new PeerStatus(
            new PeerName("b"),
            IpAddress.of("2001:db8::1"),
            "Idle",
            NOW.plusSeconds(5),
            0,
            Optional.empty());
    assertEquals(
        """
        PEER   NEIGHBOUR     AS          LOCAL AS  STATE        SINCE     HOLD  PREFIXES  MSGS IN  MSGS OUT  FLAPS  LAST ERROR
        tor-1  198.51.100.1  4200000001  64512     Established  2d03h12m  90s   120       10       11        2      hold timer expired (00:01:30 ago)
        b      2001:db8::1   external    -         Idle         00:00:00  -     0         0        0         0      -""",
        ShowText.bgp(status(List.of(), List.of(up, down), List.of()), NOW));
  }

  @Test
  void aSessionInItsInitialUpdateSaysWhatThatWaitsFor() {
    PeerStatus peer =
        new PeerStatus(
            new PeerName("tor-1"),
            IpAddress.of("198.51.100.1"),
            "Established",
            NOW,
            0,
            Optional.empty(),
            PeerSession.UNKNOWN.waitingFor(Optional.of("WaitingForReconciler")),
            PeerTraffic.NONE);
    assertEquals(
        """
        PEER   NEIGHBOUR     AS        LOCAL AS  STATE        SINCE     HOLD  PREFIXES  MSGS IN  MSGS OUT  FLAPS  LAST ERROR
        tor-1  198.51.100.1  external  -         Established  00:00:00  -     0         0        0         0      -

        INITIAL UPDATE NOT COMPLETE, NO END-OF-RIB YET
        tor-1: WaitingForReconciler""",
        ShowText.bgp(status(List.of(), List.of(peer), List.of()), NOW));
  }

  @Test
  void aRouterAtTheEndOfALinkIsKnownByTheLink() {
    PeerStatus found =
        new PeerStatus(
            new PeerName("uplink-1"),
            IpAddress.of("fe80::1"),
            "Connect",
            NOW,
            0,
            Optional.empty(),
            PeerSession.UNKNOWN.over(Optional.of("eth1")),
            PeerTraffic.NONE);
    PeerStatus waiting =
        new PeerStatus(
            new PeerName("uplink-2"),
            PeerSettings.UNKNOWN_ADDRESS,
            "Idle",
            NOW,
            0,
            Optional.empty(),
            PeerSession.UNKNOWN.over(Optional.of("eth2")),
            PeerTraffic.NONE);
    assertEquals(
        """
        PEER      NEIGHBOUR     AS        LOCAL AS  STATE    SINCE     HOLD  PREFIXES  MSGS IN  MSGS OUT  FLAPS  LAST ERROR
        uplink-1  fe80::1%eth1  external  -         Connect  00:00:00  -     0         0        0         0      -
        uplink-2  eth2          external  -         Idle     00:00:00  -     0         0        0         0      -""",
        ShowText.bgp(status(List.of(), List.of(found, waiting), List.of()), NOW));
  }

  @Test
  void sessionsOfBfdAreThoseWithRoutersAndThoseWithSpeakers() {
    MemberStatus member =
        new MemberStatus(
            new NodeName("node-b"),
            "eth0",
            "Down",
            NOW.minusSeconds(61),
            Optional.of("Control Detection Time Expired"));
    BfdStatus router =
        new BfdStatus(
            IpAddress.of("198.51.100.1"),
            new TreeSet<>(Set.of(new PeerName("tor-1"), new PeerName("tor-2"))),
            "Up",
            NOW,
            Optional.empty(),
            Duration.ofMillis(50),
            Duration.ofMillis(150),
            Duration.ZERO,
            4);
    assertEquals(
        """
        PEER          KIND      FOR           STATE  SINCE     SENT EACH  DOWN AFTER  FLAPS  DIAGNOSTIC
        198.51.100.1  router    tor-1, tor-2  Up     00:00:00  50ms       150ms       4      -
        node-b        liveness  eth0          Down   00:01:01  100ms      300ms       -      Control Detection Time Expired""",
        ShowText.bfd(
            status(List.of(), List.of(), List.of(member)).withBfd(List.of(router)), PACE, NOW));
  }

  @Test
  void aRouteSaysWhoHasItAndWhoDoesNot() {
    RouteLine route =
        new RouteLine(
            IpPrefix.of("192.0.2.10/32"),
            OptionalLong.of(0),
            List.of(WellKnownCommunity.GRACEFUL_SHUTDOWN),
            new TreeSet<>(Set.of(new PeerName("a"), new PeerName("b"))),
            SnapshotMap.copyOf(Map.of(new PeerName("c"), "NotEstablished")));
    assertEquals(
        """
        PREFIX         LOCAL PREF  COMMUNITIES  PEERS  NOT TOLD
        192.0.2.10/32  0           65535:0      a, b   c (NotEstablished)""",
        ShowText.routes(nothing(), List.of(route)));
  }

  @Test
  void aRouteNamesFewOfManyPeers() {
    SortedSet<PeerName> peers = new TreeSet<>();
    for (String name : "a b c d e f".split(" ")) {
      peers.add(new PeerName(name));
    }
    RouteLine route =
        new RouteLine(
            IpPrefix.of("192.0.2.10/32"),
            OptionalLong.empty(),
            List.of(),
            peers,
            SnapshotMap.empty());
    assertEquals(
        """
        PREFIX         LOCAL PREF  COMMUNITIES  PEERS               NOT TOLD
        192.0.2.10/32  -           -            a, b, c and 3 more  -""",
        ShowText.routes(nothing(), List.of(route)));
  }

  @Test
  void anAddressSaysWhoHoldsItAndWhoElseClaimsIt() {
    Conflict conflict =
        new Conflict(
            MacAddress.of("02:00:5e:00:53:09"),
            ConflictKind.FOREIGN,
            NOW.minusSeconds(9),
            NOW.minusSeconds(1));
    AnnouncementStatus held =
        new AnnouncementStatus(
            IpAddress.of("192.0.2.10"),
            AnnouncementState.ANNOUNCED,
            Optional.empty(),
            NOW.minusSeconds(3),
            List.of("eth0", "eth1"),
            List.of(),
            Optional.of(
                new Layer2Status(
                    Optional.of(NODE),
                    1,
                    1,
                    Optional.of(NOW.minusSeconds(2)),
                    Optional.of(conflict))));
    AnnouncementStatus routed =
        new AnnouncementStatus(
            IpAddress.of("192.0.2.11"),
            AnnouncementState.ANNOUNCED,
            Optional.empty(),
            NOW,
            List.of(),
            List.of());
    assertEquals(
        """
        ADDRESS     OWNER   STATE      SINCE     INTERFACES  LAST GRATUITOUS  CONFLICT
        192.0.2.10  node-a  announced  00:00:03  eth0, eth1  00:00:02 ago     02:00:5e:00:53:09, a foreign station, heard 00:00:01 ago""",
        ShowText.layer2(status(List.of(held, routed), List.of(), List.of()), NOW));
  }
}
