// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.report.SessionsJson;
import io.gitlb.reconciler.report.SessionsText;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The sessions of all nodes in one place, for a dashboard and for whoever is on call.
class SessionsTest {

  private static final Instant SINCE = Instant.parse("2026-05-03T13:00:00.125Z");
  private static final Failure AWAY = new Failure("GLB3001", "the speaker does not answer");

  private static final PeerStatus TOR =
      new PeerStatus(
          new PeerName("tor"),
          IpAddress.of("198.51.100.1"),
          "Established",
          SINCE,
          120,
          Optional.of("hold timer expired"),
          new PeerSession(
                  Optional.of(new Asn(64_512)),
                  Optional.of(new Asn(4_200_000_001L)),
                  Optional.of(Duration.ofSeconds(90)),
                  Optional.of(SINCE.minusSeconds(30)))
              .waitingFor(Optional.of("NoHealthAnswer")),
          new PeerTraffic(10, 11, 2, 3, 4));

  private static final PeerStatus UPLINK =
      new PeerStatus(
          new PeerName("uplink"),
          PeerSettings.UNKNOWN_ADDRESS,
          "Idle",
          SINCE,
          0,
          Optional.empty(),
          PeerSession.UNKNOWN.over(Optional.of("eth1")),
          PeerTraffic.NONE);

  private static final BfdStatus ROUTER =
      new BfdStatus(
          IpAddress.of("198.51.100.1"),
          new TreeSet<>(Set.of(new PeerName("tor"), new PeerName("tor-6"))),
          "Up",
          SINCE,
          Optional.empty(),
          Duration.ofMillis(50),
          Duration.ofMillis(150),
          Duration.ZERO,
          4);

  private static final MemberStatus SOUND = liveness("n3", "Up", Optional.empty());
  private static final MemberStatus CUT =
      liveness("n2", "Down", Optional.of("Control Detection Time Expired"));

  private static MemberStatus liveness(String node, String state, Optional<String> diagnostic) {
    return new MemberStatus(new NodeName(node), "eth0", state, SINCE, diagnostic);
  }

  private static SpeakerReport report(
      Optional<Failure> failure,
      List<PeerStatus> peers,
      List<BfdStatus> bfd,
      List<MemberStatus> members) {
    SpeakerStatus status =
        new SpeakerStatus(
            new NodeName("n1"),
            "boot",
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            peers,
            List.of(),
            members,
            Collections.emptySortedMap(),
            List.of(),
            bfd);
    return new SpeakerReport(Optional.empty(), Optional.of(status), failure);
  }

  private static Overview threeNodes() {
    SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();
    reports.put(
        new NodeName("n3"),
        new SpeakerReport(Optional.empty(), Optional.empty(), Optional.empty()));
    reports.put(
        new NodeName("n2"), report(Optional.of(AWAY), List.of(UPLINK), List.of(), List.of()));
    reports.put(
        new NodeName("n1"),
        report(Optional.empty(), List.of(TOR), List.of(ROUTER), List.of(CUT, SOUND)));
    return Overviews.of(reports);
  }

  @Test
  void aPersonReadsThemAsASummaryAndWhichAreNotOfNow() {
    assertEquals(
        """
        NODE  PEER    NEIGHBOUR     AS          STATE        SINCE                 PREFIXES  MSGS IN  MSGS OUT  FLAPS  LAST ERROR
        n1    tor     198.51.100.1  4200000001  Established  2026-05-03T13:00:00Z  120       10       11        2      hold timer expired (2026-05-03T12:59:30Z)
        n2    uplink  eth1          external    Idle         2026-05-03T13:00:00Z  0         0        0         0      -

        n1, tor: initial update not complete, no End-of-RIB yet: NoHealthAnswer

        NODE  BFD WITH      FOR               STATE  SINCE                 FLAPS  DIAGNOSTIC
        n1    198.51.100.1  tor, tor-6        Up     2026-05-03T13:00:00Z  4      -
        n1    n2            liveness on eth0  Down   2026-05-03T13:00:00Z  -      Control Detection Time Expired

        n2, as told last: GLB3001 the speaker does not answer
        n3, as told last: not heard of yet
        """,
        SessionsText.write(threeNodes().sessions()));
  }

  @Test
  void aMachineReadsAllInTheWordsOfTheSpeakersStatus() {
    assertEquals(
        """
        {
          "at": "2026-05-03T14:05:00Z",
          "nodes": [
            {
              "node": "n1",
              "speaker": "up"
            },
            {
              "node": "n2",
              "speaker": "GLB3001 the speaker does not answer"
            },
            {
              "node": "n3",
              "speaker": "not heard of yet"
            }
          ],
          "bgp": [
            {
              "node": "n1",
              "speaker": "up",
              "peer": "tor",
              "peerAddress": "198.51.100.1",
              "interface": null,
              "localAsn": 64512,
              "peerAsn": 4200000001,
              "state": "Established",
              "since": "2026-05-03T13:00:00.125Z",
              "holdTime": "PT1M30S",
              "initialUpdateWaitsFor": "NoHealthAnswer",
              "prefixesSent": 120,
              "messagesIn": 10,
              "messagesOut": 11,
              "flaps": 2,
              "prefixesReceived": 3,
              "attributeFaults": 4,
              "lastError": "hold timer expired",
              "lastErrorAt": "2026-05-03T12:59:30.125Z"
            },
            {
              "node": "n2",
              "speaker": "GLB3001 the speaker does not answer",
              "peer": "uplink",
              "peerAddress": null,
              "interface": "eth1",
              "localAsn": null,
              "peerAsn": null,
              "state": "Idle",
              "since": "2026-05-03T13:00:00.125Z",
              "holdTime": null,
              "initialUpdateWaitsFor": null,
              "prefixesSent": 0,
              "messagesIn": 0,
              "messagesOut": 0,
              "flaps": 0,
              "prefixesReceived": 0,
              "attributeFaults": 0,
              "lastError": null,
              "lastErrorAt": null
            }
          ],
          "bfd": [
            {
              "node": "n1",
              "speaker": "up",
              "peerAddress": "198.51.100.1",
              "peers": [
                "tor",
                "tor-6"
              ],
              "state": "Up",
              "since": "2026-05-03T13:00:00.125Z",
              "diagnostic": null,
              "transmitInterval": "PT0.05S",
              "detectionTime": "PT0.15S",
              "flaps": 4
            }
          ],
          "liveness": [
            {
              "node": "n1",
              "speaker": "up",
              "with": "n2",
              "interface": "eth0",
              "state": "Down",
              "since": "2026-05-03T13:00:00.125Z",
              "diagnostic": "Control Detection Time Expired"
            },
            {
              "node": "n1",
              "speaker": "up",
              "with": "n3",
              "interface": "eth0",
              "state": "Up",
              "since": "2026-05-03T13:00:00.125Z",
              "diagnostic": null
            }
          ]
        }
        """,
        SessionsJson.write(threeNodes().sessions()));
  }
}
