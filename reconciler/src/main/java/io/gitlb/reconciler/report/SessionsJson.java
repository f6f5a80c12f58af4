// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.report.JsonText.Members;
import io.gitlb.reconciler.report.SessionsReport.NodeSessions;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Every session, for machines: flat lists, as a dashboard wants them, members as in the speakers'
/// own status. Members are added, never renamed or removed.
public final class SessionsJson {

  private SessionsJson() {}

  /// A document, ending in a line feed.
  public static String write(SessionsReport report) {
    return JsonText.write(
        new Members()
            .put("at", report.at())
            .put("nodes", report.nodes().stream().map(SessionsJson::members).toList())
            .put("bgp", all(report, NodeSessions::bgp, SessionsJson::bgp))
            .put("bfd", all(report, NodeSessions::bfd, SessionsJson::bfd))
            .put("liveness", all(report, NodeSessions::liveness, SessionsJson::liveness)));
  }

  private static <S> List<Members> all(
      SessionsReport report,
      Function<NodeSessions, List<S>> sessions,
      BiFunction<Members, S, Members> written) {
    return report.nodes().stream()
        .flatMap(
            node -> sessions.apply(node).stream().map(one -> written.apply(members(node), one)))
        .toList();
  }

  /// What each session begins with, so that nobody takes the word of a speaker that is away for
  /// today's.
  private static Members members(NodeSessions node) {
    return new Members().put("node", node.node()).put("speaker", node.speaker());
  }

  private static Members bgp(Members members, PeerStatus peer) {
    PeerSession session = peer.session();
    PeerTraffic traffic = peer.traffic();
    return members
        .put("peer", peer.name())
        .put(
            "peerAddress",
            Optional.of(peer.peerAddress())
                .filter(address -> !address.equals(PeerSettings.UNKNOWN_ADDRESS)))
        .put("interface", session.interfaceName())
        .put("localAsn", session.localAsn().map(Asn::number))
        .put("peerAsn", session.peerAsn().map(Asn::number))
        .put("state", peer.state())
        .put("since", peer.since())
        .put("holdTime", session.holdTime())
        .put("initialUpdateWaitsFor", session.waitingFor())
        .put("prefixesSent", peer.prefixesSent())
        .put("messagesIn", traffic.messagesIn())
        .put("messagesOut", traffic.messagesOut())
        .put("flaps", traffic.flaps())
        .put("prefixesReceived", traffic.prefixesReceived())
        .put("attributeFaults", traffic.attributeFaults())
        .put("lastError", peer.lastError())
        .put("lastErrorAt", session.lastErrorAt());
  }

  private static Members bfd(Members members, BfdStatus session) {
    return members
        .put("peerAddress", session.peerAddress())
        .put("peers", List.copyOf(session.peers()))
        .put("state", session.state())
        .put("since", session.since())
        .put("diagnostic", session.diagnostic())
        .put("transmitInterval", session.transmitInterval())
        .put("detectionTime", session.detectionTime())
        .put("flaps", session.flaps());
  }

  private static Members liveness(Members members, MemberStatus session) {
    return members
        .put("with", session.node())
        .put("interface", session.interfaceName())
        .put("state", session.state())
        .put("since", session.since())
        .put("diagnostic", session.diagnostic());
  }
}
