// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.report.SessionsReport.NodeSessions;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.PeerName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;

/// Every session with a router, for a terminal, and those between speakers that are not up: of
/// sound ones there are hundreds. Times in UTC.
public final class SessionsText {

  private static final String NOTHING = "-";

  private SessionsText() {}

  /// All of it, ending in a line feed.
  public static String write(SessionsReport report) {
    return bgp(report) + initialUpdates(report) + bfd(report) + silent(report);
  }

  private static String bgp(SessionsReport report) {
    if (report.nodes().stream().allMatch(node -> node.bgp().isEmpty())) {
      return "no speaker has a BGP peer\n";
    }
    Table table =
        new Table(
            "NODE",
            "PEER",
            "NEIGHBOUR",
            "AS",
            "STATE",
            "SINCE",
            "PREFIXES",
            "MSGS IN",
            "MSGS OUT",
            "FLAPS",
            "LAST ERROR");
    for (NodeSessions node : report.nodes()) {
      node.bgp().forEach(peer -> table.row(row(node, peer)));
    }
    return table.text();
  }

  private static String[] row(NodeSessions node, PeerStatus peer) {
    return new String[] {
      node.node().value(),
      peer.name().value(),
      peer.neighbour(),
      peer.session().peerAsn().map(Object::toString).orElse("external"),
      peer.state(),
      time(peer.since()),
      Integer.toString(peer.prefixesSent()),
      Long.toString(peer.traffic().messagesIn()),
      Long.toString(peer.traffic().messagesOut()),
      Long.toString(peer.traffic().flaps()),
      peer.lastError()
          .map(
              error ->
                  error + peer.session().lastErrorAt().map(at -> " (" + time(at) + ")").orElse(""))
          .orElse(NOTHING)
    };
  }

  private static String initialUpdates(SessionsReport report) {
    StringBuilder text = new StringBuilder();
    for (NodeSessions node : report.nodes()) {
      for (PeerStatus peer : node.bgp()) {
        peer.session()
            .waitingFor()
            .ifPresent(
                reason ->
                    text.append("\n%s, %s: ".formatted(node.node(), peer.name()))
                        .append("initial update not complete, no End-of-RIB yet: ")
                        .append(reason));
      }
    }
    return text.isEmpty() ? "" : text.append("\n").toString();
  }

  private static String bfd(SessionsReport report) {
    Table table = new Table("NODE", "BFD WITH", "FOR", "STATE", "SINCE", "FLAPS", "DIAGNOSTIC");
    int rows = 0;
    for (NodeSessions node : report.nodes()) {
      for (BfdStatus session : node.bfd()) {
        table.row(
            node.node().value(),
            session.peerAddress().toString(),
            session.peers().stream().map(PeerName::value).collect(Collectors.joining(", ")),
            session.state(),
            time(session.since()),
            Long.toString(session.flaps()),
            session.diagnostic().orElse(NOTHING));
        rows++;
      }
      for (MemberStatus session : node.liveness()) {
        if (!session.state().equals("Up")) {
          table.row(
              node.node().value(),
              session.node().value(),
              "liveness on " + session.interfaceName(),
              session.state(),
              time(session.since()),
              NOTHING,
              session.diagnostic().orElse(NOTHING));
          rows++;
        }
      }
    }
    return rows == 0 ? "" : "\n" + table.text();
  }

  private static String time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Whose word is not of now.
  private static String silent(SessionsReport report) {
    String lines =
        report.nodes().stream()
            .filter(node -> !node.speaker().equals(NodeSessions.UP))
            .map(node -> node.node() + ", as told last: " + node.speaker() + "\n")
            .collect(Collectors.joining());
    return lines.isEmpty() ? "" : "\n" + lines;
  }
}
