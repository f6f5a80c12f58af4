// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.PeerName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A status in Prometheus' text format, version 0.0.4. Pure.
final class SpeakerMetrics {

  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Pattern CODE = Pattern.compile("GLB\\d{4}");

  private SpeakerMetrics() {}

  static String of(SpeakerStatus status) {
    StringBuilder text = new StringBuilder();
    head(text, "epoch", "Epoch of the newest desired state; 0: none.");
    line(text, "epoch", "kind", "stored", epoch(status.stored()));
    line(text, "epoch", "kind", "applied", epoch(status.applied()));
    head(text, "generation", "Number of the newest desired state within its epoch; 0: none.");
    line(text, "generation", "kind", "stored", number(status.stored()));
    line(text, "generation", "kind", "applied", number(status.applied()));
    head(text, "announcements", "Addresses by what becomes of them on this node.");
    for (AnnouncementState state : AnnouncementState.values()) {
      long count = status.announcements().stream().filter(one -> one.state() == state).count();
      line(text, "announcements", "state", state.name().toLowerCase(Locale.ROOT), count);
    }
    head(text, "bgp_session_established", "Whether the session is up: 1 or 0.");
    for (PeerStatus peer : status.peers()) {
      long up = peer.state().equalsIgnoreCase("Established") ? 1 : 0;
      line(text, "bgp_session_established", "peer", peer.name().value(), up);
    }
    head(text, "bgp_prefixes_sent", "Size of the Adj-RIB-Out.");
    for (PeerStatus peer : status.peers()) {
      line(text, "bgp_prefixes_sent", "peer", peer.name().value(), peer.prefixesSent());
    }
    sessions(text, status.peers());
    if (!status.bfd().isEmpty()) {
      head(text, "bfd_session_up", "Whether the session with the router is up: 1 or 0.");
      for (BfdStatus session : status.bfd()) {
        session.peers().forEach(peer -> session(text, session, peer));
      }
    }
    head(text, "liveness_sessions", "Sessions with other speakers by state, as RFC 5880 names it.");
    for (String state : List.of("AdminDown", "Down", "Init", "Up")) {
      long count = status.members().stream().filter(one -> one.state().equals(state)).count();
      line(text, "liveness_sessions", "state", state, count);
    }
    head(text, "problems", "Things that are wrong with this speaker as a whole.");
    text.append("gitlb_speaker_problems ").append(status.problems().size()).append('\n');
    head(text, "problems_by_code", "The same, of those that have a code.");
    byCode(status.problems())
        .forEach((code, count) -> line(text, "problems_by_code", "code", code, count));
    if (!status.counters().isEmpty()) {
      text.append("# HELP gitlb_speaker_layer2_total What layer 2 has done since the start.\n");
      text.append("# TYPE gitlb_speaker_layer2_total counter\n");
      status.counters().forEach((name, count) -> line(text, "layer2_total", "event", name, count));
    }
    return text.toString();
  }

  /// By peer, as two routers on two links may have one link-local address.
  private static void session(StringBuilder text, BfdStatus session, PeerName peer) {
    text.append("gitlb_speaker_bfd_session_up{address=\"")
        .append(escaped(session.peerAddress().toString()))
        .append("\",peer=\"")
        .append(escaped(peer.value()))
        .append("\"} ")
        .append(session.state().equals("Up") ? 1 : 0)
        .append('\n');
  }

  private static void sessions(StringBuilder text, List<PeerStatus> peers) {
    head(text, "bgp_session_state", "1 for the state that the session is in (RFC 4271).");
    for (PeerStatus peer : peers) {
      text.append("gitlb_speaker_bgp_session_state{peer=\"")
          .append(escaped(peer.name().value()))
          .append("\",state=\"")
          .append(escaped(peer.state()))
          .append("\"} 1\n");
    }
    count(text, "bgp_messages_received_total", "Messages from the peer.");
    for (PeerStatus peer : peers) {
      line(
          text,
          "bgp_messages_received_total",
          "peer",
          peer.name().value(),
          peer.traffic().messagesIn());
    }
    count(text, "bgp_messages_sent_total", "Messages to the peer.");
    for (PeerStatus peer : peers) {
      line(
          text,
          "bgp_messages_sent_total",
          "peer",
          peer.name().value(),
          peer.traffic().messagesOut());
    }
    count(text, "bgp_session_flaps_total", "How often an established session has ended.");
    for (PeerStatus peer : peers) {
      line(text, "bgp_session_flaps_total", "peer", peer.name().value(), peer.traffic().flaps());
    }
  }

  private static SortedMap<String, Long> byCode(List<String> problems) {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (String problem : problems) {
      Matcher code = CODE.matcher(problem);
      if (code.lookingAt()) {
        counts.merge(code.group(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static void head(StringBuilder text, String name, String help) {
    text.append("# HELP gitlb_speaker_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE gitlb_speaker_").append(name).append(" gauge\n");
  }

  private static void count(StringBuilder text, String name, String help) {
    text.append("# HELP gitlb_speaker_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE gitlb_speaker_").append(name).append(" counter\n");
  }

  private static void line(
      StringBuilder text, String name, String label, String labelValue, long value) {
    text.append("gitlb_speaker_").append(name);
    text.append('{').append(label).append("=\"").append(escaped(labelValue)).append("\"} ");
    text.append(value).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static long epoch(Optional<Generation> generation) {
    return generation.map(Generation::epoch).orElse(0L);
  }

  private static long number(Optional<Generation> generation) {
    return generation.map(Generation::number).orElse(0L);
  }
}
