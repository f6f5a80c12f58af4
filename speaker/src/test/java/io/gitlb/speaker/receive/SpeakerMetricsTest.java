// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.store.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SpeakerMetricsTest {

  private static SpeakerStatus status() {
    return new SpeakerStatus(
            Samples.NODE,
            "boot-1",
            5,
            Optional.of(new Generation(3, 42)),
            Optional.empty(),
            List.of(
                new AnnouncementStatus(
                    IpAddress.of("192.0.2.1"),
                    AnnouncementState.STANDBY,
                    Optional.empty(),
                    Instant.EPOCH,
                    List.of(),
                    List.of())),
            List.of(
                new PeerStatus(
                    new PeerName("a\"b"),
                    IpAddress.of("198.51.100.1"),
                    "Established",
                    Instant.EPOCH,
                    7,
                    Optional.empty(),
                    new PeerSession(
                            Optional.of(new Asn(64_512)),
                            Optional.of(new Asn(64_513)),
                            Optional.empty(),
                            Optional.of(Instant.ofEpochSecond(60)))
                        .waitingFor(Optional.of("NoHealthAnswer")),
                    new PeerTraffic(11, 12, 3, 14, 15))),
            List.of(),
            List.of(
                new MemberStatus(
                    new NodeName("node-b"), "eth0", "Up", Instant.EPOCH, Optional.empty())),
            new TreeMap<>(
                Map.of("bfd_dropped_too_short", 2L, "frames_answered", 17L, "gratuitous_sent", 4L)),
            List.of("GLB6011 eth0: one", "routes: GLB6019 two", "three"))
        .withBfd(
            List.of(
                new BfdStatus(
                    IpAddress.of("198.51.100.1"),
                    new TreeSet<>(Set.of(new PeerName("tor"))),
                    "Down",
                    Instant.ofEpochSecond(5),
                    Optional.empty(),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    6)));
  }

  @Test
  void aStatusIsToldInPrometheusText() {
    assertEquals(
        """
        # HELP gitlb_speaker_epoch Epoch of the newest desired state; 0: none.
        # TYPE gitlb_speaker_epoch gauge
        gitlb_speaker_epoch{kind="stored"} 3
        gitlb_speaker_epoch{kind="applied"} 0
        # HELP gitlb_speaker_generation Number of the newest desired state within its epoch; 0: none.
        # TYPE gitlb_speaker_generation gauge
        gitlb_speaker_generation{kind="stored"} 42
        gitlb_speaker_generation{kind="applied"} 0
        # HELP gitlb_speaker_announcements Addresses by what becomes of them on this node.
        # TYPE gitlb_speaker_announcements gauge
        gitlb_speaker_announcements{state="announced"} 0
        gitlb_speaker_announcements{state="standby"} 1
        gitlb_speaker_announcements{state="not_announced"} 0
        # HELP gitlb_speaker_bgp_session_established Whether the session is up: 1 or 0.
        # TYPE gitlb_speaker_bgp_session_established gauge
        gitlb_speaker_bgp_session_established{peer="a\\"b"} 1
        # HELP gitlb_speaker_bgp_prefixes_sent Size of the Adj-RIB-Out.
        # TYPE gitlb_speaker_bgp_prefixes_sent gauge
        gitlb_speaker_bgp_prefixes_sent{peer="a\\"b"} 7
        # HELP gitlb_speaker_bgp_session_state 1 for the state that the session is in (RFC 4271).
        # TYPE gitlb_speaker_bgp_session_state gauge
        gitlb_speaker_bgp_session_state{peer="a\\"b",state="Established"} 1
        # HELP gitlb_speaker_bgp_peer_info 1; the labels say with whom the session is, in which AS.
        # TYPE gitlb_speaker_bgp_peer_info gauge
        gitlb_speaker_bgp_peer_info{peer="a\\"b",address="198.51.100.1",interface="",peer_as="64513",local_as="64512"} 1
        # HELP gitlb_speaker_bgp_initial_update_waits 1 while the peer may lack routes and End-of-RIB.
        # TYPE gitlb_speaker_bgp_initial_update_waits gauge
        gitlb_speaker_bgp_initial_update_waits{peer="a\\"b",reason="NoHealthAnswer"} 1
        # HELP gitlb_speaker_bgp_session_since_timestamp_seconds When it entered its state; Unix time.
        # TYPE gitlb_speaker_bgp_session_since_timestamp_seconds gauge
        gitlb_speaker_bgp_session_since_timestamp_seconds{peer="a\\"b"} 0
        # HELP gitlb_speaker_bgp_last_error_timestamp_seconds When it failed last; Unix time, 0: never.
        # TYPE gitlb_speaker_bgp_last_error_timestamp_seconds gauge
        gitlb_speaker_bgp_last_error_timestamp_seconds{peer="a\\"b"} 60
        # HELP gitlb_speaker_bgp_messages_received_total Messages from the peer.
        # TYPE gitlb_speaker_bgp_messages_received_total counter
        gitlb_speaker_bgp_messages_received_total{peer="a\\"b"} 11
        # HELP gitlb_speaker_bgp_messages_sent_total Messages to the peer.
        # TYPE gitlb_speaker_bgp_messages_sent_total counter
        gitlb_speaker_bgp_messages_sent_total{peer="a\\"b"} 12
        # HELP gitlb_speaker_bgp_session_flaps_total How often an established session has ended.
        # TYPE gitlb_speaker_bgp_session_flaps_total counter
        gitlb_speaker_bgp_session_flaps_total{peer="a\\"b"} 3
        # HELP gitlb_speaker_bgp_prefixes_received_total Announced to us, repetitions included; none is kept.
        # TYPE gitlb_speaker_bgp_prefixes_received_total counter
        gitlb_speaker_bgp_prefixes_received_total{peer="a\\"b"} 14
        # HELP gitlb_speaker_bgp_attribute_faults_total Faults that the session survived (RFC 7606).
        # TYPE gitlb_speaker_bgp_attribute_faults_total counter
        gitlb_speaker_bgp_attribute_faults_total{peer="a\\"b"} 15
        # HELP gitlb_speaker_bfd_session_up Whether the session with the router is up: 1 or 0.
        # TYPE gitlb_speaker_bfd_session_up gauge
        gitlb_speaker_bfd_session_up{address="198.51.100.1",peer="tor"} 0
        # HELP gitlb_speaker_bfd_session_since_timestamp_seconds When it entered its state; Unix time.
        # TYPE gitlb_speaker_bfd_session_since_timestamp_seconds gauge
        gitlb_speaker_bfd_session_since_timestamp_seconds{address="198.51.100.1",peer="tor"} 5
        # HELP gitlb_speaker_bfd_session_flaps_total How often it has ended after it was up.
        # TYPE gitlb_speaker_bfd_session_flaps_total counter
        gitlb_speaker_bfd_session_flaps_total{address="198.51.100.1",peer="tor"} 6
        # HELP gitlb_speaker_liveness_sessions Sessions with other speakers by state, as RFC 5880 names it.
        # TYPE gitlb_speaker_liveness_sessions gauge
        gitlb_speaker_liveness_sessions{state="AdminDown"} 0
        gitlb_speaker_liveness_sessions{state="Down"} 0
        gitlb_speaker_liveness_sessions{state="Init"} 0
        gitlb_speaker_liveness_sessions{state="Up"} 1
        # HELP gitlb_speaker_problems Things that are wrong with this speaker as a whole.
        # TYPE gitlb_speaker_problems gauge
        gitlb_speaker_problems 3
        # HELP gitlb_speaker_problems_by_code The same, of those that have a code.
        # TYPE gitlb_speaker_problems_by_code gauge
        gitlb_speaker_problems_by_code{code="GLB6011"} 1
        gitlb_speaker_problems_by_code{code="GLB6019"} 1
        # HELP gitlb_speaker_bfd_dropped_total BFD packets of routers without effect.
        # TYPE gitlb_speaker_bfd_dropped_total counter
        gitlb_speaker_bfd_dropped_total{reason="too_short"} 2
        # HELP gitlb_speaker_layer2_total What layer 2 has done since the start.
        # TYPE gitlb_speaker_layer2_total counter
        gitlb_speaker_layer2_total{event="frames_answered"} 17
        gitlb_speaker_layer2_total{event="gratuitous_sent"} 4
        """,
        SpeakerMetrics.of(status()));
  }

  @Test
  void theMetricsThatRoutersShallBeWatchedByAreThere() throws IOException {
    String told = SpeakerMetrics.of(status());
    List<String> unknown =
        Pattern.compile("`(gitlb_speaker_\\w+)`")
            .matcher(Files.readString(Path.of("ROUTERS.md")))
            .results()
            .map(named -> named.group(1))
            .filter(name -> !told.contains("# TYPE " + name + " "))
            .toList();
    assertEquals(List.of(), unknown);
  }

  @Test
  void aPeerThatWasNotFoundYetHasALinkAndNoAddress() {
    PeerStatus waiting =
        new PeerStatus(
            new PeerName("uplink"),
            PeerSettings.UNKNOWN_ADDRESS,
            "Idle",
            Instant.EPOCH,
            0,
            Optional.empty(),
            PeerSession.UNKNOWN.over(Optional.of("eth1")),
            PeerTraffic.NONE);
    SpeakerStatus status =
        new SpeakerStatus(
            Samples.NODE,
            "boot-1",
            5,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(waiting),
            List.of(),
            List.of(),
            new TreeMap<>(),
            List.of());
    assertTrue(
        SpeakerMetrics.of(status)
            .contains(
                """
                gitlb_speaker_bgp_peer_info{peer="uplink",address="",interface="eth1",peer_as="",local_as=""} 1
                """));
  }
}
